/**
 * Where a query of DETR looks when it draws its box: the attention of the last decoder layer over the image, the mean of
 * its heads (Carion et al. 2020, figure 6).
 */
import * as torch from '../../tensor';
import { postProcess } from '../../models/detr';
import type { RgbImage } from '../../vision/image';
import type { HeatMap } from '../montage';
import { onDevice, type ObjectDetector } from './detector';
import type { Detections } from './evaluator';

/** The answers of all queries to one image, and the map of each. */
export interface WatchedDetections {
  readonly detections: Detections;
  readonly maps: readonly HeatMap[];
}

/** @param image one image; there is no padding then, and the map covers all of it */
export function watchedDetections(detector: ObjectDetector, image: RgbImage): WatchedDetections {
  const { model, processor, device } = detector;
  return torch.noGrad(() =>
    torch.scoped(() => {
      const batch = onDevice(processor.preprocess(image), device);
      const output = model.forward({ ...batch, outputAttentions: true });
      const detections = postProcess(output, { sizes: [image] })[0]!;
      const weights = output.crossAttentions!.at(-1)!.mean([1]).to('cpu').data() as Float32Array; // (1, nh, Q, S) -> (1, Q, S)
      return { detections, maps: mapsOf(weights, detections.scores.length, batch.pixelValues.shape) };
    }),
  );
}

/** Rows of (Q, S) weights as maps of the proportions of the input, (1, 3, H, W). */
function mapsOf(weights: Float32Array, queries: number, [, , height, width]: readonly number[]): HeatMap[] {
  const cells = weights.length / queries;
  // Every stage halves a side and rounds up, so the map is the one with as many cells that halving leads to.
  let [rows, columns] = [height!, width!];
  while (rows * columns > cells) [rows, columns] = [Math.ceil(rows / 2), Math.ceil(columns / 2)];
  return Array.from({ length: queries }, (_, query) => {
    const values = weights.slice(query * cells, (query + 1) * cells);
    const largest = values.reduce((most, value) => Math.max(most, value), 0);
    return { rows, columns, values: values.map((value) => value / largest) };
  });
}
