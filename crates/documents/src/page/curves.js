
/* Curves over time, of a tearsheet or a comparison: values under the pointer, zoom by dragging, linear
   or logarithmic. The frame's margins are those of the drawings made beforehand. */
(async () => {
  const data = await columns();
  const days = new Int32Array(data.day?.length ?? 0);
  for (let i = 0, day = facts.first; i < days.length; i++) days[i] = (day += data.day[i]);
  const iso = day => new Date(day * 864e5).toISOString().slice(0, 10);
  const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  /* Depths follow from growth. */
  for (const [name, growth] of Object.entries(data)) {
    if (!name.includes('growth')) continue;
    let peak = -Infinity;
    data[name.replace('growth', 'depth')] = growth.map(value => { if (value > peak) peak = value; return value / peak - 1; });
  }
  const state = {from: 0, to: days.length - 1, log: facts.log ?? false};
  const charts = [];

  function timeTicks(first, last, width) {
    const span = Math.max(1, last - first), ticks = [];
    if (span < 60) {
      const about = Math.max(2, Math.floor(width / 80));
      const step = Math.max(1, Math.ceil(span / about));
      for (let day = first; day <= last; day += step) {
        const date = new Date(day * 864e5);
        ticks.push([day, date.getUTCDate() + ' ' + MONTHS[date.getUTCMonth()]]);
      }
      return ticks;
    }
    const months = [1, 2, 3, 6, 12, 24, 60, 120, 240].find(m => span / (m * 30.44) <= width / (m < 12 ? 80 : 50)) ?? 600;
    const month = day => { const date = new Date(day * 864e5); return date.getUTCFullYear() * 12 + date.getUTCMonth(); };
    for (let m = month(first); m <= month(last); m++) {
      if (m % months) continue;
      const day = Date.UTC(Math.floor(m / 12), m % 12, 1) / 864e5;
      if (day >= first) ticks.push([day, m % 12 ? MONTHS[m % 12] + ' ' + Math.floor(m / 12) : String(m / 12)]);
    }
    return ticks;
  }

  /* The upright axis of a chart whose frame has this height in pixels. */
  function scale(chart, height) {
    let low = Infinity, high = -Infinity;
    for (const {values} of chart.series)
      for (let i = state.from; i <= state.to; i++) {
        const value = values[i];
        if (Number.isFinite(value)) { low = Math.min(low, value); high = Math.max(high, value); }
      }
    if (low > high) [low, high] = [0, 1];
    const log = chart.log && state.log && low > 0;
    const of = log ? Math.log : value => value, back = log ? Math.exp : value => value;
    let [a, b] = [of(low), of(high)];
    if (chart.zero) { a = Math.min(a, 0); b = Math.max(b, 0); }
    const room = (b - a || Math.abs(a) * 0.1 || 1) * 0.04;
    a -= chart.hangs ? room * 1.5 : room;
    if (!chart.hangs) b += room;
    let ticks = [];
    const spread = log && back(b) / back(a) >= 4;
    if (spread) {
      for (const digits of [[1, 2, 5], [1, 3], [1]]) {
        ticks = [];
        for (let e = -12; e <= 15; e++) for (const d of digits) ticks.push(d * 10 ** e);
        ticks = ticks.filter(tick => tick >= back(a) && tick <= back(b));
        if (ticks.length <= 9) break;
      }
    } else {
      const [start, end] = [back(a), back(b)], step = roundStep((end - start) / Math.max(3, Math.round(height / 48)));
      for (let k = Math.ceil(start / step); k * step <= end; k++) ticks.push(+(k * step).toFixed(12));
    }
    const step = ticks.length > 1 ? ticks[1] - ticks[0] : high - low || 1;
    return {y: value => 1 - (of(value) - a) / (b - a), ticks, decimals: tick => Math.min(6, decimalsOf(spread ? tick : step))};
  }

  const frame = (chart, W, H) => ({x: 50, y: chart.top ?? 26, w: W - 62, h: H - (chart.top ?? 26) - 26});

  function draw(chart, svg) {
    const [, , W, H] = svg.getAttribute('viewBox').split(' ').map(Number);
    const f = frame(chart, W, H);
    const first = days[state.from], last = days[state.to];
    const x = day => f.x + (day - first) / Math.max(1, last - first) * f.w;
    const s = scale(chart, f.h), y = value => f.y + s.y(value) * f.h, out = [];
    if (chart.shade)
      for (const [from, to, title] of facts.drawdowns) {
        if (to < state.from || from > state.to) continue;
        const a = x(days[Math.max(from, state.from)]), b = x(days[Math.min(to, state.to)]);
        out.push(`<rect class="fd" fill-opacity=".1" x="${a.toFixed(1)}" y="${f.y}" width="${Math.max(1, b - a).toFixed(1)}" height="${f.h}"><title>${escaped(title)}</title></rect>`);
      }
    for (const tick of s.ticks) {
      const at = y(tick).toFixed(1);
      out.push(`<path class="kg" d="M${f.x} ${at}H${f.x + f.w}"/><text class="fm" x="${f.x - 6}" y="${+at + 4}" font-size="12" text-anchor="end">${written(chart.hangs ? -tick : tick, chart.form, s.decimals(tick))}</text>`);
    }
    for (const [day, label] of timeTicks(first, last, f.w)) {
      const at = x(day), half = label.length * 3.4;
      out.push(`<path class="km" d="M${at.toFixed(1)} ${f.y + f.h}v4"/><text class="fm" x="${Math.min(Math.max(at, half), W - half).toFixed(1)}" y="${f.y + f.h + 18}" font-size="12" text-anchor="middle">${label}</text>`);
    }
    if (chart.shade) {
      let d = '', before = -1;
      for (const day of facts.trades) {
        if (day < first || day > last) continue;
        const at = Math.round(x(day) * 2) / 2;
        if (at !== before) d += `M${at} ${f.y + f.h - 6}v6`;
        before = at;
      }
      out.push(`<path class="km" d="${d}"/>`);
    }
    if (chart.base !== undefined && s.y(chart.base) >= 0 && s.y(chart.base) <= 1)
      out.push(`<path class="km" d="M${f.x} ${y(chart.base).toFixed(1)}H${f.x + f.w}"/>`);
    const ends = [];
    for (const {values, ink, fill} of chart.series) {
      const points = [];
      let column = null, keep = null;
      const put = () => { if (keep) for (const i of [...new Set(keep)].sort((a, b) => a - b)) points.push(i); };
      for (let i = state.from; i <= state.to; i++) {
        if (!Number.isFinite(values[i])) continue;
        const at = Math.floor(x(days[i]));
        if (at !== column) { put(); column = at; keep = [i, i, i, i]; }
        if (values[i] < values[keep[1]]) keep[1] = i;
        if (values[i] > values[keep[2]]) keep[2] = i;
        keep[3] = i;
      }
      put();
      if (points.length > 0) { const last = points[points.length - 1]; ends.push({number: ends.length + 1, x: x(days[last]), y: y(values[last])}); }
      const path = points.map(i => x(days[i]).toFixed(1) + ' ' + y(values[i]).toFixed(1)).join('L');
      if (!path) continue;
      if (fill) out.push(`<path class="fd" fill-opacity=".25" d="M${x(days[points[0]]).toFixed(1)} ${f.y}L${path}L${x(days[points[points.length - 1]]).toFixed(1)} ${f.y}Z"/>`);
      out.push(`<path class="k${ink}" stroke-width="1.6"${ink === 'b' ? ' stroke-dasharray="4 3"' : ''} stroke-linejoin="round" d="M${path}"/>`);
    }
    /* As in the drawing made beforehand. */
    out.push(chart.legend[svg.classList.contains('large') ? 0 : 1]);
    if (chart.numbered) {
      let lowest = -Infinity;
      for (const end of ends.sort((a, b) => a.y - b.y)) {
        lowest = Math.max(end.y, lowest + 10);
        out.push(`<text class="ft" x="${(end.x + 3).toFixed(1)}" y="${(lowest + 3.5).toFixed(1)}" font-size="10">${end.number}</text>`);
      }
    }
    out.push('<path class="km cross" d=""/>');
    svg.innerHTML = out.join('');
    svg.dataset.drawn = state.from + '-' + state.to + (state.log ? '-log' : '');
  }

  const redraw = () => {
    for (const chart of charts) for (const svg of chart.svgs) draw(chart, svg);
    const status = byId('range');
    if (status) status.textContent = iso(days[state.from]) + ' to ' + iso(days[state.to]);
  };
  function zoom(from, to) {
    from = Math.max(0, from); to = Math.min(days.length - 1, to);
    if (to - from < 2) return;
    state.from = from; state.to = to;
    redraw();
  }
  /* The last point on or before a day. */
  function indexOf(day) {
    let low = 0, high = days.length - 1;
    while (low < high) { const middle = (low + high + 1) >> 1; if (days[middle] <= day) low = middle; else high = middle - 1; }
    return low;
  }

  for (const figure of document.querySelectorAll('figure[data-chart]')) {
    const name = figure.dataset.chart, spec = facts.charts[name];
    const series = (spec?.series ?? []).map(s => ({...s, values: data[s.column]}));
    if (days.length < 2 || !series.some(s => s.values?.some(Number.isFinite))) continue;
    const chart = {...spec, name, series, svgs: [...figure.querySelectorAll('svg')]};
    charts.push(chart);
    const box = tip(figure);
    for (const svg of chart.svgs) {
      let dragged = null;
      const place = event => {
        const r = svg.getBoundingClientRect(), W = +svg.getAttribute('viewBox').split(' ')[2];
        const unit = W / r.width, px = (event.clientX - r.left) * unit;
        const part = Math.min(1, Math.max(0, (px - 50) / (W - 62)));
        const first = days[state.from], last = days[state.to];
        return {day: first + part * (last - first), x: event.clientX - r.left, y: event.clientY - r.top, px: Math.min(W - 12, Math.max(50, px))};
      };
      svg.addEventListener('pointerdown', event => { dragged = place(event); event.pointerType === 'mouse' && svg.setPointerCapture(event.pointerId); });
      svg.addEventListener('pointermove', event => {
        const at = place(event);
        let i = Math.min(state.to, Math.max(state.from, indexOf(Math.round(at.day))));
        if (!svg.querySelector('.cross')) draw(chart, svg);
        const H = +svg.getAttribute('viewBox').split(' ')[3], top = chart.top ?? 26;
        svg.querySelector('.cross').setAttribute('d', dragged && Math.abs(dragged.px - at.px) > 4
          ? `M${dragged.px} ${top}V${H - 26}M${at.px} ${top}V${H - 26}M${dragged.px} ${(top + H - 26) / 2}H${at.px}` : `M${at.px} ${top}V${H - 26}`);
        const rows = [...chart.series].reverse().map(s => `${escaped(s.title)}: <b>${written(chart.hangs ? -s.values[i] : s.values[i], chart.form)}</b>`);
        box.show(`${iso(days[i])}<br>${rows.join('<br>')}`, at.x, at.y);
      });
      svg.addEventListener('pointerup', event => {
        const at = place(event);
        if (dragged && Math.abs(dragged.px - at.px) > 8) zoom(indexOf(Math.min(dragged.day, at.day)), indexOf(Math.max(dragged.day, at.day)));
        dragged = null;
      });
      svg.addEventListener('pointerleave', () => { dragged = null; box.hide(); svg.querySelector('.cross')?.setAttribute('d', ''); });
      svg.addEventListener('dblclick', () => zoom(0, days.length - 1));
    }
  }

  const scales = [...document.querySelectorAll('[data-scale]')];
  for (const button of scales) button.addEventListener('click', () => { state.log = button.dataset.scale === 'log'; pressed(scales, button); redraw(); });
  const spans = [...document.querySelectorAll('[data-years]')];
  for (const button of spans) button.addEventListener('click', () => {
    const years = +button.dataset.years, last = days.length - 1;
    zoom(years ? indexOf(days[last] - Math.round(years * 365.25)) : 0, last);
  });
  document.documentElement.classList.add('ready');
  document.documentElement.dataset.ready = performance.now().toFixed(0);
})();
