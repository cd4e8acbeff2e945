import { UsageError } from '../../errors';
import * as torch from '../../tensor';
import type { RgbImage } from '../../vision/image';
import { type Failure, type Visualization, type VisualizationOptions, visualizations } from '../images';
import { encodeJpeg, overlayHeatmap, panelMontage, scaleToHeight } from '../montage';
import { type Prediction, predictionsOf } from './predictions';
import { type ClassifierOptions, FaceClassifier } from './classifier';
import { relevanceMaps } from './relevance';

export interface VisualizeOptions extends ClassifierOptions, VisualizationOptions {
  /** Attributes to explain; left out, the surest yeses of each image. */
  readonly attributes?: readonly string[];
  /** How many of the surest yeses. @default 4 */
  readonly count?: number;
}

const HEIGHT = 224;

/**
 * Writes one JPEG for each image: the image itself, then once for each attribute with the light on what
 * spoke for it.
 */
export async function* visualize(
  weights: string,
  inputs: readonly string[],
  options: VisualizeOptions,
): AsyncGenerator<Visualization | Failure, void, undefined> {
  const classifier = await FaceClassifier.load(weights, options);
  checkAttributes(classifier, options.attributes);
  yield* visualizations(inputs, options, (image) => relevancePanels(classifier, image, options));
}

function checkAttributes({ attributes }: FaceClassifier, wanted: readonly string[] = []): void {
  const unknown = wanted.find((name) => !attributes.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`The model knows no attribute "${unknown}"; it knows ${attributes.join(', ')}.`);
}

async function relevancePanels(
  classifier: FaceClassifier,
  image: RgbImage,
  options: VisualizeOptions,
): Promise<Buffer> {
  const predictions = predictionsOf(classifier.attributes, classifier.classify([image])[0]!);
  const shown = choose(predictions, options);
  const indices = shown.map(({ attribute }) => classifier.attributes.indexOf(attribute));
  const maps = torch.scoped(() =>
    relevanceMaps(classifier.model, classifier.processor.preprocess(image).to(classifier.device), indices),
  );
  const scaled = await scaleToHeight(image, HEIGHT);
  const panels = await Promise.all(maps.map((map) => overlayHeatmap(scaled, map)));
  return encodeJpeg(
    panelMontage(
      [scaled, ...panels],
      [
        '',
        ...shown.map(
          ({ attribute, probability }) => `${attribute.replaceAll('_', ' ')} ${Math.round(100 * probability)} %`,
        ),
      ],
    ),
  );
}

function choose(predictions: readonly Prediction[], { attributes, count = 4 }: VisualizeOptions): Prediction[] {
  if (attributes) return predictions.filter(({ attribute }) => attributes.includes(attribute));
  return [...predictions].sort((a, b) => b.probability - a.probability).slice(0, count);
}
