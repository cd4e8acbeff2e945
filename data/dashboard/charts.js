/** The charts, drawn by uPlot in the colours of the screen's theme. */

/** @typedef {{ spec: ChartSpec, figure: HTMLElement, legend: HTMLElement, plot: import('uplot') | null, shape: string }} Chart */

/** @type {Map<string, Chart>} */
const charts = new Map();
const COLOURS = 6;
/** Distances of the grid for bytes. */
const POWERS_OF_TWO = Array.from({ length: 30 }, (_, i) => 2 ** (14 + i));
/** Curves with fewer points than this show each of them. */
const FEW = 60;

/** @param {string} name */
function cssValue(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** The colour of a run in the charts and in the list. @param {string} run */
function colourOf(run) {
  return `--curve-${Math.max(0, drawn.indexOf(run)) % COLOURS}`;
}

/** Of one run alone, training and validation have a colour each; of several, each run has one, and its validation is dashed. @param {Curve} curve */
function lookOf(curve) {
  const isSecond = curve.kind === 'val';
  const variable = drawn.length > 1 ? colourOf(curve.run) : isSecond ? '--curve-1' : '--curve-0';
  return { stroke: cssValue(variable), dash: drawn.length > 1 && isSecond ? [6, 4] : undefined, variable };
}

/** Brings all charts to what is known now. */
function drawCharts() {
  const specs = chartSpecs();
  byId('no-curves').hidden = specs.length > 0;
  byId('more').hidden = specs.every(({ isMain }) => isMain);
  for (const [key, chart] of charts) {
    if (specs.some((spec) => spec.key === key)) continue;
    chart.plot?.destroy();
    chart.figure.remove();
    charts.delete(key);
  }
  for (const isMain of [true, false]) {
    const parent = byId(isMain ? 'charts' : 'more-charts');
    specs
      .filter((spec) => spec.isMain === isMain)
      .forEach((spec, i) => {
        const chart = charts.get(spec.key) ?? newChart(spec);
        charts.set(spec.key, chart);
        chart.spec = spec;
        if (parent.children[i] !== chart.figure) parent.insertBefore(chart.figure, parent.children[i] ?? null);
        drawChart(chart);
      });
  }
}

/** @param {ChartSpec} spec @returns {Chart} */
function newChart(spec) {
  const legend = element('ul', { class: 'legend' });
  const figure = element(
    'figure',
    { class: 'chart', 'data-key': spec.key },
    element('figcaption', {}, element('h3', {}, spec.title), legend),
  );
  return { spec, figure, legend, plot: null, shape: '' };
}

/** @param {Chart} chart */
function drawChart(chart) {
  const { spec, figure } = chart;
  if (figure.clientWidth === 0) return; // in a closed part of the page
  const data = /** @type {import('uplot').AlignedData} */ (
    uPlot.join(spec.curves.map(({ points }) => /** @type {import('uplot').AlignedData} */ ([points.x, points.y])))
  );
  const shape = JSON.stringify([
    spec.curves.map(({ label, kind, faint }) => [label, kind, faint]),
    spec.isLog,
    options.abscissa,
    theme(),
  ]);
  if (shape === chart.shape && chart.plot) chart.plot.setData(data);
  else {
    chart.plot?.destroy();
    chart.plot = new uPlot(plotOptions(chart), data, figure);
    chart.shape = shape;
  }
  drawLegend(chart, null);
}

function theme() {
  return matchMedia('(prefers-color-scheme: dark)').matches;
}

/** @param {HTMLElement} figure */
function sizeOf(figure) {
  const style = getComputedStyle(figure);
  const width = figure.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
  return { width: Math.max(200, width), height: figure.closest('.small') ? 150 : 210 };
}

/** @param {Chart} chart @returns {import('uplot').Options} */
function plotOptions(chart) {
  const { spec, figure } = chart;
  const axis = {
    stroke: cssValue('--soft'),
    grid: { stroke: cssValue('--grid'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  const isTime = options.abscissa === 'time';
  return {
    ...sizeOf(figure),
    padding: [8, 12, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: 'curves', setSeries: false }, points: { size: 7 }, drag: { x: true, y: false } },
    scales: { x: { time: false }, y: spec.isLog ? { distr: 3 } : { range: rangeOf } },
    axes: [
      {
        ...axis,
        size: 30,
        values: (_, ticks) => ticks.map((tick) => (isTime ? `${+tick.toFixed(2)} min` : tick.toLocaleString('en-US'))),
      },
      {
        ...axis,
        size: 62,
        ...(spec.key === 'memory' && { incrs: POWERS_OF_TWO }),
        values: (_, ticks, __, ___, step) => ticks.map((tick) => (tick === null ? '' : tickOf(spec, tick, step))),
      },
    ],
    series: [{}, ...spec.curves.map((curve) => seriesOf(curve))],
    hooks: { setCursor: [(plot) => drawLegend(chart, plot.cursor.idx ?? null)] },
  };
}

/** What the vertical axis spans; of one value alone, somewhat more than that. @type {import('uplot').Range.Function} */
function rangeOf(_, least, most) {
  if (least == null || most == null) return [0, 1];
  if (least < most) return uPlot.rangeNum(least, most, 0.1, true);
  const around = Math.abs(least) / 10 || 0.01;
  return [least < 0 ? least - around : Math.max(0, least - around), least + around];
}

/** Bytes whose ticks lie close take the smaller unit, which tells them apart. @param {ChartSpec} spec @param {number} tick @param {number} step */
function tickOf(spec, tick, step) {
  return spec.key === 'memory' && step < 2 ** 27 ? `${Math.round(tick / 2 ** 20)} MiB` : spec.show(tick);
}

/** @param {Curve} curve @returns {import('uplot').Series} */
function seriesOf(curve) {
  const { stroke, dash } = lookOf(curve);
  return {
    label: curve.label,
    stroke,
    width: curve.faint ? 1 : 2,
    alpha: curve.faint ? 0.35 : 1,
    spanGaps: true,
    ...(dash && { dash }),
    points: { show: !curve.faint && curve.points.x.length < FEW, size: 5, fill: cssValue('--card'), stroke },
  };
}

/** The values at the cursor, or the last ones; they are what a screen reader gets of a chart too. @param {Chart} chart @param {number | null} index */
function drawLegend({ spec, figure, legend, plot }, index) {
  const rows = spec.curves.flatMap((curve, i) => {
    if (curve.faint) return [];
    const column = /** @type {(number | null | undefined)[]} */ (plot?.data[i + 1] ?? curve.points.y);
    const value = index === null ? column.findLast((y) => y != null) : column[index];
    return [{ curve, text: spec.show(value) }];
  });
  const marks = rows.map(({ curve, text }) => {
    const { variable, dash } = lookOf(curve);
    const mark = element('span', { class: `mark ${variable.slice(2)}${dash ? ' dashed' : ''}`, 'aria-hidden': 'true' });
    return element(
      'li',
      {},
      mark,
      rows.length > 1 || drawn.length > 1 ? `${curve.label} ` : '',
      element('b', {}, text),
    );
  });
  legend.replaceChildren(...marks);
  if (index === null)
    figure.setAttribute(
      'aria-label',
      `${spec.title}: ${rows.map(({ curve, text }) => `${curve.label} ${text}`).join(', ')}`,
    );
}

function resizeCharts() {
  for (const { plot, figure } of charts.values()) if (figure.clientWidth > 0) plot?.setSize(sizeOf(figure));
}
