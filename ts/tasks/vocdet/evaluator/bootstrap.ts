import { Rng } from '../../../data/rng';
import { cocoPrecision, meanOf, voc07Precision, voc12Precision } from './curve';
import { cocoCurves, vocCurve, type ClassCase } from './metrics';

export interface BootstrapOptions {
  /** Sets of images that are drawn. Minimum: 1. */
  readonly samples: number;
  /** @default 0 */
  readonly seed?: number;
  /** Share of the drawn sets whose figure lies inside of an interval. @default 0.95 */
  readonly level?: number;
}

/** Lower and upper end. */
export type Interval = readonly [number, number];

/** How far the main figures would move with another set of images of the same kind. Null where there is no figure. */
export interface Confidence {
  readonly level: number;
  readonly samples: number;
  readonly seed: number;
  readonly voc07: Interval | null;
  readonly voc12: Interval | null;
  readonly coco: { readonly AP: Interval | null; readonly AP50: Interval | null };
}

/**
 * Percentile intervals of the bootstrap (Efron 1979): images are drawn with replacement, as many as there are,
 * and the figures computed of each such set.
 * @param images in an order that does not depend on when they were added
 */
export function bootstrap(cases: readonly ClassCase[], images: Uint32Array, options: BootstrapOptions): Confidence {
  const { samples, seed = 0, level = 0.95 } = options;
  const drawn = Array.from({ length: samples }, (_, sample) => mainMetrics(cases, draw(images, new Rng(seed, sample))));
  const interval = (metricOf: (set: MainMetrics) => number | null) => percentiles(drawn.map(metricOf), level);
  return {
    level,
    samples,
    seed,
    voc07: interval(({ voc07 }) => voc07),
    voc12: interval(({ voc12 }) => voc12),
    coco: { AP: interval(({ AP }) => AP), AP50: interval(({ AP50 }) => AP50) },
  };
}

type MainMetrics = Readonly<Record<'voc07' | 'voc12' | 'AP' | 'AP50', number | null>>;

/** How often each image is in the set. */
function draw(images: Uint32Array, rng: Rng): Uint16Array {
  const weights = new Uint16Array(images.length);
  for (let i = 0; i < images.length; i++) weights[images[rng.integer(images.length)]!]!++;
  return weights;
}

function mainMetrics(cases: readonly ClassCase[], weights: Uint16Array): MainMetrics {
  const voc = cases.map((one) => vocCurve(one, weights));
  const coco = cases.map((one) => cocoCurves(one, 'all', weights).map(cocoPrecision));
  return {
    voc07: meanOf(voc.map(voc07Precision)),
    voc12: meanOf(voc.map(voc12Precision)),
    AP: meanOf(coco.flat()),
    AP50: meanOf(coco.map((ten) => ten[0]!)),
  };
}

function percentiles(values: readonly (number | null)[], level: number): Interval | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  return [quantile(sorted, (1 - level) / 2), quantile(sorted, (1 + level) / 2)];
}

/** Linear between the two nearest values. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return below + (at - Math.floor(at)) * (above - below);
}
