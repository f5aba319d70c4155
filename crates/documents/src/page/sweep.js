
/* The map of any statistic over any two axes; a click on a cell shows its best trial. */
(async () => {
  const data = await columns();
  const {axes, metrics, command, trials: n} = facts;
  const figure = byId('live'), svg = figure?.querySelector('svg');
  const CIVIDIS = facts.colours;
  const colour = part => {
    const at = Math.min(Math.max(part, 0), 1) * (CIVIDIS.length - 1), below = Math.min(Math.floor(at), CIVIDIS.length - 2);
    return CIVIDIS[below].map((a, i) => Math.round(a + (CIVIDIS[below + 1][i] - a) * (at - below)));
  };
  const merit = (metric, value) => metric.better === 'lower' ? -value : metric.better === 'closer to zero' ? -Math.abs(value) : value;
  const extremes = (metric, values) => values.reduce(([worst, best], v) => [merit(metric, v) < merit(metric, worst) ? v : worst, merit(metric, v) > merit(metric, best) ? v : best], [values[0], values[0]]);
  const shown = (metric, value) => written(value, metric.form);
  const numbers = new Float64Array(n);
  for (let i = 0, trial = 0; i < n; i++) numbers[i] = (trial += data.trial[i]);
  const state = {};
  const quote = text => /^[\w.\/-]+$/.test(text) ? text : "'" + text.replace(/'/g, "'\\''") + "'";
  const toShow = trial => `${command} ${quote(facts.dir)} ${trial}`;

  /* The trials of each cell, sorted into place by counting. */
  function cells() {
    const {x, y, metric} = state, W = axes[x].values.length, H = axes[y].values.length;
    const a = data['axis' + x], b = data['axis' + y], values = data[metric.name];
    const starts = new Uint32Array(W * H + 1);
    for (let i = 0; i < n; i++) if (!Number.isNaN(values[i])) starts[b[i] * W + a[i] + 1]++;
    for (let i = 0; i < W * H; i++) starts[i + 1] += starts[i];
    const next = starts.slice(), rows = new Uint32Array(starts[W * H]);
    for (let i = 0; i < n; i++) if (!Number.isNaN(values[i])) rows[next[b[i] * W + a[i]]++] = i;
    return {W, H, starts, rows, values};
  }
  const median = sorted => sorted.length === 0 ? NaN
    : sorted.length % 2 ? sorted[sorted.length >> 1] : (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
  function statistic({W, H, starts, rows, values}) {
    const {metric, statistic: kind} = state, out = new Float64Array(W * H);
    for (let cell = 0; cell < W * H; cell++) {
      const own = Float64Array.from(rows.subarray(starts[cell], starts[cell + 1]), row => values[row]).sort();
      const [worst, best] = kind === 'best' || kind === 'worst' ? extremes(metric, own) : [];
      out[cell] = own.length === 0 ? NaN : kind === 'best' ? best : kind === 'worst' ? worst : median(own);
    }
    if (kind !== 'around') return out;
    return out.map((own, cell) => {
      if (Number.isNaN(own)) return NaN;
      const near = [], cx = cell % W, cy = (cell - cx) / W;
      for (let y = Math.max(0, cy - 1); y <= Math.min(H - 1, cy + 1); y++)
        for (let x = Math.max(0, cx - 1); x <= Math.min(W - 1, cx + 1); x++)
          if (!Number.isNaN(out[y * W + x])) near.push(out[y * W + x]);
      return median(near.sort((a, b) => a - b));
    });
  }

  function draw() {
    const parts = cells(), {W, H} = parts, {x, y, metric} = state, value = statistic(parts);
    const known = [...value].filter(v => !Number.isNaN(v)), [worst, best] = extremes(metric, known);
    const low = merit(metric, worst), high = merit(metric, best);
    const part = v => high > low ? (merit(metric, v) - low) / (high - low) : 0.5;
    const width = figure.clientWidth < 600 ? 350 : 920;
    const widest = labels => Math.max(...labels.map(label => label.length)) * 6.6;
    const left = widest(axes[y].brief) + 12, tall = Math.min(460, Math.max(160, H * 30)), top = 22;
    const w = width - left - 8, cw = w / W, ch = tall / H, out = [];
    out.push(`<text class="fm" x="0" y="12" font-size="11.5">${escaped(axes[y].name)}</text>`);
    if (W * H > 900) {
      const canvas = document.createElement('canvas');
      canvas.width = W; canvas.height = H;
      const context = canvas.getContext('2d'), image = context.createImageData(W, H);
      value.forEach((v, cell) => {
        if (Number.isNaN(v)) return;
        image.data.set([...colour(part(v)), 255], ((H - 1 - Math.floor(cell / W)) * W + cell % W) * 4);
      });
      context.putImageData(image, 0, 0);
      out.push(`<image x="${left}" y="${top}" width="${w}" height="${tall}" preserveAspectRatio="none" style="image-rendering:pixelated" href="${canvas.toDataURL()}"/>`);
    } else value.forEach((v, cell) => {
      if (Number.isNaN(v)) return;
      const rgb = colour(part(v)), cx = left + cell % W * cw, cy = top + tall - (Math.floor(cell / W) + 1) * ch;
      out.push(`<rect x="${cx.toFixed(1)}" y="${cy.toFixed(1)}" width="${(cw - 0.7).toFixed(1)}" height="${(ch - 0.7).toFixed(1)}" fill="rgb(${rgb})"/>`);
      const text = shown(metric, v).replace(' %', '');
      if (text.length * 6.4 + 6 < cw && ch > 15)
        out.push(`<text x="${(cx + cw / 2).toFixed(1)}" y="${(cy + ch / 2 + 3.8).toFixed(1)}" font-size="10.5" text-anchor="middle" fill="${rgb[0] * 0.299 + rgb[1] * 0.587 + rgb[2] * 0.114 > 125 ? '#14181c' : '#fff'}">${text}</text>`);
    });
    const every = Math.max(1, Math.ceil((widest(axes[x].brief) + 10) / cw));
    let end = -Infinity;
    axes[x].brief.forEach((label, at) => {
      if (at % every) return;
      const half = label.length * 3.3, middle = Math.min(left + (at + 0.5) * cw, width - half);
      if (middle - half < end) return;
      end = middle + half + 6;
      out.push(`<text class="fm" x="${middle.toFixed(1)}" y="${top + tall + 15}" font-size="11" text-anchor="middle">${escaped(label)}</text>`);
    });
    const other = Math.max(1, Math.ceil(15 / ch));
    axes[y].brief.forEach((label, at) => at % other || out.push(`<text class="fm" x="${left - 6}" y="${(top + tall - (at + 0.5) * ch + 4).toFixed(1)}" font-size="11" text-anchor="end">${escaped(label)}</text>`));
    out.push(`<text class="fm" x="${left + w / 2}" y="${top + tall + 32}" font-size="11.5" text-anchor="middle">${escaped(axes[x].name)}</text>`);
    if (known.length === 0) out.push(`<text class="fm" x="${left + w / 2}" y="${top + tall / 2}" font-size="12" text-anchor="middle">no trial has a value</text>`);
    if (low < high) {
      const from = left + w / 2 - 90, at = top + tall + 46;
      for (let i = 0; i < 45; i++) out.push(`<rect x="${from + i * 4}" y="${at}" width="${i < 44 ? 5 : 4}" height="10" shape-rendering="crispEdges" fill="rgb(${colour(i / 44)})"/>`);
      out.push(`<text class="fm" x="${from - 6}" y="${at + 9.5}" font-size="11" text-anchor="end">${shown(metric, worst)}</text><text class="fm" x="${from + 186}" y="${at + 9.5}" font-size="11">${shown(metric, best)}</text><text class="fm" x="${from + 90}" y="${at + 24}" font-size="11" text-anchor="middle">${escaped(metric.title)}, the brighter the better</text>`);
    }
    out.push('<rect class="kt cursor" stroke-width="2" width="0" height="0"/>');
    svg.setAttribute('viewBox', `0 0 ${width} ${top + tall + 76}`);
    svg.setAttribute('aria-label', `${metric.title} by ${axes[x].name} and ${axes[y].name}`);
    svg.innerHTML = out.join('');
    svg.dataset.drawn = [axes[x].name, axes[y].name, metric.name, state.statistic].join(' ');
    state.map = {parts, value, left, top, w, tall, cw, ch, width};
  }

  function cellAt(event) {
    const {parts: {W, H}, left, top, cw, ch, width} = state.map, box = svg.getBoundingClientRect();
    const unit = width / box.width;
    const cx = Math.floor(((event.clientX - box.left) * unit - left) / cw), cy = Math.floor(((event.clientY - box.top) * unit - top) / ch);
    return cx < 0 || cy < 0 || cx >= W || cy >= H ? null : {cx, cy: H - 1 - cy, x: event.clientX - box.left, y: event.clientY - box.top};
  }
  const about = (axis, value) => !axis.binned ? '' : value.includes('\u2013') ? 'in ' : 'about ';
  const place = ({cx, cy}) => [[state.x, cx], [state.y, cy]].map(([axis, at]) => `${escaped(axes[axis].name)} <b>${about(axes[axis], axes[axis].values[at])}${escaped(axes[axis].values[at])}</b>`).join('<br>');

  function pick({cx, cy}) {
    const {parts: {W, starts, rows, values}, value, left, top, tall, cw, ch} = state.map, {metric} = state, cell = cy * W + cx;
    const own = [...rows.subarray(starts[cell], starts[cell + 1])];
    const cursor = svg.querySelector('.cursor');
    for (const [key, v] of Object.entries({x: left + cx * cw, y: top + tall - (cy + 1) * ch, width: cw, height: ch})) cursor.setAttribute(key, v.toFixed(1));
    if (own.length === 0) { byId('pick').innerHTML = place({cx, cy}) + '<br>no trial with a value'; return; }
    const best = own.reduce((a, b) => merit(metric, values[b]) > merit(metric, values[a]) ? b : a);
    const all = axes.map((axis, at) => `${escaped(axis.name)} = ${about(axis, axis.values[data['axis' + at][best]])}${escaped(axis.values[data['axis' + at][best]])}`);
    const texts = metrics.map(m => `<div><dt>${escaped(m.title)}</dt> <dd>${shown(m, data[m.name][best])}</dd></div>`);
    byId('pick').innerHTML = `<b>${own.length.toLocaleString('en')} trial${own.length > 1 ? 's' : ''}</b> in this cell: ${escaped(metric.title)}: <b>${shown(metric, value[cell])}</b>. The best of them is trial ${numbers[best]} with ${all.join(', ')}.<dl>${texts.join('')}</dl><code>${escaped(toShow(numbers[best]))}</code>`;
  }

  if (svg && axes.length >= 2 && n > 0) {
    const select = (id, options, chosen, change) => {
      const element = byId(id);
      options.forEach((text, value) => element.append(new Option(text, value)));
      element.value = chosen;
      element.addEventListener('change', () => { change(+element.value); byId('pick').textContent = ''; draw(); });
    };
    const names = axes.map(axis => axis.name), KINDS = ['median', 'best', 'worst', 'around'];
    Object.assign(state, {x: 0, y: 1, metric: metrics[0], statistic: 'median'});
    const other = (key, value) => {
      const opposite = key === 'x' ? 'y' : 'x';
      if (state[opposite] === value) { state[opposite] = state[key]; byId('choose-' + opposite).value = state[key]; }
      state[key] = value;
    };
    select('choose-x', names, 0, value => other('x', value));
    select('choose-y', names, 1, value => other('y', value));
    select('choose-metric', metrics.map(metric => metric.title), 0, value => { state.metric = metrics[value]; });
    select('choose-statistic', ['median', 'best', 'worst', 'median of the neighbourhood'], 0, value => { state.statistic = KINDS[value]; });
    const box = tip(figure);
    svg.addEventListener('pointermove', event => {
      const at = cellAt(event);
      if (!at) return box.hide();
      const {parts: {W, starts}, value} = state.map, cell = at.cy * W + at.cx, count = starts[cell + 1] - starts[cell];
      box.show(`${place(at)}<br>${escaped(state.metric.title)}: <b>${shown(state.metric, value[cell])}</b><br>${count.toLocaleString('en')} trial${count === 1 ? '' : 's'}`, at.x, at.y);
    });
    svg.addEventListener('pointerleave', () => box.hide());
    svg.addEventListener('click', event => { const at = cellAt(event); if (at) pick(at); });
    addEventListener('resize', draw);
  }
  document.documentElement.classList.add('ready');
  if (state.metric) draw();
  document.documentElement.dataset.ready = performance.now().toFixed(0);
})();
