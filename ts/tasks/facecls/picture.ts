import sharp from 'sharp';
import type { RgbImage } from '../../vision/image';
import { type Colour, drawText, fillRectangle, textHeight, textWidth } from '../../vision/text';
import type { Answer } from './answers';

const MARGIN = 8;
const IMAGE_HEIGHT = 256;
const PAPER: Colour = [252, 252, 252];
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

export function encodeJpeg({ data, width, height }: RgbImage): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } }).jpeg({ quality: 90 }).toBuffer();
}

/** Scales a picture, keeping its proportions; small ones grow without being smoothed away. */
export async function scaleToHeight({ data, width, height }: RgbImage, target: number): Promise<RgbImage> {
  const scaled = sharp(data, { raw: { width, height, channels: 3 } }).resize({ height: target, kernel: 'cubic' });
  const { data: pixels, info } = await scaled.raw().toBuffer({ resolveWithObject: true });
  return { data: pixels, width: info.width, height: info.height };
}

export function blank(width: number, height: number): RgbImage {
  const sheet = { data: new Uint8Array(width * height * 3), width, height };
  fillRectangle(sheet, 0, 0, width, height, PAPER);
  return sheet;
}

export function paste(sheet: RgbImage, { data, width, height }: RgbImage, x: number, y: number): void {
  for (let row = 0; row < height; row++) {
    sheet.data.set(data.subarray(3 * row * width, 3 * (row + 1) * width), 3 * ((y + row) * sheet.width + x));
  }
}

function answerLine({ attribute, probability, label }: Answer): { text: string; colour: Colour } | undefined {
  const yes = probability >= 0.5;
  if (!yes && label !== true) return undefined;
  const text = `${attribute.replaceAll('_', ' ')} ${Math.round(100 * probability)} %`;
  if (label === undefined) return { text, colour: colours.plain };
  if (yes && label) return { text, colour: colours.right };
  return { text: yes ? `${text} (not there)` : `${text} (missed)`, colour: colours.wrong };
}
