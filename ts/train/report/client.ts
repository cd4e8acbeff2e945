/**
 * The script of the report, in plain browser JavaScript: it draws the charts with uPlot (which the page
 * carries in front of it) in the colours of the screen's theme, and sorts tables.
 */
export const client = `
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const plots = new Map();

const sizeOf = (figure) => ({ width: figure.clientWidth, height: matchMedia('print').matches ? 170 : figure.parentElement.classList.contains('small') ? 190 : 260 });

function draw(figure) {
  const { x, share, unit, labels, data } = JSON.parse(figure.querySelector('script').textContent);
  const show = (value) => value == null ? '–' : share ? (100 * value).toFixed(2) + ' %' : String(+value.toPrecision(4));
  const axis = (more) => ({ stroke: css('--soft'), grid: { stroke: css('--grid'), width: 1 }, ticks: { stroke: css('--grid'), width: 1 }, ...more });
  const curve = (label, i) => ({
    label, stroke: css('--curve-' + i % 6), width: 2, spanGaps: true, value: (_, value) => show(value),
    points: { show: !unit && data[i + 1].filter((value) => value != null).length < 40, size: 6, fill: css('--page') },
  });
  const plot = new uPlot({
    ...sizeOf(figure),
    hooks: { ready: [(ready) => ready.setLegend({ idx: data[0].length - 1 })] },
    scales: unit ? { x: { time: false, range: [0, 1] }, y: { range: [0, 1.02] } } : { x: { time: false } },
    axes: [
      axis({ label: x, labelSize: 20, ...(unit && { values: (_, ticks) => ticks.map((tick) => +(100 * tick).toFixed(0) + ' %') }) }),
      axis({ size: 64, values: (_, ticks) => ticks.map((tick) => share ? +(100 * tick).toFixed(2) + ' %' : +tick.toPrecision(4)) }),
    ],
    series: [{ label: x, value: (_, value) => value == null ? '–' : unit ? show(value) : value }, ...labels.map(curve)],
  }, data, figure);
  plots.get(figure)?.destroy();
  plots.set(figure, plot);
}

const charts = [...document.querySelectorAll('.chart')];
const drawAll = () => charts.forEach(draw);
drawAll();
for (const query of ['(prefers-color-scheme: dark)', 'print']) matchMedia(query).addEventListener('change', drawAll);
// On paper nothing can be opened.
let opened = [];
addEventListener('beforeprint', () => (opened = [...document.querySelectorAll('details:not([open])')]).forEach((details) => (details.open = true)));
addEventListener('afterprint', () => opened.forEach((details) => (details.open = false)));
addEventListener('resize', () => plots.forEach((plot, figure) => plot.setSize(sizeOf(figure))));

function sort(head) {
  const index = head.cellIndex;
  const body = head.closest('table').tBodies[0];
  const text = !head.classList.contains('number');
  const descending = head.getAttribute('aria-sort') === 'none' ? !text : head.getAttribute('aria-sort') === 'ascending';
  const key = (row) => row.cells[index].dataset.value;
  const compare = (a, b) => text ? a.localeCompare(b) : a - b;
  const rows = [...body.rows].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    if (x === '' || y === '') return (x === '') - (y === '');
    return descending ? compare(y, x) : compare(x, y);
  });
  for (const other of head.parentElement.cells) other.setAttribute('aria-sort', 'none');
  head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
  body.append(...rows);
}
document.querySelectorAll('th button').forEach((button) => button.addEventListener('click', () => sort(button.parentElement)));
`;
