/** Where a classifier looks in an image, drawn for the report. */
import type { ImageStrip } from '../../../train/report/page';
import * as torch from '../../../tensor';
import type { RgbImage } from '../../../vision/image';
import { encodeJpeg, type HeatMap, overlayHeatmap, scaleToHeight } from '../../montage';
import type { FaceClassifier } from '../classifier';
import type { Prediction } from '../predictions';
import { relevanceMaps } from '../relevance';
import { attentionRollout } from './rollout';

const HEIGHT = 180;
/** Surest yeses with a map of their own. */
const YESES = 2;

/**
 * The image, its attention rollout, and what spoke for its surest yeses.
 * @throws InputError for a model that has no attention between a class token and patches
 */
export async function attentionStrip(
  { model, processor, device, attributes }: FaceClassifier,
  { name, image, predictions }: { name: string; image: RgbImage; predictions: readonly Prediction[] },
): Promise<ImageStrip> {
  const surest = [...predictions].sort((a, b) => b.probability - a.probability).slice(0, YESES);
  const maps = torch.scoped(() => {
    const pixelValues = processor.preprocess(image).to(device);
    const relevance = relevanceMaps(
      model,
      pixelValues,
      surest.map(({ attribute }) => attributes.indexOf(attribute)),
    );
    return [stretched(attentionRollout(model, pixelValues)), ...relevance];
  });
  const scaled = await scaleToHeight(image, HEIGHT);
  const images = [scaled, ...(await Promise.all(maps.map((map) => overlayHeatmap(scaled, map))))];
  const titles = [
    'image',
    'attention rollout',
    ...surest.map(
      ({ attribute, probability }) => `${attribute.replaceAll('_', ' ')} ${Math.round(100 * probability)}\u00a0%`,
    ),
  ];
  const panels = images.map(async (panel, i) => ({ jpeg: await encodeJpeg(panel), title: titles[i]! }));
  return { title: name, panels: await Promise.all(panels) };
}

/** From 0 for the least value to 1: what all patches have would only make the image grey. */
function stretched({ rows, columns, values }: HeatMap): HeatMap {
  const least = values.reduce((low, value) => Math.min(low, value), Infinity);
  const spread = Math.max(Number.MIN_VALUE, 1 - least);
  return { rows, columns, values: values.map((value) => (value - least) / spread) };
}
