import { UsageError } from '../../errors';
import { decodeImage, type RgbImage } from '../../vision/image';
import { type Failure, type Visualization, type VisualizationOptions, visualizations } from '../images';
import { encodeJpeg, overlayHeatmap, panelMontage, scaleToHeight, type HeatMap } from '../montage';
import { annotatedImage, classColour } from './annotate';
import { ObjectDetector, type DetectorOptions, onDevice } from './detector';
import { rankDetections } from './rank-detections';
import * as torch from '../../tensor';
import { postProcess } from '../../models/detr';
import type { Detections } from './evaluator';

export interface VisualizeOptions extends DetectorOptions, VisualizationOptions {
  /** Classes to explain; left out, all. */
  readonly classes?: readonly string[];
  /** How many of the surest detections. @default 4 */
  readonly count?: number;
  /** Shows what is more likely than this. @default 0.5 */
  readonly threshold?: number;
}

const HEIGHT = 256;

/** Writes one JPEG for each image: its boxes, then once for each of them the light on where the detector looked. */
export async function* visualize(
  weights: string,
  inputs: readonly string[],
  options: VisualizeOptions,
): AsyncGenerator<Visualization | Failure, void, undefined> {
  const detector = await ObjectDetector.load(weights, options);
  const unknown = options.classes?.find((name) => !detector.names.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`The model knows no class "${unknown}"; it knows ${detector.names.join(', ')}.`);
  yield* visualizations(inputs, options, async (image) => {
    const [boxes, ...maps] = await attentionPanels(detector, image, options);
    const panels = [{ ...boxes!, title: maps.length > 0 ? '' : 'nothing found' }, ...maps];
    return encodeJpeg(
      panelMontage(
        panels.map((panel) => panel.image),
        panels.map(({ title }) => title),
      ),
    );
  });
}

/** One rendering of an image, and what it shows. */
export interface AttentionPanel {
  readonly image: RgbImage;
  readonly title: string;
}

/** The image with the boxes of the surest detections, then once for each of them the light on where the detector looked. */
export async function attentionPanels(
  detector: ObjectDetector,
  image: RgbImage,
  { classes, count = 4, threshold = 0.5 }: Pick<VisualizeOptions, 'classes' | 'count' | 'threshold'>,
): Promise<AttentionPanel[]> {
  const { detections, maps } = watchedDetections(detector, image);
  const { scores, labels, boxes } = detections;
  const nameOf = (query: number) => detector.names[labels[query]!]!;
  const shown = rankDetections(detections, threshold)
    .filter((query) => !classes || classes.includes(nameOf(query)))
    .slice(0, count);
  const scaled = await scaleToHeight(image, HEIGHT);
  const scale = scaled.width / image.width;
  const markOf = (query: number) => ({
    box: Array.from(boxes.data.subarray(4 * query, 4 * query + 4), (value) => scale * value),
    text: '',
    colour: classColour(labels[query]!),
  });
  const drawn = async (panel: RgbImage, queries: readonly number[]) =>
    decodeImage(await annotatedImage(panel, queries.map(markOf)));
  const panels = shown.map(async (query) => ({
    image: await drawn(await overlayHeatmap(scaled, maps[query]!), [query]),
    title: `${nameOf(query)} ${Math.round(100 * scores[query]!)} %`,
  }));
  return [{ image: await drawn(scaled, shown), title: 'detections' }, ...(await Promise.all(panels))];
}

/** The answers of all queries to one image, and the map of each. */
interface WatchedDetections {
  readonly detections: Detections;
  readonly maps: readonly HeatMap[];
}

/**
 * Where each query of DETR looks when it draws its box: the attention of the last decoder layer over the image, the mean of
 * its heads (Carion et al. 2020, figure 6).
 * @param image one image; there is no padding then, and the map covers all of it
 */
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
