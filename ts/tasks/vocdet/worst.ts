import { judgePicture, type Detections } from './evaluator';
import type { DetectedPicture } from './figures';
import { likeliest, type RankedDetections } from './likeliest';

/** Only detections above it are shown and judged. */
const SHOWN_ABOVE = 0.5;

/** Keeps the pictures with the most and surest mistakes, a fixed number of them however many are seen. */
export class WorstPictures {
  private readonly kept: { readonly picture: DetectedPicture; readonly badness: number }[] = [];

  constructor(private readonly count: number) {}

  add(picture: DetectedPicture): void {
    const badness = badnessOf(picture);
    if (badness === 0) return;
    this.kept.push({ picture, badness });
    this.kept.sort((a, b) => b.badness - a.badness);
    this.kept.length = Math.min(this.kept.length, this.count);
  }

  /** The worst first. */
  get pictures(): DetectedPicture[] {
    return this.kept.map(({ picture }) => picture);
  }
}

/** The detections worth showing, the likeliest first. */
export function shownDetections(detections: Detections): RankedDetections {
  return likeliest(detections, SHOWN_ABOVE);
}

/** The scores of wrong detections, and one for each missed object. */
function badnessOf({ original, detections }: DetectedPicture): number {
  const shown = shownDetections(detections);
  const { detections: judged, missed } = judgePicture(shown, original.truths);
  return judged.reduce((sum, verdict, row) => sum + (verdict === 'wrong' ? shown.scores[row]! : 0), missed.length);
}
