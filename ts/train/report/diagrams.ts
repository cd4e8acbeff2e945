/** Diagrams that need no script: vector graphics and tables in the colours of the page. */
import { Html, html } from './html';

/** One bar of a reliability diagram. */
export interface ReliabilityBar {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly probability: number | null;
  readonly frequency: number | null;
}

const SIDE = 200;
const LEFT = 46;
const TOP = 6;
/** Height of the strip that shows how many answers are in each bin. */
const STRIP = 26;

/**
 * A reliability diagram: for each range of probabilities a line at the observed frequency, and its distance from what was stated
 * in another colour than the bar; below, how full the ranges are.
 */
export function reliabilityDiagram(title: string, bars: readonly ReliabilityBar[]): Html {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const described = bars
    .filter(({ frequency }) => frequency !== null)
    .map(({ probability, frequency }) => `${percent(probability!)} stated, ${percent(frequency!)} observed`);
  const [width, height] = [LEFT + SIDE + 8, TOP + SIDE + STRIP + 22];
  return html`<figure class="diagram">
<figcaption>${title}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}: ${described.join('; ')}">
${[0, 0.25, 0.5, 0.75, 1].map(grid)}
${bars.map((bar) => reliabilityBar(bar, most))}
<line class="ideal" x1="${LEFT}" y1="${TOP + SIDE}" x2="${LEFT + SIDE}" y2="${TOP}"/>
<text x="${LEFT + SIDE / 2}" y="${height - 2}" text-anchor="middle">stated probability</text>
</svg>
</figure>`;
}

function grid(level: number): Html {
  const y = TOP + SIDE * (1 - level);
  return html`<line class="grid" x1="${LEFT}" y1="${y}" x2="${LEFT + SIDE}" y2="${y}"/>
<text x="${LEFT - 4}" y="${y + 4}" text-anchor="end">${100 * level}\u00a0%</text>`;
}

function reliabilityBar({ from, to, count, probability, frequency }: ReliabilityBar, most: number): Html | null {
  if (frequency === null || probability === null) return null;
  const [x, width] = [LEFT + SIDE * from + 1, SIDE * (to - from) - 2];
  const y = (share: number) => TOP + SIDE * (1 - share);
  const [low, high] = [Math.min(probability, frequency), Math.max(probability, frequency)];
  const full = Math.max(1, (STRIP - 4) * (count / most));
  return html`<g><title>${`${percent(from)} to ${percent(to)}: ${count} answers, ${percent(probability)} stated, ${percent(frequency)} observed`}</title>
<rect class="common" x="${round(x)}" y="${round(y(low))}" width="${round(width)}" height="${round(SIDE * low)}"/>
<rect class="distance" x="${round(x)}" y="${round(y(high))}" width="${round(width)}" height="${round(SIDE * (high - low))}"/>
<line class="observed" x1="${round(x)}" y1="${round(y(frequency))}" x2="${round(x + width)}" y2="${round(y(frequency))}"/>
<rect class="count" x="${round(x)}" y="${round(TOP + SIDE + 4)}" width="${round(width)}" height="${round(full)}"/></g>`;
}

/** One horizontal bar. */
export interface Bar {
  readonly label: string;
  /** What it is, in a line below. */
  readonly note?: string;
  /** Its length, against that of the longest; null is no bar. */
  readonly value: number | null;
  /** What stands at its end. */
  readonly text: string;
}

/** Bars below each other, as long as their values. */
export function barChart(bars: readonly Bar[]): Html {
  const most = Math.max(Number.MIN_VALUE, ...bars.map(({ value }) => value ?? 0));
  return html`<dl class="bars">${bars.map(
    ({ label, note, value, text }) =>
      html`<div><dt>${label}${note === undefined ? null : html`<small>${note}</small>`}</dt><dd><span class="bar" style="--share:${Math.max(0, (value ?? 0) / most).toFixed(4)}"></span><span class="value">${text}</span></dd></div>`,
  )}</dl>`;
}

export interface Matrix {
  readonly title: string;
  /** What rows and columns are. */
  readonly names: readonly string[];
  /** From -1 to 1; null is an empty cell. */
  readonly values: readonly (readonly (number | null)[])[];
}

/** A square table of correlations, the higher the darker. */
export function matrix({ title, names, values }: Matrix): Html {
  const cell = (value: number | null) => {
    if (value === null) return html`<td></td>`;
    const colour = new Html(` class="${value < 0 ? 'cold' : 'hot'}" style="--share:${Math.abs(value).toFixed(2)}"`);
    return html`<td${colour}>${Math.round(100 * value)}</td>`;
  };
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table class="matrix"><caption>${title}</caption>
<thead><tr><td></td>${names.map((name) => html`<th scope="col"><span>${name}</span></th>`)}</tr></thead>
<tbody>${names.map((name, i) => html`<tr><th scope="row">${name}</th>${values[i]!.map(cell)}</tr>`)}</tbody>
</table></div>`;
}

function percent(share: number): string {
  return `${round(100 * share)}\u00a0%`;
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}
