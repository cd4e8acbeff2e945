import { type Outputs, sigmoid } from './metrics';
import type { RgbImage } from '../../vision/image';
import { type Colour, drawText, textHeight, textWidth } from '../../vision/text';
import { blank, encodeJpeg, paste, scaleToHeight } from '../montage';

/** What the model says of one attribute of one image. */
export interface Prediction {
  readonly attribute: string;
  /** Of a yes. */
  readonly probability: number;
  /** What the dataset says, where it is known. */
  readonly label?: boolean;
}

/** One row of logits as answers, in the order of the attributes. */
export function predictionsOf(attributes: readonly string[], logits: Float32Array, labels?: Uint8Array): Prediction[] {
  return attributes.map((attribute, k) => ({
    attribute,
    probability: sigmoid(logits[k]!),
    ...(labels && { label: labels[k] === 1 }),
  }));
}

/** The row of one image, with its labels. */
export function predictionsAt({ attributes, logits, labels }: Outputs, image: number): Prediction[] {
  const [begin, end] = [image * attributes.length, (image + 1) * attributes.length];
  return predictionsOf(attributes, logits.subarray(begin, end), labels.subarray(begin, end));
}

const MARGIN = 8;
const IMAGE_HEIGHT = 256;
const colours = { right: [22, 110, 62], wrong: [186, 38, 26], unmarked: [40, 44, 50] } as const satisfies Record<
  string,
  Colour
>;

/** An image with answers beside it, as a JPEG: those that are yes, and where the labels are known also the missed ones. */
export async function predictionImage(image: RgbImage, predictions: readonly Prediction[]): Promise<Buffer> {
  const lines = predictions.flatMap((prediction) => predictionLine(prediction) ?? []);
  const scaled = await scaleToHeight(image, IMAGE_HEIGHT);
  const textColumn = Math.max(0, ...lines.map(({ text }) => textWidth(text)));
  const montage = blank(
    scaled.width + textColumn + 3 * MARGIN,
    Math.max(IMAGE_HEIGHT, lines.length * textHeight()) + 2 * MARGIN,
  );
  paste(montage, scaled, MARGIN, MARGIN);
  lines.forEach(({ text, colour }, i) =>
    drawText(montage, text, scaled.width + 2 * MARGIN, MARGIN + i * textHeight(), { colour }),
  );
  return encodeJpeg(montage);
}

function predictionLine({ attribute, probability, label }: Prediction): { text: string; colour: Colour } | undefined {
  const yes = probability >= 0.5;
  if (!yes && label !== true) return undefined;
  const text = `${attribute.replaceAll('_', ' ')} ${Math.round(100 * probability)} %`;
  if (label === undefined) return { text, colour: colours.unmarked };
  if (yes && label) return { text, colour: colours.right };
  return { text: yes ? `${text} (not there)` : `${text} (missed)`, colour: colours.wrong };
}
