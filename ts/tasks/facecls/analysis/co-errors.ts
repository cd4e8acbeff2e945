/**
 * How the wrong answers of an image go together, at a probability of one half.
 *
 * Labels that exclude each other have a confusion matrix; attributes do not, so two tables stand for it. Which of them are wrong
 * on the same images tells of a common cause, such as a dark photograph: the correlation of the errors. And which is claimed where
 * which is missed tells what is taken for what: off its diagonal that is the multi-label confusion matrix of Heydarian, Doyle and
 * Samavi (IEEE Access 2022).
 */
import type { Outputs } from '../metrics';

/** Tables of K rows and columns, in the order of the attributes. */
export interface CoErrors {
  readonly attributes: readonly string[];
  readonly images: number;
  /** Images that have the attribute, where the model says no. */
  readonly missed: readonly number[];
  /** Images without it, where the model says yes. */
  readonly claimed: readonly number[];
  /** Images in which both attributes are wrong, missed or claimed; on the diagonal those in which the one is. */
  readonly both: readonly (readonly number[])[];
  /** Phi coefficient of the two errors, from -1 to 1: Pearson's correlation of wrong (1) and right (0). Null where one is never or always wrong. */
  readonly correlation: readonly (readonly (number | null)[])[];
  /** Images in which the attribute of the row is missed and that of the column claimed. */
  readonly confused: readonly (readonly number[])[];
}

/** Two attributes that are wrong together. */
export interface CoErrorPair {
  readonly attributes: readonly [string, string];
  /** Images in which both are wrong. */
  readonly both: number;
  /** As many as there would be, were the errors independent. */
  readonly expected: number;
  readonly correlation: number;
}

/** One attribute that is claimed where another is missed. */
export interface ConfusedPair {
  readonly missed: string;
  readonly claimed: string;
  readonly images: number;
  /** Of the images where the one is missed, the share in which the other is claimed. */
  readonly share: number;
  /** The same of all other images. */
  readonly otherwise: number;
}

/** Counts the errors of a split by pairs of attributes. */
export function coErrors({ attributes, logits, labels }: Outputs): CoErrors {
  const K = attributes.length;
  const images = logits.length / K;
  const [both, confused] = [square(K), square(K)];
  const [missed, claimed] = [new Array<number>(K).fill(0), new Array<number>(K).fill(0)];
  for (let image = 0; image < images; image++) {
    const wrong: number[] = [];
    const isThere = (k: number) => labels[image * K + k] === 1;
    for (let k = 0; k < K; k++) if (logits[image * K + k]! >= 0 !== isThere(k)) wrong.push(k);
    for (const i of wrong) {
      if (isThere(i)) missed[i]!++;
      else claimed[i]!++;
      for (const j of wrong) {
        both[i]![j]!++;
        if (isThere(i) && !isThere(j)) confused[i]![j]!++;
      }
    }
  }
  const correlation = both.map((row, i) => row.map((count, j) => phi(count, both[i]![i]!, both[j]![j]!, images)));
  return { attributes, images, missed, claimed, both, correlation, confused };
}

/** The pairs with the highest correlation, of those that are wrong together at least `least` times. */
export function coErrorPairs({ attributes, images, both, correlation }: CoErrors, least = 5): CoErrorPair[] {
  const pairs = attributes.flatMap((one, i) =>
    attributes.flatMap((other, j): CoErrorPair[] => {
      const value = correlation[i]![j]!;
      if (j <= i || value === null || both[i]![j]! < least) return [];
      const expected = (both[i]![i]! * both[j]![j]!) / images;
      return [{ attributes: [one, other], both: both[i]![j]!, expected, correlation: value }];
    }),
  );
  return pairs.sort((a, b) => b.correlation - a.correlation);
}

/** The pairs that are confused more often than chance has it, the most frequent first, of those that are at least `least` times. */
export function confusedPairs({ attributes, images, missed, claimed, confused }: CoErrors, least = 5): ConfusedPair[] {
  const pairs = attributes.flatMap((name, i) =>
    attributes.flatMap((other, j): ConfusedPair[] => {
      const count = confused[i]![j]!;
      if (count < least) return [];
      const share = count / missed[i]!;
      const otherwise = images > missed[i]! ? (claimed[j]! - count) / (images - missed[i]!) : 0;
      return share > otherwise ? [{ missed: name, claimed: other, images: count, share, otherwise }] : [];
    }),
  );
  return pairs.sort((a, b) => b.images - a.images || b.share - a.share);
}

/** Of two events with these counts among `all`; null where one of them never or always happens. */
function phi(both: number, one: number, other: number, all: number): number | null {
  const spread = one * (all - one) * other * (all - other);
  return spread > 0 ? (all * both - one * other) / Math.sqrt(spread) : null;
}

function square(size: number): number[][] {
  return Array.from({ length: size }, () => new Array<number>(size).fill(0));
}
