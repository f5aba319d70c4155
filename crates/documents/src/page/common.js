'use strict';
const facts = JSON.parse(document.getElementById('facts').textContent);
const byId = id => document.getElementById(id);
/* A number as the table of its form says: [least absolute value, factor, decimals, unit], the smallest
   first. A tick has the decimals that its distance to the next needs. */
function written(value, form, tick) {
  if (!Number.isFinite(value)) return '\u2013';
  const step = form.filter(step => Math.abs(value) >= step[0]).pop(), [, factor, own, unit] = step;
  const decimals = tick === undefined || step !== form[0] ? own : Math.max(0, tick - Math.round(Math.log10(factor)));
  const [whole, part] = (value * factor).toFixed(decimals).split('.');
  const text = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',') + (part === undefined ? '' : '.' + part);
  return (/[1-9]/.test(text) ? text.replace('-', '\u2212') : text.replace('-', '')) + unit;
}
const escaped = text => String(text).replace(/[&<>"]/g, c => ({'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'}[c]));

/* Columns of numbers: inflated, and the bytes of each number put together again. */
async function columns() {
  const packed = Uint8Array.from(atob(byId('columns').textContent), c => c.charCodeAt(0));
  if (packed.length === 0) return {};
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const all = {};
  for (const [name, [kind, start, n, range]] of Object.entries(JSON.parse(byId('index').textContent))) {
    const size = kind === 'Uint16Array' ? 2 : 4;
    const whole = new Uint8Array(n * size);
    for (let plane = 0; plane < size; plane++)
      for (let i = 0, from = start + plane * n; i < n; i++) whole[i * size + plane] = bytes[from + i];
    const values = size === 2 ? new Uint16Array(whole.buffer) : new Float32Array(whole.buffer);
    all[name] = range === null ? values : Float32Array.from(values, v => v === 65535 ? NaN : range[0] + v * range[1]);
  }
  return all;
}

/* The nearest of 1, 2 and 5 times a power of ten, by ratio. */
function roundStep(rough) {
  const decade = Math.pow(10, Math.floor(Math.log10(rough))), digit = rough / decade;
  return (digit < 1.414 ? 1 : digit < 3.162 ? 2 : digit < 7.071 ? 5 : 10) * decade;
}
const decimalsOf = step => Math.max(0, -Math.floor(Math.log10(step * 1.000001)));

/* A box beside the pointer. */
function tip(figure) {
  const box = document.createElement('div');
  box.className = 'tip';
  box.hidden = true;
  box.setAttribute('aria-hidden', 'true');
  figure.append(box);
  return {
    show(html, x, y) {
      box.innerHTML = html;
      box.hidden = false;
      const room = figure.clientWidth - box.offsetWidth;
      box.style.left = Math.max(0, x + 14 > room ? Math.min(x - box.offsetWidth - 14, room) : x + 14) + 'px';
      box.style.top = Math.max(0, y - box.offsetHeight - 8) + 'px';
    },
    hide() { box.hidden = true; },
  };
}

function pressed(buttons, chosen) {
  for (const button of buttons) button.setAttribute('aria-pressed', String(button === chosen));
}

byId('theme')?.addEventListener('click', () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  document.dispatchEvent(new Event('theme'));
});

/* Definitions: what a name's title says, for fingers and keys too. */
for (const name of document.querySelectorAll('.defined')) {
  const show = () => {
    document.querySelector('.definition')?.remove();
    const box = document.createElement('div');
    box.className = 'tip definition';
    box.textContent = name.title;
    document.body.append(box);
    const at = name.getBoundingClientRect();
    box.style.left = Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8)) + scrollX + 'px';
    box.style.top = at.bottom + scrollY + 6 + 'px';
  };
  name.addEventListener('focus', show);
  name.addEventListener('blur', () => document.querySelector('.definition')?.remove());
}
addEventListener('keydown', event => event.key === 'Escape' && document.querySelector('.definition')?.remove());
