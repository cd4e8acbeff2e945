/** Images laid out on a sheet. */
import type { RgbImage } from '../vision/image';
import { type Colour, drawText, fillRectangle, textHeight } from '../vision/text';
import { sharp } from '../vision/image';

const PAPER: Colour = [252, 252, 252];
const INK: Colour = [40, 44, 50];
const MARGIN = 8;

/** A value for each part of an image: rows x columns, row after row, the largest 1. */
export interface HeatMap {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** The most pixels that libjpeg allows a side of a JPEG. */
const JPEG_SIDE = 65_500;

/** An image with a longer side than a JPEG can have is made smaller. */
export async function encodeJpeg(image: RgbImage): Promise<Buffer> {
  const { data, width, height } = await scaleToFit(image, {
    width: Math.min(JPEG_SIDE, image.width),
    height: Math.min(JPEG_SIDE, image.height),
  });
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** Scales an image, keeping its proportions, so that it just fits; small ones grow without being smoothed away. */
export async function scaleToFit(
  { data, width, height }: RgbImage,
  most: { readonly width: number; readonly height: number },
): Promise<RgbImage> {
  const factor = Math.min(most.width / width, most.height / height);
  if (factor === 1) return { data, width, height };
  const [toWidth, toHeight] = [width, height].map((side) => Math.max(1, Math.round(factor * side))) as [number, number];
  const scaled = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false }).resize({
    width: toWidth,
    height: toHeight,
    fit: 'fill',
    kernel: 'cubic',
  });
  return { data: await scaled.raw().toBuffer(), width: toWidth, height: toHeight };
}

/** Scales an image to a height; one that is more than four times as wide becomes lower instead. */
export function scaleToHeight(image: RgbImage, height: number): Promise<RgbImage> {
  return scaleToFit(image, { height, width: 4 * height });
}

export function blank(width: number, height: number): RgbImage {
  const montage = { data: new Uint8Array(width * height * 3), width, height };
  fillRectangle(montage, 0, 0, width, height, PAPER);
  return montage;
}

export function paste(montage: RgbImage, { data, width, height }: RgbImage, x: number, y: number): void {
  for (let row = 0; row < height; row++) {
    montage.data.set(data.subarray(3 * row * width, 3 * (row + 1) * width), 3 * ((y + row) * montage.width + x));
  }
}

/** The image, dark where the map is low. */
export async function overlayHeatmap(
  { data, width, height }: RgbImage,
  { rows, columns, values }: HeatMap,
): Promise<RgbImage> {
  const bytes = Uint8Array.from(values, (value) => Math.round(255 * value));
  const smooth = sharp(bytes, { raw: { width: columns, height: rows, channels: 1 } }).resize(width, height, {
    fit: 'fill',
    kernel: 'cubic',
  });
  const light = await smooth.extractChannel(0).raw().toBuffer();
  return {
    data: data.map((value, i) => Math.round(value * (0.25 + (0.75 * light[Math.floor(i / 3)]!) / 255))),
    width,
    height,
  };
}

/** Panels of one height side by side, each with its title above. */
export function panelMontage(panels: readonly RgbImage[], titles: readonly string[]): RgbImage {
  const width = Math.max(140, panels[0]!.width);
  const page = blank(MARGIN + panels.length * (width + MARGIN), panels[0]!.height + textHeight() + 2 * MARGIN);
  panels.forEach((panel, i) => {
    const x = MARGIN + i * (width + MARGIN);
    drawText(page, titles[i]!, x, MARGIN / 2, { colour: INK });
    paste(page, panel, x, MARGIN + textHeight());
  });
  return page;
}
