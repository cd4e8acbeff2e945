import type { MetricsEntry } from '../metrics-logger';
import { Html, html, jsonScript } from './html';

export interface Curve {
  readonly label: string;
  /** Which lines of the log carry the value. */
  readonly kind: MetricsEntry['kind'];
  /** The name of the value in those lines. */
  readonly key: string;
}

export interface Chart {
  readonly title: string;
  readonly curves: readonly Curve[];
  /** Shows shares as per cent. @default false */
  readonly share?: boolean;
}

/** One chart over training steps; the numbers travel in the page, its script draws them. */
export function chart({ title, curves, share = false }: Chart, log: readonly MetricsEntry[]): Html {
  const steps = [
    ...new Set(log.filter((entry) => curves.some((curve) => holds(entry, curve))).map((entry) => entry.step)),
  ];
  steps.sort((a, b) => a - b);
  const row = new Map(steps.map((step, i) => [step, i]));
  const series = curves.map((curve) => values(curve, log, row));
  return plotElement(title, {
    x: 'step',
    share,
    unit: false,
    labels: curves.map(({ label }) => label),
    data: [steps, ...series],
  });
}

/** Two columns with their labels. */
export interface PairPlot {
  readonly title: string;
  readonly x: { readonly label: string; readonly values: readonly number[] };
  readonly y: { readonly label: string; readonly values: readonly number[] };
}

/** One share over another, both from 0 to 1: precision over recall, say. */
export function sharePlot({ title, x, y }: PairPlot): Html {
  return plotElement(title, { x: x.label, share: true, unit: true, labels: [y.label], data: [x.values, y.values] });
}

/** One value over another. */
export function linePlot({ title, x, y }: PairPlot): Html {
  return plotElement(title, { x: x.label, share: false, unit: false, labels: [y.label], data: [x.values, y.values] });
}

/** What the page's script draws. */
interface Drawing {
  /** What the first column of `data` is. */
  readonly x: string;
  readonly share: boolean;
  /** Whether both axes go from 0 to 1. */
  readonly unit: boolean;
  readonly labels: readonly string[];
  readonly data: readonly (readonly (number | null)[])[];
}

function plotElement(title: string, drawing: Drawing): Html {
  return html`<figure class="chart">
<figcaption>${title}</figcaption>
${jsonScript(drawing)}
</figure>`;
}

function holds(entry: MetricsEntry, { kind, key }: Curve): boolean {
  return entry.kind === kind && typeof entry[key] === 'number';
}

/** The curve's value at each step, null where it has none. */
function values(curve: Curve, log: readonly MetricsEntry[], row: ReadonlyMap<number, number>): (number | null)[] {
  const column: (number | null)[] = new Array<null>(row.size).fill(null);
  for (const entry of log) if (holds(entry, curve)) column[row.get(entry.step)!] = entry[curve.key] as number;
  return column;
}
