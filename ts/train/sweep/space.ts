/** What a sweep searches: for each key the values that it may have. */
import { Rng } from '../../data/rng';
import { InputError } from '../../errors';
import { checkOptions, show } from '../../options';
import type { ConfigValue } from '../config/keys';

/** Values to choose from, in any order. */
export interface Choices {
  readonly values: readonly ConfigValue[];
}

/** Numbers from `min` to `max`, both included. */
export interface Range {
  readonly min: number;
  readonly max: number;
  /** Whether a factor or a difference is what counts. @default 'linear' */
  readonly scale?: 'linear' | 'log';
  /** Takes `min`, `min + step`, … alone; 1 makes whole numbers of whole ends. @default all numbers */
  readonly step?: number;
}

/** The values that a key may have; a list is short for `{ values }`. */
export type ParameterValues = readonly ConfigValue[] | Choices | Range;

/** Keys of a configuration with a value for each. */
export type Parameters = Readonly<Record<string, ConfigValue>>;

/** One key, as a number of [0, 1) that stands for its value, or as one of so many choices. */
export interface Dimension {
  readonly key: string;
  /** All values in their order; null where there are too many. */
  readonly values: readonly ConfigValue[] | null;
  /** Whether values that lie near each other are alike: of a range, not of choices. */
  readonly isOrdered: boolean;
  /** The value at a position from 0 to 1. */
  at(position: number): ConfigValue;
  /** The position of a value of `at`, in the middle of all that give it. */
  positionOf(value: ConfigValue): number;
}

/** @throws InputError for values that are none, or a range that has no number */
export function dimensionsOf(parameters: Readonly<Record<string, ParameterValues>>): Dimension[] {
  const dimensions = Object.entries(parameters).map(([key, values]) => dimensionOf(key, values));
  if (dimensions.length === 0) throw new InputError('sweep: expected at least one key in parameters, found none');
  return dimensions;
}

function dimensionOf(key: string, given: ParameterValues): Dimension {
  if (isList(given)) return choices(key, given);
  if (typeof given !== 'object' || given === null) throw wrong(key, 'a list of values, or { min, max }', given);
  if ('values' in given) {
    checkOptions(`sweep: ${key}`, given, ['values']);
    return choices(key, given.values);
  }
  checkOptions(`sweep: ${key}`, given, ['min', 'max', 'scale', 'step']);
  return range(key, given);
}

function isList(given: ParameterValues): given is readonly ConfigValue[] {
  return Array.isArray(given);
}

function choices(key: string, values: readonly ConfigValue[]): Dimension {
  if (!Array.isArray(values) || values.length === 0) throw wrong(key, 'a list of at least one value', values);
  const texts = values.map((value) => JSON.stringify(value));
  if (new Set(texts).size < texts.length) throw wrong(key, 'values that are all different', values);
  return {
    key,
    values,
    isOrdered: false,
    at: (position) => values[indexAt(position, values.length)]!,
    positionOf: (value) => (texts.indexOf(JSON.stringify(value)) + 0.5) / values.length,
  };
}

/** More steps than this make no grid. */
const MOST_STEPS = 1e6;

function range(key: string, { min, max, scale = 'linear', step }: Range): Dimension {
  if (!Number.isFinite(min) || !Number.isFinite(max) || min >= max)
    throw wrong(key, 'a number for min below that of max', `${show(min)} and ${show(max)}`, true);
  if (scale !== 'linear' && scale !== 'log') throw wrong(key, 'linear or log for scale', scale);
  if (scale === 'log' && min <= 0) throw wrong(key, 'a number above 0 for min, the scale being log', min);
  const steps = step === undefined ? null : Math.floor((max - min) / step + 1e-9) + 1;
  if (step !== undefined && !(step > 0 && steps! <= MOST_STEPS))
    throw wrong(key, `a step above 0 with at most ${MOST_STEPS} values`, step);
  const [from, to] = scale === 'log' ? [Math.log(min), Math.log(max)] : [min, max];
  const own = scale === 'log' ? { in: Math.log, out: Math.exp } : { in: (x: number) => x, out: (x: number) => x };
  if (steps === null) {
    return {
      key,
      values: null,
      isOrdered: true,
      at: (position) => Math.min(max, Math.max(min, own.out(from + position * (to - from)))),
      positionOf: (value) => (own.in(Number(value)) - from) / (to - from),
    };
  }
  const values = Array.from({ length: steps }, (_, i) => rounded(min + i * step!));
  return { key, values, isOrdered: true, ...steppedScale(values, scale, own.in) };
}

/** Each value has the part of [0, 1] that is nearest to it on its scale; on a linear one all parts are alike. */
function steppedScale(
  values: readonly number[],
  scale: 'linear' | 'log',
  scaled: (value: number) => number,
): Pick<Dimension, 'at' | 'positionOf'> {
  const { length } = values;
  if (scale === 'linear' || length === 1)
    return {
      at: (position) => values[indexAt(position, length)]!,
      positionOf: (value) => (values.indexOf(Number(value)) + 0.5) / length,
    };
  const points = values.map(scaled);
  const inner = points.slice(1).map((point, i) => (point + points[i]!) / 2);
  const edges = [points[0]!, ...inner, points.at(-1)!];
  const share = (point: number) => (point - edges[0]!) / (edges.at(-1)! - edges[0]!);
  return {
    at: (position) => values[Math.max(0, inner.filter((edge) => share(edge) <= position).length)]!,
    positionOf: (value) => {
      const i = values.indexOf(Number(value));
      return (share(edges[i]!) + share(edges[i + 1]!)) / 2;
    },
  };
}

function indexAt(position: number, length: number): number {
  return Math.min(length - 1, Math.max(0, Math.floor(position * length)));
}

/** Without the last digits that sums of a step such as 0.1 leave. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

function wrong(key: string, what: string, found: unknown, isText = false): InputError {
  return new InputError(`sweep: expected ${what} for ${key}, found ${isText ? String(found) : show(found)}`);
}

/** All combinations, the last key moving fastest. @throws InputError for a range without step, which has no end */
export function gridOf(dimensions: readonly Dimension[]): Parameters[] {
  const endless = dimensions.find(({ values }) => values === null);
  if (endless)
    throw new InputError(
      `sweep: expected values, or a step, for ${endless.key} of a grid, found a range; give one, or take the method random`,
    );
  return dimensions.reduce<Parameters[]>(
    (rows, { key, values }) => rows.flatMap((row) => values!.map((value) => ({ ...row, [key]: value }))),
    [{}],
  );
}

/** Independent draws, of a trial by its number alone: a sweep that goes on draws what it would have drawn. */
export function randomParameters(dimensions: readonly Dimension[], seed: number, trial: number): Parameters {
  return Object.fromEntries(dimensions.map(({ key, at }, i) => [key, at(new Rng(seed, trial, i).uniform())] as const));
}
