import { takeBoxes } from '../../vision/boxes';
import type { Detections } from './evaluator';

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
