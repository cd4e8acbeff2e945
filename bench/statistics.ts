/** The statistics of one measure. */
import type { Measure, Target, Unit } from './case';

/** The middle of some numbers, and the quartiles around it. */
export interface Spread {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

export interface Statistics {
  readonly title: string;
  readonly unit: Unit;
  readonly byDifference?: boolean;
  readonly ours: Spread;
  /** Null where the peer is absent. */
  readonly peer: Spread | null;
  /** Ours over the peer's, or ours less the peer's, of the turns that were next to each other. */
  readonly comparison: Spread | null;
  readonly target: Target | null;
  /** Null without target or peer. */
  readonly reached: boolean | null;
}

/** The figures of one measure, turn by turn. */
export interface Turns {
  readonly ours: readonly number[];
  /** As many as ours, or none. */
  readonly peer: readonly number[];
}

export function statisticsOf(measure: Measure, turns: Turns): Statistics {
  const { title, unit, byDifference } = measure;
  const target = measure.target ?? null;
  const isDifference = unit === 'points' || byDifference === true;
  const pairs = turns.peer.map((peer, i) => (isDifference ? turns.ours[i]! - peer : turns.ours[i]! / peer));
  // Of a high-water mark the last word counts, not the middle.
  const summary = unit === 'bytes' ? highest : spread;
  const comparison = pairs.length > 0 ? (unit === 'bytes' ? exactly(pairs.at(-1)!) : spread(pairs)) : null;
  return {
    title,
    unit,
    ...(byDifference && { byDifference }),
    ours: summary(turns.ours),
    peer: turns.peer.length > 0 ? summary(turns.peer) : null,
    comparison,
    target,
    reached: target && comparison && isReached(target, comparison.middle),
  };
}

function isReached({ atMost = Infinity, atLeast = -Infinity }: Target, value: number): boolean {
  return value >= atLeast && value <= atMost;
}

function highest(values: readonly number[]): Spread {
  return exactly(Math.max(...values));
}

function exactly(value: number): Spread {
  return { low: value, middle: value, high: value };
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { low: quantile(sorted, 0.25), middle: quantile(sorted, 0.5), high: quantile(sorted, 0.75) };
}

/** Interpolated between neighbours, as NumPy's default. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}
