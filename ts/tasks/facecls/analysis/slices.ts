/** What a classifier is worth on the images that have an attribute, and on those that lack it. */
import type { Outputs, SplitMetrics } from '../metrics';
import { splitMetrics } from '../metrics';

/** The metrics of the two halves of a split; null where no image is in it. */
export interface Slice {
  readonly yes: SplitMetrics | null;
  readonly no: SplitMetrics | null;
}

/**
 * The metrics of the images with and without an attribute.
 * @param members 1 for each image that has it
 * @param majority as `splitMetrics` takes it
 */
export function sliceMetrics(outputs: Outputs, members: Uint8Array, majority: Uint8Array): Slice {
  const of = (value: 0 | 1) => {
    const rows = Array.from(members, (_, image) => image).filter((image) => members[image] === value);
    return rows.length > 0 ? splitMetrics(takeRows(outputs, rows), majority) : null;
  };
  return { yes: of(1), no: of(0) };
}

function takeRows({ attributes, logits, labels }: Outputs, rows: readonly number[]): Outputs {
  const K = attributes.length;
  const taken = { attributes, logits: new Float32Array(rows.length * K), labels: new Uint8Array(rows.length * K) };
  rows.forEach((row, i) => {
    taken.logits.set(logits.subarray(row * K, (row + 1) * K), i * K);
    taken.labels.set(labels.subarray(row * K, (row + 1) * K), i * K);
  });
  return taken;
}

/** Accuracies of one half of the images. */
export interface SliceSide {
  readonly images: number;
  /** Mean over the attributes that are compared; null where there is none. */
  readonly accuracy: number | null;
  /** The same of the mean recall of yes and no. */
  readonly balancedAccuracy: number | null;
}

export interface SliceSummary {
  readonly slice: string;
  /** Other attributes of which both halves have ten images with and ten without. */
  readonly compared: number;
  readonly yes: SliceSide;
  readonly no: SliceSide;
  /** Balanced accuracy with the attribute less that without. */
  readonly gap: number | null;
}

/** One attribute that is recognised better on one half of the images than on the other. */
export interface Gap {
  /** The attribute that divides the images. */
  readonly slice: string;
  /** The one that is to be recognised. */
  readonly attribute: string;
  /** Balanced accuracy on the images with and without the first. */
  readonly yes: number;
  readonly no: number;
  /** The former less the latter. */
  readonly gap: number;
  /** Half the width of the interval of 95 % around the gap (Agresti and Caffo 2000). */
  readonly margin: number;
}

export interface Slices {
  /** Each attribute as the one that divides, by the largest gap. */
  readonly summaries: readonly SliceSummary[];
  /** Pairs that were compared: those with enough images. */
  readonly compared: number;
  /** The gaps that are the furthest beyond their margins, at most fifty. */
  readonly gaps: readonly Gap[];
}

/** A recall of fewer images says too little. */
const LEAST_IMAGES = 10;
const MOST_GAPS = 50;

/** Divides the images by each attribute in turn, and compares how the others are recognised. */
export function compareSlices(outputs: Outputs): Slices {
  const { attributes } = outputs;
  const counts = countBySlice(outputs);
  const summaries = attributes.map((slice, s): SliceSummary => {
    const compared = attributes
      .map((_, k) => k)
      .filter((k) => k !== s && counts[s]!.every((side) => suffices(side[k]!)));
    const [no, yes] = counts[s]!.map((side) => sideOf(side, s, compared)) as [SliceSide, SliceSide];
    const isKnown = yes.balancedAccuracy !== null && no.balancedAccuracy !== null;
    const gap = isKnown ? yes.balancedAccuracy - no.balancedAccuracy : null;
    return { slice, compared: compared.length, yes, no, gap };
  });
  const gaps = attributes.flatMap((slice, s) =>
    attributes.flatMap((attribute, k): Gap[] => {
      const [no, yes] = counts[s]!.map((side) => balancedAccuracy(side[k]!));
      if (s === k || !no || !yes) return [];
      const margin = 1.96 * Math.sqrt(no.variance + yes.variance);
      return [{ slice, attribute, yes: yes.value, no: no.value, gap: yes.value - no.value, margin }];
    }),
  );
  const beyond = ({ gap, margin }: Gap) => Math.abs(gap) - margin;
  return {
    summaries: summaries.sort((a, b) => Math.abs(b.gap ?? 0) - Math.abs(a.gap ?? 0)),
    compared: gaps.length,
    gaps: gaps
      .filter((gap) => beyond(gap) > 0)
      .sort((a, b) => beyond(b) - beyond(a))
      .slice(0, MOST_GAPS),
  };
}

/** Answers of one attribute: right and wrong noes, right and wrong yeses. */
type Counts = Readonly<Record<'tn' | 'fn' | 'tp' | 'fp', number>>;

/** For each attribute that divides, for no and yes, the counts of each attribute. */
function countBySlice({ attributes, logits, labels }: Outputs): (readonly [Counts[], Counts[]])[] {
  const K = attributes.length;
  // 0 for a right no, 1 a false yes, 2 a false no, 3 a right yes.
  const table = new Uint32Array(K * 2 * K * 4);
  for (let row = 0; row < logits.length; row += K) {
    for (let s = 0; s < K; s++) {
      const side = (s * 2 + labels[row + s]!) * K;
      for (let k = 0; k < K; k++) table[(side + k) * 4 + 2 * labels[row + k]! + (logits[row + k]! >= 0 ? 1 : 0)]!++;
    }
  }
  const side = (s: number, value: number) =>
    attributes.map((_, k): Counts => {
      const [tn, fp, fn, tp] = table.subarray(((s * 2 + value) * K + k) * 4) as unknown as [
        number,
        number,
        number,
        number,
      ];
      return { tn, fp, fn, tp };
    });
  return attributes.map((_, s) => [side(s, 0), side(s, 1)] as const);
}

function sideOf(counts: readonly Counts[], slice: number, compared: readonly number[]): SliceSide {
  const images = sum(counts[slice]!);
  const mean = (of: (counts: Counts) => number) =>
    compared.length > 0 ? compared.reduce((total, k) => total + of(counts[k]!), 0) / compared.length : null;
  return { images, accuracy: mean(({ tp, tn }) => (tp + tn) / images), balancedAccuracy: mean(meanRecall) };
}

function sum({ tn, fp, fn, tp }: Counts): number {
  return tn + fp + fn + tp;
}

/** Whether there are enough images for both recalls. */
function suffices({ tn, fp, fn, tp }: Counts): boolean {
  return Math.min(tp + fn, tn + fp) >= LEAST_IMAGES;
}

function meanRecall({ tp, fn, tn, fp }: Counts): number {
  return (tp / (tp + fn) + tn / (tn + fp)) / 2;
}

/** With its variance, for which one right and one wrong answer are added to each recall; null of too few images. */
function balancedAccuracy(counts: Counts): { readonly value: number; readonly variance: number } | null {
  if (!suffices(counts)) return null;
  const [positives, negatives] = [counts.tp + counts.fn, counts.tn + counts.fp];
  return {
    value: meanRecall(counts),
    variance: (varianceOf(counts.tp, positives) + varianceOf(counts.tn, negatives)) / 4,
  };
}

function varianceOf(right: number, all: number): number {
  const share = (right + 1) / (all + 2);
  return (share * (1 - share)) / (all + 2);
}
