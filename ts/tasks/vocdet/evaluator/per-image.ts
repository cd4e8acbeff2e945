import { rowsByClass, selectDetections, selectTruths, type Detections, type Truths } from './detections';
import { FALSE, matchVoc, overlaps, TRUE } from './match';

/** What became of the detections and objects of one image by VOC's rule. */
export interface ImageVerdict {
  /** For each detection; `ignored` are those of difficult objects and crowds. */
  readonly detections: readonly ('right' | 'wrong' | 'ignored')[];
  /** Rows of the objects that nothing found, without difficult ones and crowds. */
  readonly missed: readonly number[];
}

/**
 * Judges one image for a person to look at; the figures are those of `DetectionEvaluator`.
 * @param detections those worth showing: each of them is judged
 */
export function verdictOfImage(detections: Detections, truths: Truths): ImageVerdict {
  const verdicts: ImageVerdict['detections'][number][] = Array.from(detections.labels, () => 'wrong');
  const missed: number[] = [];
  const [found, present] = [rowsByClass(detections.labels), rowsByClass(truths.labels)];
  for (const [label, rows] of present) {
    const { difficult, crowd, boxes } = selectTruths(truths, rows);
    const own = selectDetections(detections, found.get(label) ?? []);
    const optional = difficult.map((mark, index) => mark | crowd[index]!);
    const match = matchVoc(overlaps(own.boxes, boxes), optional, own.rows.length);
    match.outcomes.forEach(
      (outcome, rank) =>
        (verdicts[own.rows[rank]!] = outcome === TRUE ? 'right' : outcome === FALSE ? 'wrong' : 'ignored'),
    );
    missed.push(...rows.filter((_, index) => match.found[index] === 0 && optional[index] === 0));
  }
  return { detections: verdicts, missed: missed.sort((a, b) => a - b) };
}
