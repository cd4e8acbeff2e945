/**
 * From outcomes in the order of the scores to average precision. Precision rises only where a detection is
 * right, so a curve is kept as its points after each of those: nothing of the definitions is lost by that.
 */
import { FALSE, IGNORED } from './match';

/** Running counts after each right detection, by falling score. */
export interface Curve {
  readonly right: Float64Array;
  readonly wrong: Float64Array;
  /** Objects that have to be found. */
  readonly positives: number;
}

/** Two-bit outcomes of detections by falling score, and how much each image counts. */
export interface Outcomes {
  /** Those at the first threshold in the lowest bits. */
  readonly words: Uint32Array;
  readonly images: Uint32Array;
  /** By image; each counts once when left out. */
  readonly weights?: Uint16Array;
}

/** One curve for each of the thresholds, in one pass. */
export function traceCurves({ words, images, weights }: Outcomes, thresholds: number, positives: number): Curve[] {
  const points = Array.from({ length: thresholds }, () => ({
    right: [] as number[],
    wrong: [] as number[],
    rights: 0,
    wrongs: 0,
  }));
  // Nearly all detections are wrong at every threshold; those are counted once.
  let wrongs = 0;
  for (let i = 0; i < words.length; i++) {
    const weight = weights === undefined ? 1 : weights[images[i]!]!;
    if (words[i] === FALSE) wrongs += weight;
    else if (weight > 0) points.forEach((curve, t) => advance(curve, (words[i]! >>> (2 * t)) & 3, weight, wrongs));
  }
  return points.map(({ right, wrong }) => ({
    right: Float64Array.from(right),
    wrong: Float64Array.from(wrong),
    positives,
  }));
}

interface Points {
  readonly right: number[];
  readonly wrong: number[];
  rights: number;
  wrongs: number;
}

function advance(curve: Points, outcome: number, weight: number, wrongs: number): void {
  if (outcome === IGNORED) return;
  if (outcome === FALSE) {
    curve.wrongs += weight;
    return;
  }
  curve.rights += weight;
  curve.right.push(curve.rights);
  curve.wrong.push(wrongs + curve.wrongs);
}

/** Highest precision at this point of a curve or behind it, for each of its points. */
export function envelope({ right, wrong }: Curve): Float64Array {
  const best = new Float64Array(right.length);
  for (let i = right.length - 1, highest = 0; i >= 0; i--)
    best[i] = highest = Math.max(highest, right[i]! / (right[i]! + wrong[i]!));
  return best;
}

/**
 * For each level of recall the first point of a curve that reaches it; the count of points when none does.
 * @param levels rising
 */
export function pointsAt({ right, positives }: Curve, levels: readonly number[]): number[] {
  let point = 0;
  return levels.map((level) => {
    while (point < right.length && right[point]! / positives < level) point++;
    return point;
  });
}

/** Mean of the best precision at each level of recall or beyond; null when there is nothing to find. */
function sampledPrecision(curve: Curve, levels: readonly number[]): number | null {
  if (curve.positives === 0) return null;
  const best = envelope(curve);
  return pointsAt(curve, levels).reduce((sum, point) => sum + (best[point] ?? 0), 0) / levels.length;
}

/** The eleven levels as `numpy.arange(0, 1.1, 0.1)` computes them, of which three lie a trace above the round number. */
const vocLevels: readonly number[] = Array.from({ length: 11 }, (_, i) => i * 0.1);
/** As `numpy.linspace(0, 1, 101)` computes them. */
export const cocoLevels: readonly number[] = Array.from({ length: 101 }, (_, i) => (i === 100 ? 1 : i * 0.01));

/** VOC 2007: the mean over the recalls 0, 0.1 … 1. */
export function voc07Precision(curve: Curve): number | null {
  return sampledPrecision(curve, vocLevels);
}

/** COCO: the mean over the recalls 0, 0.01 … 1. */
export function cocoPrecision(curve: Curve): number | null {
  return sampledPrecision(curve, cocoLevels);
}

/** VOC 2010 and later: the area under the curve made monotone. */
export function voc12Precision(curve: Curve): number | null {
  if (curve.positives === 0) return null;
  const best = envelope(curve);
  let area = 0;
  for (let i = 0; i < best.length; i++)
    area += ((curve.right[i]! - (i === 0 ? 0 : curve.right[i - 1]!)) / curve.positives) * best[i]!;
  return area;
}

/** Mean over the classes that have a figure; null when none has. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
