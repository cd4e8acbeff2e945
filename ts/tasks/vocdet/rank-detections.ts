import { takeBoxes } from '../../vision/boxes';
import { type Detections, verdictOfImage } from './evaluator';
import type { Original } from './batches';

/** One image of a split with what was found in it, the likeliest and the unlikely. */
export interface DetectedImage {
  /** Its place in the split. */
  readonly index: number;
  readonly original: Original;
  readonly detections: Detections;
}

/** Detections by falling score. */
export interface RankedDetections extends Detections {
  readonly labels: readonly number[];
  readonly scores: readonly number[];
}

/** The rows with a score above `threshold`, the likeliest first; equal ones as they were. */
export function rankDetections({ scores }: Pick<Detections, 'scores'>, threshold: number): number[] {
  const rows = Array.from(scores, (_, row) => row).filter((row) => scores[row]! > threshold);
  return rows.sort((a, b) => scores[b]! - scores[a]!);
}

/** The detections with a score above `threshold`, the likeliest first. */
export function ranked(detections: Detections, threshold: number): RankedDetections {
  const { labels, scores, boxes } = detections;
  const rows = rankDetections(detections, threshold);
  return {
    labels: rows.map((row) => labels[row]!),
    scores: rows.map((row) => scores[row]!),
    boxes: takeBoxes(boxes, rows),
  };
}

/** Only detections above it are shown and judged. */
const SHOWN_ABOVE = 0.5;

/** Keeps the images with the most and surest mistakes, a fixed number of them however many are seen. */
export class HardestImages {
  readonly #kept: { readonly image: DetectedImage; readonly badness: number }[] = [];
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  add(image: DetectedImage): void {
    const badness = badnessOf(image);
    if (badness === 0) return;
    this.#kept.push({ image, badness });
    this.#kept.sort((a, b) => b.badness - a.badness);
    this.#kept.length = Math.min(this.#kept.length, this.#count);
  }

  /** The worst first. */
  get images(): DetectedImage[] {
    return this.#kept.map(({ image }) => image);
  }
}

/** The detections worth showing, the likeliest first. */
export function shownDetections(detections: Detections): RankedDetections {
  return ranked(detections, SHOWN_ABOVE);
}

/** The scores of wrong detections, and one for each missed object. */
function badnessOf({ original, detections }: DetectedImage): number {
  const shown = shownDetections(detections);
  const { detections: verdicts, missed } = verdictOfImage(shown, original.truths);
  return verdicts.reduce((sum, verdict, row) => sum + (verdict === 'wrong' ? shown.scores[row]! : 0), missed.length);
}
