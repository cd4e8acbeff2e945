/** Drawings of a sweep as SVG inside of the page, which need no script and print as they are. */
import type { ConfigValue } from '../config/keys';
import { Html, html } from '../report/html';

/** One vertical axis: a key, or the metric. */
export interface Axis {
  readonly label: string;
  /** Where a value lies, from 0 at the bottom to 1; null for one that is not known. */
  readonly at: (value: ConfigValue | undefined) => number | null;
  /** Texts beside the axis, with their positions. */
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/** A trial as a plot shows it. */
export interface Mark {
  /** How good it is among all, from 0 for the worst to 1 for the best; null where it failed. */
  readonly merit: number | null;
  readonly isBest: boolean;
  /** Shown when the pointer rests on it. */
  readonly text: string;
}

/** A trial across several axes. */
export interface Line extends Mark {
  /** One value an axis. */
  readonly values: readonly (ConfigValue | undefined)[];
}

/** A trial between two axes. */
export interface Dot extends Mark {
  readonly across: ConfigValue | undefined;
  readonly up: ConfigValue | undefined;
}

export const plotStyle = `
.scatter { margin: 0; min-width: 0; }
.scatter figcaption { font-weight: 600; margin-bottom: .25rem; }
.sweep { width: 100%; height: auto; overflow: visible; display: block; }
.sweep text { fill: var(--soft); font-size: 12px; paint-order: stroke; stroke: var(--page); stroke-width: 3px; stroke-linejoin: round; }
.sweep .label { fill: var(--ink); font-weight: 600; }
.sweep .axis { stroke: var(--soft); stroke-width: 1; }
.sweep .grid { stroke: var(--grid); stroke-width: 1; }
.sweep .trial { fill: none; stroke: color-mix(in oklab, var(--curve-1) calc(100% * var(--merit)), var(--curve-0)); stroke-width: 1.6; opacity: .75; }
.sweep .trial:hover { stroke-width: 4; opacity: 1; }
.sweep .failed { stroke: var(--soft); stroke-dasharray: 3 4; opacity: .5; }
.sweep .best { stroke-width: 3.5; opacity: 1; }
.sweep .dot { stroke: var(--page); stroke-width: 1; fill: color-mix(in oklab, var(--curve-1) calc(100% * var(--merit)), var(--curve-0)); }
.sweep .dot.best { stroke: var(--ink); stroke-width: 2; }
.sweep-key { display: flex; gap: .6rem; align-items: center; color: var(--soft); font-size: .85rem; margin: .4rem 0 0; }
.sweep-key i { width: 8rem; height: .5rem; border-radius: 4px; background: linear-gradient(90deg in oklab, var(--curve-0), var(--curve-1)); }
`;

const HEIGHT = 300;
const TOP = 34;
const BOTTOM = 14;
const STEP = 170;
const MARGIN = 90;

/** All trials as lines across one axis a key, the metric last: parallel coordinates. */
export function parallelCoordinates(axes: readonly Axis[], lines: readonly Line[]): Html {
  const width = 2 * MARGIN + STEP * (axes.length - 1);
  const x = (i: number) => MARGIN + STEP * i;
  const y = (at: number) => TOP + (1 - at) * (HEIGHT - TOP - BOTTOM);
  // The best lie above the others.
  const ordered = [...lines].sort((a, b) => (a.merit ?? -1) - (b.merit ?? -1));
  return html`<div class="scroll"><svg class="sweep" viewBox="0 0 ${width} ${HEIGHT}" style="min-width:${Math.min(width, 560)}px" role="img" aria-label="Parallel coordinates of all trials">
${axes.map((_, i) => html`<line class="axis" x1="${x(i)}" x2="${x(i)}" y1="${y(0)}" y2="${y(1)}" />`)}
${ordered.map((line) => drawnLine(axes, line, x, y))}
${axes.map((axis, i) => axisTexts(axis, x(i), y))}
</svg></div>
<p class="sweep-key">worse <i></i> better; the best is thick, failed ones are dashed</p>`;
}

/** Over the lines, with a rim that keeps them legible. */
function axisTexts({ label, ticks }: Axis, x: number, y: (at: number) => number): Html {
  return html`<text class="label" x="${x}" y="16" text-anchor="middle">${label}</text>
${ticks.map(({ at, text }) => html`<text x="${x - 8}" y="${coordinate(y(at) + 4)}" text-anchor="end">${text}</text>`)}`;
}

function drawnLine(axes: readonly Axis[], line: Line, x: (i: number) => number, y: (at: number) => number): Html {
  const points = axes.flatMap(({ at }, i) => {
    const position = at(line.values[i]);
    return position === null ? [] : [`${coordinate(x(i))},${coordinate(y(position))}`];
  });
  return html`<polyline class="${classOf('trial', line)}" style="--merit:${meritOf(line)}" points="${points.join(' ')}"><title>${line.text}</title></polyline>`;
}

function classOf(kind: string, { merit, isBest }: Mark): string {
  return [kind, ...(isBest ? ['best'] : []), ...(merit === null ? ['failed'] : [])].join(' ');
}

function meritOf({ merit }: Mark): string {
  return (merit ?? 0).toFixed(3);
}

function coordinate(value: number): number {
  return Math.round(10 * value) / 10;
}

const SIDE = { width: 300, height: 220, left: 58, right: 12, top: 12, bottom: 42 };

/** The metric over one key. */
export function scatterPlot(key: Axis, metric: Axis, dots: readonly Dot[]): Html {
  const { width, height, left, right, top, bottom } = SIDE;
  const x = (at: number) => left + at * (width - left - right);
  const y = (at: number) => top + (1 - at) * (height - top - bottom);
  const ordered = [...dots].sort((a, b) => (a.merit ?? -1) - (b.merit ?? -1));
  return html`<figure class="scatter"><figcaption>${key.label}</figcaption>
<svg class="sweep" viewBox="0 0 ${width} ${height}" role="img" aria-label="${metric.label} over ${key.label}">
${metric.ticks.map(({ at, text }) => html`<line class="grid" x1="${left}" x2="${width - right}" y1="${coordinate(y(at))}" y2="${coordinate(y(at))}" /><text x="${left - 6}" y="${coordinate(y(at) + 4)}" text-anchor="end">${text}</text>`)}
${spaced(key.ticks).map(({ at, text }) => html`<text x="${coordinate(x(at))}" y="${height - bottom + 16}" text-anchor="middle">${text}</text>`)}
<text x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">${key.label}</text>
${ordered.map((dot) => drawnDot(dot, key.at(dot.across), metric.at(dot.up), x, y))}
</svg></figure>`;
}

/** Those of the ticks that have room side by side. */
function spaced(ticks: Axis['ticks']): Axis['ticks'] {
  const room = (text: string) => (7 * text.length + 10) / (SIDE.width - SIDE.left - SIDE.right);
  return ticks.reduce<Axis['ticks']>((kept, tick) => {
    const before = kept.at(-1);
    const isFree = !before || tick.at - before.at >= (room(before.text) + room(tick.text)) / 2;
    return isFree ? [...kept, tick] : kept;
  }, []);
}

function drawnDot(
  dot: Dot,
  across: number | null,
  up: number | null,
  x: (at: number) => number,
  y: (at: number) => number,
): Html | null {
  if (across === null || up === null) return null;
  return html`<circle class="${classOf('dot', dot)}" style="--merit:${meritOf(dot)}" r="${dot.isBest ? 6 : 4.5}" cx="${coordinate(x(across))}" cy="${coordinate(y(up))}"><title>${dot.text}</title></circle>`;
}
