/**
 * Tree-structured Parzen Estimator: "Algorithms for Hyper-Parameter Optimization" (Bergstra et al., NeurIPS 2011).
 *
 * The trials so far are split into the better ones and the others. Of each group a density is made, one key at a time: over a range a
 * mixture of normal distributions around the values that were tried, over choices their frequencies, both with a flat prior beside
 * them. Candidates are drawn from the density of the better ones, and that one is taken whose density there is largest beside that
 * of the others.
 */
import { Rng } from '../../data/rng';
import type { Dimension, Parameters } from './space';

/** A trial that has ended; `value` is null where it failed, which counts as worse than all others. */
export interface Observation {
  readonly parameters: Parameters;
  readonly value: number | null;
}

/** The share of the trials that counts as the better ones, γ of the paper. */
const BETTER = 0.15;
/** Draws of which the most promising is taken. */
const CANDIDATES = 24;
/** Added to the seed, since the first trials are drawn from streams of the seed itself. */
const STREAM = 3 * 2 ** 50;

/** The most promising parameters for a trial, from those that were tried. */
export function tpeParameters(
  dimensions: readonly Dimension[],
  observations: readonly Observation[],
  { seed, trial, mode }: { readonly seed: number; readonly trial: number; readonly mode: 'min' | 'max' },
): Parameters {
  const rank = ({ value }: Observation) => (value === null ? Infinity : mode === 'min' ? value : -value);
  const sorted = [...observations].sort((a, b) => compare(rank(a), rank(b)));
  const split = Math.min(Math.max(1, Math.ceil(BETTER * sorted.length)), sorted.length);
  return Object.fromEntries(
    dimensions.map((dimension, i) => {
      const positions = sorted.map(({ parameters }) => dimension.positionOf(parameters[dimension.key]!));
      const rng = new Rng(seed + STREAM, trial, i);
      const [better, others] = [positions.slice(0, split), positions.slice(split)];
      const best = dimension.isOrdered ? bestPoint(better, others, rng) : bestChoice(dimension, better, others, rng);
      return [dimension.key, dimension.at(best)];
    }),
  );
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** One normal distribution of a mixture, cut off outside of [0, 1]. */
interface Component {
  readonly mean: number;
  readonly deviation: number;
}

function bestPoint(better: readonly number[], others: readonly number[], rng: Rng): number {
  const [near, far] = [mixtureOf(better), mixtureOf(others)];
  const candidates = Array.from({ length: CANDIDATES }, () => drawFrom(near, rng));
  return largest(candidates, (at) => density(near, at) / density(far, at));
}

/** A component a point, as wide as the way to the further of its neighbours, and a wide one for what nobody has tried. */
function mixtureOf(points: readonly number[]): Component[] {
  const sorted = [...points].sort(compare);
  const narrowest = 1 / Math.min(100, sorted.length + 2);
  const components = sorted.map((mean, i) => {
    const gaps = [mean - (sorted[i - 1] ?? 0), (sorted[i + 1] ?? 1) - mean];
    return { mean, deviation: Math.min(1, Math.max(narrowest, ...gaps)) };
  });
  return [...components, { mean: 0.5, deviation: 1 }];
}

function drawFrom(mixture: readonly Component[], rng: Rng): number {
  const { mean, deviation } = rng.pick(mixture);
  for (;;) {
    // Box and Muller; what falls outside is drawn again, which cuts the distribution off.
    const radius = Math.sqrt(-2 * Math.log(1 - rng.uniform()));
    const point = mean + deviation * radius * Math.cos(2 * Math.PI * rng.uniform());
    if (point >= 0 && point <= 1) return point;
  }
}

function density(mixture: readonly Component[], at: number): number {
  const parts = mixture.map(({ mean, deviation }) => {
    const inside = cumulative((1 - mean) / deviation) - cumulative(-mean / deviation);
    return Math.exp(-0.5 * ((at - mean) / deviation) ** 2) / (deviation * Math.sqrt(2 * Math.PI) * inside);
  });
  return parts.reduce((sum, part) => sum + part, 0) / mixture.length;
}

/** The cumulative distribution of the standard normal, by Abramowitz and Stegun 26.2.17: off by at most 7.5e-8. */
export function cumulative(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return x >= 0 ? 1 - tail : tail;
}

/** @returns the position of the choice */
function bestChoice({ values }: Dimension, better: readonly number[], others: readonly number[], rng: Rng): number {
  const count = values!.length;
  const share = (positions: readonly number[]) => {
    const counts = new Array<number>(count).fill(1);
    for (const position of positions) counts[Math.floor(position * count)]!++;
    return counts.map((of) => of / (positions.length + count));
  };
  const [near, far] = [share(better), share(others)];
  const candidates = Array.from({ length: CANDIDATES }, () => drawIndex(near, rng.uniform()));
  return (largest(candidates, (i) => near[i]! / far[i]!) + 0.5) / count;
}

function drawIndex(shares: readonly number[], uniform: number): number {
  let sum = 0;
  const index = shares.findIndex((share) => (sum += share) > uniform);
  return index < 0 ? shares.length - 1 : index;
}

/** The first of the candidates with the largest score. */
function largest(candidates: readonly number[], score: (candidate: number) => number): number {
  return candidates.reduce((best, candidate) => (score(candidate) > score(best) ? candidate : best));
}
