/**
 * What average precision would gain if one kind of errors were not made (TIDE, Bolya et al. 2020; see image-errors.ts): wrong
 * names and boxes are put right, detections that are right otherwise are left out, missed objects are not asked for.
 */
import { cocoPrecision, meanOf, traceCurves } from './curve';
import { BACKGROUND, detectionErrors, FOREGROUND, REPAIRABLE, type DetectionError } from './image-errors';
import { FALSE, IGNORED, TRUE } from './match';
import { byName, cocoPositives, type ClassCase } from './metrics';

export const errorTypes = [...detectionErrors, 'missed'] as const;
export type ErrorType = (typeof errorTypes)[number];

export interface ErrorImpact {
  /** What AP50 would gain, as a share; null where there is nothing to find. */
  readonly dAP: number | null;
  /** Detections, or objects that are missed. */
  readonly count: number;
  /** Those of them with a score above one half; null for objects. */
  readonly confident: number | null;
}

/** An object of one class that is found under the name of another. */
export interface ClassConfusion<Name extends string = string> {
  readonly truth: Name;
  readonly predicted: Name;
  /** Detections. */
  readonly count: number;
  /** Those of them with a score above one half. */
  readonly confident: number;
}

export interface ErrorTypes<Name extends string = string> {
  /** The overlap from which on a box is that of an object. */
  readonly foreground: number;
  /** The overlap below which there is no object. */
  readonly background: number;
  /** What the gains are on top of. */
  readonly AP50: number | null;
  readonly types: Readonly<Record<ErrorType, ErrorImpact>>;
  /** What AP50 would gain without any wrong detection. */
  readonly falsePositives: number | null;
  /** What it would gain if only what is found were asked for. */
  readonly falseNegatives: number | null;
  /** Counts by class: that of the detection, of missed ones that of the object. */
  readonly perClass: Readonly<Record<Name, Readonly<Record<ErrorType, number>>>>;
  /** The most confident first. */
  readonly confusions: readonly ClassConfusion<Name>[];
}

/** Detections with a higher score are those that somebody sees. */
export const CONFIDENT = 0.5;

/** @param confusions counts of confusions, in any order */
export function errorMetrics<Name extends string>(
  names: readonly Name[],
  cases: readonly ClassCase[],
  confusions: Iterable<
    Omit<ClassConfusion, 'truth' | 'predicted'> & { readonly truth: number; readonly predicted: number }
  >,
): ErrorTypes<Name> {
  const AP50 = meanOf(cases.map((one) => precisionOf(one, {})));
  const gain = (oracle: Oracle): number | null => {
    const repaired = meanOf(cases.map((one) => precisionOf(one, oracle)));
    return AP50 === null || repaired === null ? null : repaired - AP50;
  };
  const counts = cases.map(countErrors);
  const total = (type: ErrorType, which: 'all' | 'confident') =>
    counts.reduce((sum, count) => sum + count[which][type], 0);
  const impact = (type: ErrorType): ErrorImpact => ({
    dAP: gain({ without: type }),
    count: total(type, 'all'),
    confident: type === 'missed' ? null : total(type, 'confident'),
  });
  return {
    foreground: FOREGROUND,
    background: BACKGROUND,
    AP50,
    types: Object.fromEntries(errorTypes.map((type) => [type, impact(type)])) as Record<ErrorType, ErrorImpact>,
    falsePositives: gain({ onlyRight: true }),
    falseNegatives: gain({ onlyFound: true }),
    perClass: byName(
      names,
      counts.map(({ all }) => all),
    ),
    confusions: [...confusions]
      .map((one) => ({ ...one, truth: names[one.truth]!, predicted: names[one.predicted]! }))
      .sort(
        (a, b) =>
          b.confident - a.confident ||
          b.count - a.count ||
          names.indexOf(a.truth) - names.indexOf(b.truth) ||
          names.indexOf(a.predicted) - names.indexOf(b.predicted),
      ),
  };
}

/** Which errors are taken out of a class. */
interface Oracle {
  readonly without?: ErrorType;
  readonly onlyRight?: boolean;
  readonly onlyFound?: boolean;
}

/**
 * Average precision at an overlap of one half with some errors taken out. Null where there is nothing to find; where repairing
 * leaves nothing to find, 0 if something is found all the same, as TIDE has it.
 */
function precisionOf(one: ClassCase, oracle: Oracle): number | null {
  const positives = cocoPositives(one, 'all');
  if (positives === 0) return null;
  const { words, images } = repairedWords(one, oracle);
  const right = words.reduce((sum, word) => sum + Number(word === TRUE), 0);
  const asked = oracle.onlyFound ? right : oracle.without === 'missed' ? positives - one.log.missed : positives;
  if (asked > 0) return cocoPrecision(traceCurves({ words, images }, 1, asked)[0]!);
  return words.some((word) => word !== IGNORED) ? 0 : null;
}

/** The outcomes of a class by falling score. */
function repairedWords(
  { ranked: { coco }, log }: ClassCase,
  { without, onlyRight }: Oracle,
): { words: Uint32Array; images: Uint32Array } {
  const code = without === undefined || without === 'missed' ? 0 : 1 + detectionErrors.indexOf(without);
  const words = coco.words[0]!.map((word, i) => {
    const outcome = word & 3;
    if (onlyRight && outcome === FALSE) return IGNORED;
    if (code === 0 || (coco.errors[i]! & ~REPAIRABLE) !== code) return outcome;
    return without === 'localization' && coco.errors[i]! & REPAIRABLE ? TRUE : IGNORED;
  });
  if (without !== 'classification') return { words, images: coco.images };
  return withGained({ words, scores: coco.scores }, log.gained.values);
}

/** Puts right detections of these scores among the others; behind those of the same score. */
function withGained(
  { words, scores }: { words: Uint32Array; scores: Float64Array },
  gained: Float64Array,
): { words: Uint32Array; images: Uint32Array } {
  const added = Float64Array.from(gained).sort().reverse();
  const all = new Uint32Array(words.length + added.length);
  let [from, next] = [0, 0];
  for (let at = 0; at < all.length; at++) {
    const takesOld = next === added.length || (from < words.length && scores[from]! >= added[next]!);
    all[at] = takesOld ? words[from++]! : (next++, TRUE);
  }
  // Whose image it is matters to the bootstrap alone.
  return { words: all, images: new Uint32Array(all.length) };
}

function countErrors({ ranked: { coco }, log }: ClassCase): Record<'all' | 'confident', Record<ErrorType, number>> {
  const none = () => Object.fromEntries(errorTypes.map((type) => [type, 0])) as Record<ErrorType, number>;
  const counts = { all: none(), confident: none() };
  counts.all.missed = log.missed;
  coco.errors.forEach((code, i) => {
    if (code === 0) return;
    const type: DetectionError = detectionErrors[(code & ~REPAIRABLE) - 1]!;
    counts.all[type]++;
    if (coco.scores[i]! > CONFIDENT) counts.confident[type]++;
  });
  return counts;
}
