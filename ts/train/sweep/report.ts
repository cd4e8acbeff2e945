/** report.html and report.json of a sweep. */
import { stringify } from 'yaml';
import type { ConfigTree, ConfigValue } from '../config/keys';
import { Html, html } from '../report/html';
import { renderPage, type Section } from '../report/page';
import { linePlot } from '../report/curves';
import { type Cell, table } from '../report/table';
import type { TrialEntry } from './journal';
import { type Axis, type Mark, parallelCoordinates, plotStyle, scatterPlot } from './plots';
import type { Search } from './search';
import type { Dimension } from './space';
import { bestTrial } from './trials';

interface Subject {
  readonly folder: string;
  readonly metric: string;
  /** The content of sweep.yaml. */
  readonly config: ConfigTree;
  readonly search: Search;
  readonly entries: readonly TrialEntry[];
}

/** A sweep as a page, and as data. */
export function sweepReport(subject: Subject): { readonly html: string; readonly json: object } {
  const { folder, metric, config, search, entries } = subject;
  const trials = [...new Map(entries.map((entry) => [entry.trial, entry])).values()].sort((a, b) => a.trial - b.trial);
  const best = bestTrial(entries, search.mode);
  const json = { metric, mode: search.mode, best: best?.trial ?? null, settings: config, trials };
  const count = (state: TrialEntry['state']) => trials.filter((entry) => entry.state === state).length;
  const page = renderPage({
    title: `Sweep: ${folder.split('/').at(-1)!}`,
    subtitle: `${METHODS[search.method]}${search.rungs ? ', with successive halving' : ''}, ${search.mode === 'max' ? 'more' : 'less'} ${metric} being better.`,
    tiles: [
      {
        label: `Best ${metric}`,
        value: best ? digits(best.value!) : '–',
        note: best ? `trial ${best.trial}` : 'none yet',
      },
      { label: 'Trials', value: String(trials.length), note: `of ${search.trials}` },
      { label: 'Done', value: String(count('done')) },
      { label: 'Failed', value: String(count('failed')) },
    ],
    sections: sectionsOf(subject, trials, best),
  });
  return { html: page, json };
}

const METHODS: Readonly<Record<Search['method'], string>> = {
  grid: 'All combinations',
  random: 'Independent draws',
  tpe: 'Draws by the trials so far (TPE)',
};

function sectionsOf(
  { metric, config, search }: Subject,
  trials: readonly TrialEntry[],
  best: TrialEntry | undefined,
): Section[] {
  const measured = trials.filter(({ value }) => value !== null);
  const values = measured.map(({ value }) => value!);
  const metricAxis = numericAxis(metric, values);
  const axes = search.dimensions.map(axisOf);
  const marks = trials
    .filter(({ state }) => state !== 'running')
    .map((trial) => ({ trial, mark: markOf(trial, search, metric, values, best) }));
  const lines = marks.map(({ trial, mark }) => ({
    ...mark,
    values: [...search.dimensions.map(({ key }) => trial.parameters[key]), trial.value ?? undefined],
  }));
  const scatters = search.dimensions.map(({ key }, i) => {
    const dots = marks.map(({ trial, mark }) => ({
      ...mark,
      across: trial.parameters[key],
      up: trial.value ?? undefined,
    }));
    return scatterPlot(axes[i]!, metricAxis, dots);
  });
  const style = new Html(`<style>${plotStyle}</style>`);
  return [
    {
      title: 'All trials at once',
      intro:
        'A line a trial, across an axis a key; the last axis is the metric. The pointer on a line tells which it is.',
      body: html`${style}${parallelCoordinates([...axes, metricAxis], lines)}`,
    },
    {
      title: 'Each key',
      intro: `${metric} over the values of each key, whatever the others were.`,
      body: html`<div class="charts small">${scatters}</div>`,
    },
    {
      title: 'On the way',
      intro: `The best ${metric} so far, over the trials.`,
      body: bestSoFar(measured, metric, search.mode),
    },
    { title: 'Trials', intro: 'A click on a head sorts.', body: trialTable(trials, search, metric) },
    { title: 'Settings', body: html`<pre>${stringify(config)}</pre>` },
  ];
}

function markOf(
  trial: TrialEntry,
  { dimensions, mode }: Search,
  metric: string,
  values: readonly number[],
  best: TrialEntry | undefined,
): Mark {
  const parameters = dimensions.map(({ key }) => `${key} ${shown(trial.parameters[key])}`).join(', ');
  const outcome = trial.value === null ? (trial.error ?? 'failed') : `${metric} ${digits(trial.value)}`;
  return {
    merit: trial.value === null ? null : meritOf(trial.value, values, mode),
    isBest: trial.trial === best?.trial,
    text: `trial ${trial.trial}: ${outcome}; ${parameters}${trial.units === undefined ? '' : `; after ${trial.units}`}`,
  };
}

/** The share of values that are not better. Ranks, so that one that is far off does not make all others alike. */
function meritOf(value: number, values: readonly number[], mode: 'min' | 'max'): number {
  if (values.length < 2) return 1;
  const worse = values.filter((other) => (mode === 'max' ? other < value : other > value)).length;
  return worse / (values.length - 1);
}

function axisOf(dimension: Dimension): Axis {
  const { key, values, positionOf } = dimension;
  const at = (value: ConfigValue | undefined) => (value === undefined ? null : positionOf(value));
  if (values !== null && values.length <= 8)
    return { label: key, at, ticks: values.map((value) => ({ at: positionOf(value), text: shown(value) })) };
  const positions = [0, 0.25, 0.5, 0.75, 1];
  const powers = values === null ? powersOfTen(dimension) : [];
  if (powers.length >= 3)
    return { label: key, at, ticks: powers.map((value) => ({ at: positionOf(value), text: shown(value) })) };
  return {
    label: key,
    at,
    ticks: positions.map((position) => ({ at: position, text: shown(dimension.at(position)) })),
  };
}

/** Of a range on a log scale: the powers of ten in it. */
function powersOfTen({ at }: Dimension): number[] {
  const [min, middle, max] = [0, 0.5, 1].map((position) => Number(at(position))) as [number, number, number];
  if (Math.abs(middle - (min + max) / 2) < 1e-9 * (max - min)) return [];
  const [first, last] = [Math.ceil(Math.log10(min) - 1e-9), Math.floor(Math.log10(max) + 1e-9)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(`1e${first + i}`));
}

function numericAxis(label: string, values: readonly number[]): Axis {
  const [low, high] = values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)];
  const span = high - low;
  const at = (value: ConfigValue | undefined) =>
    typeof value !== 'number' ? null : span === 0 ? 0.5 : (value - low) / span;
  const ticks =
    span === 0
      ? [{ at: 0.5, text: digits(low) }]
      : [0, 0.25, 0.5, 0.75, 1].map((position) => ({ at: position, text: digits(low + position * span) }));
  return { label, at, ticks };
}

function bestSoFar(trials: readonly TrialEntry[], metric: string, mode: 'min' | 'max'): Html {
  let best = mode === 'min' ? Infinity : -Infinity;
  const better = mode === 'min' ? Math.min : Math.max;
  const values = trials.map(({ value }) => (best = better(best, value!)));
  return html`<div class="charts">${linePlot({
    title: `Best ${metric}`,
    x: { label: 'trial', values: trials.map(({ trial }) => trial) },
    y: { label: metric, values },
  })}</div>`;
}

function trialTable(trials: readonly TrialEntry[], { dimensions, rungs }: Search, metric: string): Html {
  const columns = [
    { label: 'trial' },
    { label: 'state' },
    { label: metric, digits: 4 },
    ...(rungs ? [{ label: 'given', hint: 'What it was given in all, such as epochs.' }] : []),
    { label: 'seconds', digits: 1 },
    ...dimensions.map(({ key }) => ({ label: key, format: digits })),
    { label: 'error' },
  ];
  const rows = trials.map(({ trial, state, value, units, seconds, parameters, error }): Cell[] => [
    trial,
    state,
    value,
    ...(rungs ? [units ?? null] : []),
    seconds,
    ...dimensions.map(({ key }) => cellOf(parameters[key])),
    error ?? '',
  ]);
  return table({ columns, rows });
}

/** A number stays one, so that the column is sorted by it. */
function cellOf(value: ConfigValue | undefined): Cell {
  return typeof value === 'number' ? value : shown(value);
}

/** A value as the report shows it. */
function shown(value: ConfigValue | undefined): string {
  if (typeof value === 'number') return digits(value);
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '–');
}

/** Four significant digits, and no more zeros than needed. */
function digits(value: number): string {
  const short = Number(value.toPrecision(4));
  const isSmall = short !== 0 && Math.abs(short) < 1e-3;
  return isSmall || Math.abs(short) >= 1e6 ? short.toExponential().replace('e+', 'e') : String(short);
}
