/**
 * What is wrong in one image: the kinds of errors of TIDE ("A General Toolbox for Identifying Object Detection Errors", Bolya et al.,
 * ECCV 2020, arXiv 2008.08115), in the order in which its code asks for them.
 */
import type { ClassDetections, ClassTruths } from './detections';
import { COCO_MAX_DETECTIONS, FALSE } from './match';

/** From this overlap on a box is that of an object, as for AP50. */
export const FOREGROUND = 0.5;
/** Below this overlap there is no object. */
export const BACKGROUND = 0.1;

/** Kinds of wrong detections; objects that nothing finds are `missed`. */
export const detectionErrors = ['classification', 'localization', 'both', 'duplicate', 'background'] as const;
export type DetectionError = (typeof detectionErrors)[number];

/** In the code of a detection: it would be right with the box or the class of its object. */
export const REPAIRABLE = 8;

/** The detections and objects of one class in an image, matched by COCO's rule at an overlap of one half. */
export interface MatchedClass {
  readonly label: number;
  readonly detections: ClassDetections;
  readonly truths: ClassTruths;
  /** The outcome of each detection. */
  readonly outcomes: Uint8Array;
  /** The object that each detection has taken; -1 for none. */
  readonly matches: Int32Array;
  /** 1 for objects that have to be found. */
  readonly counted: Uint8Array;
}

/** The errors in one image. */
export interface ImageErrors {
  /** For each class, as they were given: 0 for a detection that is right or of no consequence, else its kind from 1 on, maybe with `REPAIRABLE`. */
  readonly codes: readonly Uint8Array[];
  /** Detections under a wrong name, and the class of the object that is there. */
  readonly confused: readonly Confused[];
  /** Classes of the objects that no detection finds, not even under a wrong name or with a box that is off. */
  readonly missed: readonly number[];
}

export interface Confused {
  readonly predicted: number;
  readonly truth: number;
  readonly score: number;
  /** With the right name the detection would be right. */
  readonly isRepairable: boolean;
}

/** An object that has to be found. */
interface Target {
  readonly label: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly isFound: boolean;
  /** The surest wrong detection that would find it; null where none is about it. */
  repair: WrongDetection | null;
}

interface WrongDetection {
  readonly group: number;
  readonly index: number;
  readonly score: number;
  /** Its row among all detections of the image, which decides between equal scores. */
  readonly row: number;
  readonly kind: DetectionError;
  /** What it should have found. */
  readonly target: Target | null;
}

/** Says of each wrong detection what is wrong, and which objects are missed altogether. */
export function imageErrors(groups: readonly MatchedClass[]): ImageErrors {
  const targets = groups.flatMap(targetsOf);
  const codes = groups.map(({ outcomes }) => new Uint8Array(outcomes.length));
  const repairing: WrongDetection[] = [];
  groups.forEach((group, number) => {
    const { scores, rows } = group.detections;
    const length = Math.min(group.outcomes.length, COCO_MAX_DETECTIONS);
    for (let index = 0; index < length; index++) {
      if (group.outcomes[index] !== FALSE) continue;
      const { kind, target } = judge(group, index, targets);
      codes[number]![index] = 1 + detectionErrors.indexOf(kind);
      if (target === null) continue;
      const detection = { group: number, index, score: scores[index]!, row: rows[index]!, kind, target };
      repairing.push(detection);
      offerRepair(target, detection);
    }
  });
  for (const { repair } of targets) if (repair) codes[repair.group]![repair.index]! |= REPAIRABLE;
  const confused = repairing
    .filter(({ kind }) => kind === 'classification')
    .map((detection) => ({
      predicted: groups[detection.group]!.label,
      truth: detection.target!.label,
      score: detection.score,
      isRepairable: detection.target!.repair === detection,
    }));
  const missed = targets.filter(({ isFound, repair }) => !isFound && repair === null).map(({ label }) => label);
  return { codes, confused, missed };
}

function targetsOf({ label, truths, matches, counted }: MatchedClass): Target[] {
  const taken = new Set(matches.subarray(0, COCO_MAX_DETECTIONS));
  const targets: Target[] = [];
  counted.forEach((counts, row) => {
    if (counts === 0) return;
    const [left, top, right, bottom] = truths.boxes.data.subarray(4 * row, 4 * row + 4) as unknown as Box;
    targets.push({ label, left, top, right, bottom, isFound: taken.has(row), repair: null });
  });
  return targets;
}

type Box = readonly [left: number, top: number, right: number, bottom: number];

const DUPLICATE = { kind: 'duplicate', target: null } as const;
const BOTH = { kind: 'both', target: null } as const;
const NOTHING = { kind: 'background', target: null } as const;

/** The kind of a wrong detection, and the object that it is about where one repair would do. */
function judge(
  { label, detections: { boxes, areas } }: MatchedClass,
  index: number,
  targets: readonly Target[],
): Pick<WrongDetection, 'kind' | 'target'> {
  let [own, other] = [0, 0];
  let [ownTarget, otherTarget] = [null as Target | null, null as Target | null];
  for (const target of targets) {
    const overlap = overlapOf(boxes.data, index, areas[index]!, target);
    if (target.label === label) {
      if (overlap > own) [own, ownTarget] = [overlap, target];
    } else if (overlap > other) [other, otherTarget] = [overlap, target];
  }
  if (own >= BACKGROUND && own < FOREGROUND) return { kind: 'localization', target: ownTarget };
  if (other >= FOREGROUND) return { kind: 'classification', target: otherTarget };
  if (own >= FOREGROUND) return DUPLICATE;
  return other >= BACKGROUND ? BOTH : NOTHING;
}

/** Intersection over union of box `index` of a list with an object. */
function overlapOf(data: Float64Array, index: number, area: number, { left, top, right, bottom }: Target): number {
  const at = 4 * index;
  const width = Math.min(data[at + 2]!, right) - Math.max(data[at]!, left);
  if (width <= 0) return 0;
  const height = Math.min(data[at + 3]!, bottom) - Math.max(data[at + 1]!, top);
  if (height <= 0) return 0;
  const common = width * height;
  return common / (area + (right - left) * (bottom - top) - common);
}

/** One repair an object: the surest, of equally sure ones the first. */
function offerRepair(target: Target, detection: WrongDetection): void {
  if (target.isFound) return;
  const { repair } = target;
  const isBetter =
    repair === null ||
    detection.score > repair.score ||
    (detection.score === repair.score && detection.row < repair.row);
  if (isBetter) target.repair = detection;
}
