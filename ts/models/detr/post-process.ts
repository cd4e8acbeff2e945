import { InputError, ShapeError } from '../../errors';
import * as torch from '../../tensor';
import { boxes as boxesOf, type Boxes, type Extent } from '../../vision/boxes';
import { boxConvert } from '../../vision/ops';
import type { QueryOutput } from './model';

/** What was found in one image, in the order of the queries. */
export interface Detections {
  /** Probability of each, 0 to 1. */
  readonly scores: Float64Array;
  /** Class number of each. */
  readonly labels: Int32Array;
  /** In pixels of the image, (N, 4) for N detections. */
  readonly boxes: Boxes<'xyxy'>;
}

export interface PostProcessOptions {
  /** Width and height of each image as it was before it was resized and padded, in pixels. */
  readonly sizes: readonly Extent[];
  /** Keeps what is more likely than this; the evaluation keeps all. @default 0 */
  readonly threshold?: number;
}

/**
 * The most likely class of every query but "no object", its probability and its box (Carion et al. 2020; PostProcess of
 * facebookresearch/detr). No non-maximum suppression is needed: the loss assigns each object to one query alone.
 *
 * @throws ShapeError when there is not one size for each image
 */
export function postProcess(
  { logits, predBoxes }: QueryOutput,
  { sizes, threshold = 0 }: PostProcessOptions,
): Detections[] {
  const [batch, numQueries, outputs] = logits.shape as [number, number, number];
  if (sizes.length !== batch)
    throw new ShapeError(`sizes: expected one for each of the ${batch} images, found ${sizes.length}.`);
  if (!(threshold >= 0 && threshold <= 1))
    throw new InputError(`threshold: expected a number from 0 to 1, found ${threshold}.`);
  const rows = torch.noGrad(() =>
    torch.scoped(() => {
      const [scores, labels] = logits
        .to('float32')
        .softmax(-1)
        .narrow(2, 0, outputs - 1)
        .max(2);
      const corners = boxConvert(predBoxes.to('float32'), 'cxcywh', 'xyxy'); // (B, Q, 4)
      // One copy to the host: (B, Q, 6)
      return torch.cat([scores.unsqueeze(2), labels.unsqueeze(2).to('float32'), corners], 2).data() as Float32Array;
    }),
  );
  return sizes.map((size, image) =>
    detectionsOf(rows.subarray(6 * numQueries * image, 6 * numQueries * (image + 1)), size, threshold),
  );
}

/** @param rows score, label, and corners relative to the image, query by query */
function detectionsOf(rows: Float32Array, { width, height }: Extent, threshold: number): Detections {
  const kept = Array.from({ length: rows.length / 6 }, (_, query) => 6 * query).filter((at) => rows[at]! > threshold);
  return {
    scores: Float64Array.from(kept, (at) => rows[at]!),
    labels: Int32Array.from(kept, (at) => rows[at + 1]!),
    boxes: boxesOf(
      'xyxy',
      kept.flatMap((at) => [
        rows[at + 2]! * width,
        rows[at + 3]! * height,
        rows[at + 4]! * width,
        rows[at + 5]! * height,
      ]),
    ),
  };
}
