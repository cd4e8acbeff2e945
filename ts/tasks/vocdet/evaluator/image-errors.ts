/**
 * What is wrong in one image: the kinds of errors of TIDE ("A General Toolbox for Identifying Object Detection Errors", Bolya et al.,
 * ECCV 2020, arXiv 2008.08115), in the order in which its code asks for them.
 */
import { intersection } from '../../../vision/boxes';
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
  readonly of: MatchedClass;
  readonly row: number;
  readonly isFound: boolean;
  /** The surest wrong detection that would find it. */
  repair: WrongDetection | null;
  /** Whether some wrong detection is about it. */
  isTouched: boolean;
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
  const wrong = groups.flatMap((group, number) => wrongDetections(group, number, targets));
  for (const detection of wrong) if (detection.target) offerRepair(detection.target, detection);
  const codes = groups.map(({ outcomes }) => new Uint8Array(outcomes.length));
  for (const { group, index, kind, target, ...detection } of wrong) {
    const isRepair = target?.repair?.row === detection.row;
    codes[group]![index] = (1 + detectionErrors.indexOf(kind)) | (isRepair ? REPAIRABLE : 0);
  }
  const confused = wrong
    .filter(({ kind }) => kind === 'classification')
    .map(({ group, score, row, target }) => ({
      predicted: groups[group]!.label,
      truth: target!.label,
      score,
      isRepairable: target!.repair?.row === row,
    }));
  const missed = targets.filter(({ isFound, isTouched }) => !isFound && !isTouched).map(({ label }) => label);
  return { codes, confused, missed };
}

function targetsOf(of: MatchedClass): Target[] {
  const taken = new Set(of.matches.subarray(0, COCO_MAX_DETECTIONS));
  return Array.from(of.counted, (_, row) => row)
    .filter((row) => of.counted[row] === 1)
    .map((row) => ({ label: of.label, of, row, isFound: taken.has(row), repair: null, isTouched: false }));
}

function wrongDetections(group: MatchedClass, number: number, targets: readonly Target[]): WrongDetection[] {
  const { scores, rows } = group.detections;
  return Array.from(group.outcomes.subarray(0, COCO_MAX_DETECTIONS), (outcome, index) => ({ outcome, index }))
    .filter(({ outcome }) => outcome === FALSE)
    .map(({ index }) => ({
      group: number,
      index,
      score: scores[index]!,
      row: rows[index]!,
      ...judge(group, index, targets),
    }));
}

/** The kind of a wrong detection, and the object that it is about where one repair would do. */
function judge(
  group: MatchedClass,
  index: number,
  targets: readonly Target[],
): Pick<WrongDetection, 'kind' | 'target'> {
  let [own, other] = [
    { overlap: 0, target: null as Target | null },
    { overlap: 0, target: null as Target | null },
  ];
  for (const target of targets) {
    const overlap = overlapOf(group, index, target);
    if (target.label === group.label) {
      if (overlap > own.overlap) own = { overlap, target };
    } else if (overlap > other.overlap) other = { overlap, target };
  }
  if (own.overlap >= BACKGROUND && own.overlap < FOREGROUND) return { kind: 'localization', target: own.target };
  if (other.overlap >= FOREGROUND) return { kind: 'classification', target: other.target };
  if (own.overlap >= FOREGROUND) return { kind: 'duplicate', target: null };
  return { kind: other.overlap >= BACKGROUND ? 'both' : 'background', target: null };
}

function overlapOf({ detections }: MatchedClass, index: number, { of: { truths }, row }: Target): number {
  const common = intersection(detections.boxes, index, truths.boxes, row);
  if (common === 0) return 0;
  const box = truths.boxes.data.subarray(4 * row, 4 * row + 4);
  const area = (box[2]! - box[0]!) * (box[3]! - box[1]!);
  return common / (detections.areas[index]! + area - common);
}

/** One repair an object: the surest, of equally sure ones the first. */
function offerRepair(target: Target, detection: WrongDetection): void {
  if (target.isFound) return;
  target.isTouched = true;
  const { repair } = target;
  const isBetter =
    repair === null ||
    detection.score > repair.score ||
    (detection.score === repair.score && detection.row < repair.row);
  if (isBetter) target.repair = detection;
}
