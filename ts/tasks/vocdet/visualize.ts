import { UsageError } from '../../errors';
import { decodeImage, type RgbImage } from '../../vision/image';
import { type Failure, type Visualization, type VisualizationOptions, visualizations } from '../images';
import { encodeJpeg, overlayHeatmap, panelMontage, scaleToHeight } from '../montage';
import { annotatedImage, classColour } from './annotate';
import { watchedDetections } from './attention-maps';
import { ObjectDetector, type DetectorOptions } from './detector';
import { rankDetections } from './rank-detections';

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
  yield* visualizations(inputs, options, (image) => attentionPanels(detector, image, options));
}

async function attentionPanels(
  detector: ObjectDetector,
  image: RgbImage,
  { classes, count = 4, threshold = 0.5 }: VisualizeOptions,
): Promise<Buffer> {
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
  const panels = await Promise.all(
    shown.map(async (query) => drawn(await overlayHeatmap(scaled, maps[query]!), [query])),
  );
  const titles = shown.map((query) => `${nameOf(query)} ${Math.round(100 * scores[query]!)} %`);
  return encodeJpeg(
    panelMontage([await drawn(scaled, shown), ...panels], [shown.length > 0 ? '' : 'nothing found', ...titles]),
  );
}
