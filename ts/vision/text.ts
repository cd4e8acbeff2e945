import { GLYPH_CHARACTERS, GLYPH_COVER, GLYPH_HEIGHT, GLYPH_WIDTHS } from './glyphs';
import type { RgbImage } from './image';

export type Colour = readonly [red: number, green: number, blue: number];

export interface TextStyle {
  readonly colour: Colour;
  /** Whole factor on the size of the glyphs, which are 16 pixels high. @default 1 */
  readonly scale?: number;
}

/** Pixels that a line of text is high. */
export function textHeight(scale = 1): number {
  return GLYPH_HEIGHT * scale;
}

/** Pixels that a line of text is wide. */
export function textWidth(text: string, scale = 1): number {
  return scale * glyphsOf(text).reduce((sum, glyph) => sum + glyph.width, 0);
}

/** Draws a line of text with its upper left corner at (x, y); what lies outside the image is left out. */
export function drawText(image: RgbImage, text: string, x: number, y: number, { colour, scale = 1 }: TextStyle): void {
  let left = x;
  for (const glyph of glyphsOf(text)) {
    drawGlyph(image, glyph, left, y, colour, scale);
    left += scale * glyph.width;
  }
}

/** Fills a rectangle; what lies outside the image is left out. */
export function fillRectangle(
  image: RgbImage,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: Colour,
): void {
  for (let row = Math.max(0, y); row < Math.min(image.height, y + height); row++) {
    for (let column = Math.max(0, x); column < Math.min(image.width, x + width); column++) {
      image.data.set(colour, 3 * (row * image.width + column));
    }
  }
}

interface Glyph {
  readonly width: number;
  /** Index of the first pixel in the covers. */
  readonly start: number;
}

const packed = Buffer.from(GLYPH_COVER, 'base64');
const glyphs = new Map<string, Glyph>();
let pixels = 0;
[...GLYPH_CHARACTERS].forEach((character, i) => {
  glyphs.set(character, { width: GLYPH_WIDTHS[i]!, start: pixels });
  pixels += GLYPH_WIDTHS[i]! * GLYPH_HEIGHT;
});

/** A character that has no glyph is shown as a question mark. */
function glyphsOf(text: string): Glyph[] {
  return [...text].map((character) => glyphs.get(character) ?? glyphs.get('?')!);
}

/** From 0 to 1. */
function coverAt(pixel: number): number {
  const pair = packed[pixel >> 1]!;
  return (pixel % 2 === 0 ? pair >> 4 : pair & 15) / 15;
}

function drawGlyph(
  image: RgbImage,
  { width, start }: Glyph,
  x: number,
  y: number,
  colour: Colour,
  scale: number,
): void {
  for (let pixel = 0; pixel < width * GLYPH_HEIGHT; pixel++) {
    const cover = coverAt(start + pixel);
    if (cover === 0) continue;
    const left = x + scale * (pixel % width);
    const top = y + scale * Math.floor(pixel / width);
    for (let dot = 0; dot < scale * scale; dot++)
      blend(image, left + (dot % scale), top + Math.floor(dot / scale), colour, cover);
  }
}

function blend({ data, width, height }: RgbImage, x: number, y: number, colour: Colour, cover: number): void {
  if (x < 0 || y < 0 || x >= width || y >= height) return;
  const at = 3 * (y * width + x);
  for (let channel = 0; channel < 3; channel++) {
    data[at + channel] = Math.round(data[at + channel]! * (1 - cover) + colour[channel]! * cover);
  }
}
