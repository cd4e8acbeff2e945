/** Pictures laid out on a sheet. */
import sharp from 'sharp';
import type { RgbImage } from '../vision/image';
import { type Colour, drawText, fillRectangle, textHeight } from '../vision/text';

const PAPER: Colour = [252, 252, 252];
const INK: Colour = [40, 44, 50];
const MARGIN = 8;

/** A value for each part of a picture: rows x columns, row after row, the largest 1. */
export interface HeatMap {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
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

/** The picture, dark where the map is low. */
export async function lit({ data, width, height }: RgbImage, { rows, columns, values }: HeatMap): Promise<RgbImage> {
  const bytes = Uint8Array.from(values, (value) => Math.round(255 * value));
  const smooth = sharp(bytes, { raw: { width: columns, height: rows, channels: 1 } }).resize(width, height, { fit: 'fill', kernel: 'cubic' });
  const light = await smooth.extractChannel(0).raw().toBuffer();
  return { data: data.map((value, i) => Math.round(value * (0.25 + (0.75 * light[Math.floor(i / 3)]!) / 255))), width, height };
}

/** Panels of one height side by side, each with its title above. */
export function panelSheet(panels: readonly RgbImage[], titles: readonly string[]): RgbImage {
  const width = Math.max(140, panels[0]!.width);
  const page = blank(MARGIN + panels.length * (width + MARGIN), panels[0]!.height + textHeight() + 2 * MARGIN);
  panels.forEach((panel, i) => {
    const x = MARGIN + i * (width + MARGIN);
    drawText(page, titles[i]!, x, MARGIN / 2, { colour: INK });
    paste(page, panel, x, MARGIN + textHeight());
  });
  return page;
}
