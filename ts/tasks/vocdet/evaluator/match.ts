/**
 * Which detections of one class in one image are right: the rules of the VOC devkit and those of COCO.
 * Both look at one image at a time, so all that is kept of an image is an outcome for each detection.
 */
import { boxAreas, intersection, type Boxes } from '../../../vision/boxes';

/** What became of a detection: wrong, right, or of no consequence. */
export const FALSE = 0;
export const TRUE = 1;
export const IGNORED = 2;

/** COCO's thresholds of overlap, 0.50 to 0.95, as `numpy.linspace` computes them. */
export const cocoThresholds: readonly number[] = Array.from({ length: 10 }, (_, i) =>
  i === 9 ? 0.95 : 0.5 + i * ((0.95 - 0.5) / 9),
);

/** COCO's sizes of objects in square pixels; both ends belong to them. */
export const cocoAreas = {
  all: [0, 1e10],
  small: [0, 32 ** 2],
  medium: [32 ** 2, 96 ** 2],
  large: [96 ** 2, 1e10],
} as const;

/** Detections of a class in an image that COCO looks at. */
export const COCO_MAX_DETECTIONS = 100;

/**
 * Overlaps (intersection over union) of D detections with G objects, (D, G).
 * @param crowd 1 for objects whose union with a detection is taken to be the detection alone
 */
export function overlaps(detections: Boxes<'xyxy'>, objects: Boxes<'xyxy'>, crowd?: Uint8Array): Float64Array {
  const [found, present] = [boxAreas(detections), boxAreas(objects)];
  const G = present.length;
  const table = new Float64Array(found.length * G);
  for (let d = 0; d < found.length; d++) {
    for (let g = 0; g < G; g++) {
      const common = intersection(detections, d, objects, g);
      if (common > 0) table[d * G + g] = common / (crowd?.[g] === 1 ? found[d]! : found[d]! + present[g]! - common);
    }
  }
  return table;
}

/**
 * The devkit's rule (VOCevaldet.m, and py-faster-rcnn's voc_eval.py): a detection belongs to the object it overlaps
 * most; above one half it is right the first time and wrong again afterwards, and it does not matter when the
 * object is optional. Sizes in pixels with both ends counted are those of our continuous boxes, so nothing is added.
 * @param iou (D, G), detections by falling score
 * @returns D outcomes, and for each of the G objects whether it was found
 */
export function matchVoc(
  iou: Float64Array,
  optional: Uint8Array,
  detections: number,
): { outcomes: Uint8Array; found: Uint8Array } {
  const G = optional.length;
  const outcomes = new Uint8Array(detections);
  const found = new Uint8Array(G);
  for (let d = 0; d < detections; d++) {
    let best = -1;
    let overlap = 0.5;
    for (let g = 0; g < G; g++) {
      if (iou[d * G + g]! > overlap) overlap = iou[d * G + (best = g)]!;
    }
    if (best < 0) continue;
    if (optional[best] === 1) outcomes[d] = IGNORED;
    else if (found[best] === 0) outcomes[d] = TRUE;
    found[best] = 1;
  }
  return { outcomes, found };
}

/** What COCO's rule needs to know of one image, class and range of sizes. */
export interface CocoCase {
  /** (D, G), detections by falling score. */
  readonly iou: Float64Array;
  readonly areas: Float64Array;
  readonly crowd: Uint8Array;
  /** Objects that do not count: crowds, and those of another size. */
  readonly ignored: Uint8Array;
  readonly range: readonly [number, number];
}

/**
 * COCO's rule (pycocotools' `evaluateImg`): by falling score, a detection takes the object it overlaps most among
 * those still free, one that counts before one that does not; a detection without object does not matter when its
 * own size is out of range.
 * @returns D words with two bits for the outcome at each of the ten thresholds, the first lowest
 */
export function matchCoco(given: CocoCase): Uint32Array {
  const { areas, ignored, range } = given;
  const outcomes = new Uint32Array(areas.length);
  cocoMatches(given, cocoThresholds).forEach((matches, t) => {
    for (let d = 0; d < areas.length; d++) {
      const match = matches[d]!;
      const outside = areas[d]! < range[0] || areas[d]! > range[1];
      const outcome = match < 0 ? (outside ? IGNORED : FALSE) : ignored[match] === 1 ? IGNORED : TRUE;
      outcomes[d]! |= outcome << (2 * t);
    }
  });
  return outcomes;
}

/** The object that each detection takes at each threshold, -1 for none. */
export function cocoMatches(given: CocoCase, thresholds: readonly number[]): Int32Array[] {
  const { iou, areas, ignored } = given;
  const G = ignored.length;
  // Objects that count come first, in their order.
  const order = Array.from({ length: G }, (_, g) => g).sort((a, b) => ignored[a]! - ignored[b]! || a - b);
  const reach = Float64Array.from(areas, (_, d) =>
    iou.subarray(d * G, (d + 1) * G).reduce((most, value) => Math.max(most, value), 0),
  );
  return thresholds.map((threshold) => {
    const taken = new Uint8Array(G);
    const matches = new Int32Array(areas.length).fill(-1);
    for (let d = 0; d < matches.length; d++) {
      if (reach[d]! < threshold) continue;
      const match = bestFree(given, order, taken, d, threshold);
      if (match >= 0) taken[match] = 1;
      matches[d] = match;
    }
    return matches;
  });
}

/** The object that detection `d` takes; -1 for none. */
function bestFree(
  { iou, crowd, ignored }: CocoCase,
  order: readonly number[],
  taken: Uint8Array,
  d: number,
  threshold: number,
): number {
  const G = ignored.length;
  let best = -1;
  let overlap = Math.min(threshold, 1 - 1e-10);
  for (const g of order) {
    if (taken[g] === 1 && crowd[g] === 0) continue;
    if (best >= 0 && ignored[best] === 0 && ignored[g] === 1) break;
    if (iou[d * G + g]! < overlap) continue;
    overlap = iou[d * G + g]!;
    best = g;
  }
  return best;
}
