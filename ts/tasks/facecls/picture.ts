import type { RgbImage } from '../../vision/image';
import { type Colour, drawText, textHeight, textWidth } from '../../vision/text';
import { blank, encodeJpeg, paste, scaleToHeight } from '../sheet';
import type { Answer } from './answers';

const MARGIN = 8;
const IMAGE_HEIGHT = 256;
const colours = { right: [22, 110, 62], wrong: [186, 38, 26], plain: [40, 44, 50] } as const satisfies Record<string, Colour>;

/** An image with answers beside it, as a JPEG: those that are yes, and where the labels are known also the missed ones. */
export async function answerPicture(image: RgbImage, answers: readonly Answer[]): Promise<Buffer> {
  const lines = answers.flatMap((answer) => answerLine(answer) ?? []);
  const picture = await scaleToHeight(image, IMAGE_HEIGHT);
  const textColumn = Math.max(0, ...lines.map(({ text }) => textWidth(text)));
  const sheet = blank(picture.width + textColumn + 3 * MARGIN, Math.max(IMAGE_HEIGHT, lines.length * textHeight()) + 2 * MARGIN);
  paste(sheet, picture, MARGIN, MARGIN);
  lines.forEach(({ text, colour }, i) => drawText(sheet, text, picture.width + 2 * MARGIN, MARGIN + i * textHeight(), { colour }));
  return encodeJpeg(sheet);
}

function answerLine({ attribute, probability, label }: Answer): { text: string; colour: Colour } | undefined {
  const yes = probability >= 0.5;
  if (!yes && label !== true) return undefined;
  const text = `${attribute.replaceAll('_', ' ')} ${Math.round(100 * probability)} %`;
  if (label === undefined) return { text, colour: colours.plain };
  if (yes && label) return { text, colour: colours.right };
  return { text: yes ? `${text} (not there)` : `${text} (missed)`, colour: colours.wrong };
}
