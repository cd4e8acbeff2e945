/** The figures of the three protocols from the outcomes of all classes. */
import {
  cocoLevels,
  cocoPrecision,
  envelope,
  meanOf,
  pointsAt,
  traceCurves,
  voc07Precision,
  voc12Precision,
  type Curve,
} from './curve';
import { areaNames, type AreaName, type ClassLog, type RankedClass } from './log';
import { cocoAreas, cocoThresholds, TRUE } from './match';

/** One of VOC's protocols: average precision at an overlap above one half. Null where there is nothing to find. */
export interface VocMetrics<Name extends string = string> {
  readonly mAP: number | null;
  readonly perClass: Readonly<Record<Name, number | null>>;
}

/**
 * COCO's twelve numbers, each 0 to 1: average precision over ten overlaps, at 0.5, at 0.75, by size; average
 * recall at 1, 10 and 100 detections an image and class, by size. Null where there is nothing to find.
 */
export interface CocoMetrics<Name extends string = string> extends Readonly<Record<CocoMetricName, number | null>> {
  readonly perClass: Readonly<Record<Name, { readonly AP: number | null; readonly AP50: number | null }>>;
}

export const cocoMetricNames = [
  'AP',
  'AP50',
  'AP75',
  'APs',
  'APm',
  'APl',
  'AR1',
  'AR10',
  'AR100',
  'ARs',
  'ARm',
  'ARl',
] as const;
export type CocoMetricName = (typeof cocoMetricNames)[number];

/** A precision-recall curve at VOC's overlap of one half: at each recall the best precision there or beyond, and the score that leads there. */
export interface ClassCurve {
  /** 0, 0.01 … 1. */
  readonly recall: readonly number[];
  /** 0 where no score reaches the recall. */
  readonly precision: readonly number[];
  /** Null where no score reaches the recall. */
  readonly score: readonly (number | null)[];
}

/** One class, ready for counting. */
export interface ClassCase {
  readonly ranked: RankedClass;
  readonly log: ClassLog;
}

export function vocCurve({ ranked, log }: ClassCase, weights?: Uint16Array): Curve {
  const { voc, images } = log.truths;
  return traceCurves({ ...ranked.voc, weights }, 1, total(voc.values, images.values, weights))[0]!;
}

/** The ten curves of COCO's thresholds. */
export function cocoCurves({ ranked, log }: ClassCase, area: AreaName, weights?: Uint16Array): Curve[] {
  const { images, words } = ranked.coco;
  const outcomes = { words: words[areaNames.indexOf(area)]!, images, weights };
  return traceCurves(outcomes, cocoThresholds.length, cocoPositives({ ranked, log }, area, weights));
}

/** Objects of a class that have to be found. */
export function cocoPositives({ log }: ClassCase, area: AreaName, weights?: Uint16Array): number {
  return total(log.truths.coco[areaNames.indexOf(area)]!.values, log.truths.images.values, weights);
}

export function vocMetrics<Name extends string>(
  names: readonly Name[],
  curves: readonly Curve[],
  precision: typeof voc07Precision | typeof voc12Precision,
): VocMetrics<Name> {
  const values = curves.map(precision);
  return { mAP: meanOf(values), perClass: byName(names, values) };
}

/** Average precision by size, class and threshold. */
export type Precisions = Readonly<Record<AreaName, readonly (readonly (number | null)[])[]>>;

export function cocoPrecisions(cases: readonly ClassCase[]): Precisions {
  const of = (area: AreaName) => cases.map((one) => cocoCurves(one, area).map(cocoPrecision));
  return { all: of('all'), small: of('small'), medium: of('medium'), large: of('large') };
}

export function cocoMetrics<Name extends string>(
  names: readonly Name[],
  cases: readonly ClassCase[],
  precisions: Precisions,
): CocoMetrics<Name> {
  const recall = (area: AreaName, most: number) => meanOf(cases.flatMap((one) => recalls(one, area, most)));
  const all = precisions.all;
  return {
    AP: meanOf(all.flat()),
    AP50: meanOf(all.map((ten) => ten[0]!)),
    AP75: meanOf(all.map((ten) => ten[5]!)),
    APs: meanOf(precisions.small.flat()),
    APm: meanOf(precisions.medium.flat()),
    APl: meanOf(precisions.large.flat()),
    AR1: recall('all', 1),
    AR10: recall('all', 10),
    AR100: recall('all', 100),
    ARs: recall('small', 100),
    ARm: recall('medium', 100),
    ARl: recall('large', 100),
    perClass: byName(
      names,
      all.map((ten) => ({ AP: meanOf(ten), AP50: ten[0]! })),
    ),
  };
}

/** What a detector is worth on objects of one size; a range of COCO's. Null where there is none of them. */
export interface SizeMetrics<Name extends string = string> {
  /** From and to so many square pixels; null is without end. */
  readonly area: readonly [from: number, to: number | null];
  /** Objects that have to be found. */
  readonly objects: number;
  readonly AP: number | null;
  readonly AP50: number | null;
  /** Recall by at most 100 detections an image and class. */
  readonly AR: number | null;
  readonly perClass: Readonly<Record<Name, { readonly objects: number; readonly AP: number | null }>>;
}

export const sizeNames = ['small', 'medium', 'large'] as const;
export type SizeMetricsBySize<Name extends string = string> = Readonly<
  Record<(typeof sizeNames)[number], SizeMetrics<Name>>
>;

/** The figures of small, medium and large objects. */
export function sizeMetrics<Name extends string>(
  names: readonly Name[],
  cases: readonly ClassCase[],
  precisions: Precisions,
): SizeMetricsBySize<Name> {
  const of = (size: (typeof sizeNames)[number]): SizeMetrics<Name> => {
    const objects = cases.map((one) => cocoPositives(one, size));
    const [from, to] = cocoAreas[size];
    return {
      area: [from, to === cocoAreas.all[1] ? null : to],
      objects: objects.reduce((sum, count) => sum + count, 0),
      AP: meanOf(precisions[size].flat()),
      AP50: meanOf(precisions[size].map((ten) => ten[0]!)),
      AR: meanOf(cases.flatMap((one) => recalls(one, size, 100))),
      perClass: byName(
        names,
        objects.map((count, id) => ({ objects: count, AP: meanOf(precisions[size][id]!) })),
      ),
    };
  };
  return { small: of('small'), medium: of('medium'), large: of('large') };
}

export function classCurve({ ranked: { voc } }: ClassCase, curve: Curve): ClassCurve {
  const best = envelope(curve);
  const scores = voc.scores.filter((_, i) => voc.words[i] === TRUE);
  const points = curve.positives === 0 ? cocoLevels.map(() => best.length) : pointsAt(curve, cocoLevels);
  return {
    recall: cocoLevels,
    precision: points.map((point) => best[point] ?? 0),
    score: points.map((point) => scores[point] ?? null),
  };
}

/** Share of the objects found at each of the ten thresholds, by the best `most` detections of each image; nothing when there is none to find. */
function recalls(one: ClassCase, area: AreaName, most: number): number[] {
  const positives = cocoPositives(one, area);
  if (positives === 0) return [];
  const words = one.ranked.coco.words[areaNames.indexOf(area)]!.filter((_, i) => one.ranked.coco.ranks[i]! < most);
  return cocoThresholds.map(
    (_, t) => words.reduce((right, word) => right + (((word >>> (2 * t)) & 3) === TRUE ? 1 : 0), 0) / positives,
  );
}

function total(counts: Uint16Array, images: Uint32Array, weights?: Uint16Array): number {
  return counts.reduce((sum, count, i) => sum + count * (weights === undefined ? 1 : weights[images[i]!]!), 0);
}

/** Values by class. */
export function byName<Name extends string, Value>(
  names: readonly Name[],
  values: readonly Value[],
): Record<Name, Value> {
  return Object.fromEntries(names.map((name, id) => [name, values[id]!])) as Record<Name, Value>;
}
