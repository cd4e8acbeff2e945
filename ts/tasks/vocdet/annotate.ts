import type { RgbImage } from '../../vision/image';
import { type Colour, drawText, fillRectangle, textHeight, textWidth } from '../../vision/text';
import { encodeJpeg } from '../montage';

/** A box to be drawn, with what is written on it. */
export interface Mark {
  /** Left, top, right, bottom in pixels of the image. */
  readonly box: ArrayLike<number>;
  readonly text: string;
  readonly colour: Colour;
}

const BLACK: Colour = [0, 0, 0];
const WHITE: Colour = [255, 255, 255];

/** A colour for each class; neighbours differ as much as they can (golden angle in the circle of hues). */
export function classColour(id: number): Colour {
  const hue = (id * 137.508) % 360;
  const lightness = [0.5, 0.38, 0.62][id % 3]!;
  const chroma = 0.85 * (1 - Math.abs(2 * lightness - 1));
  const channel = (offset: number) => {
    const index = (offset + hue / 30) % 12;
    return Math.round(255 * (lightness - (chroma / 2) * Math.max(-1, Math.min(index - 3, 9 - index, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}

/** A copy of an image with boxes and their texts, as a JPEG; what comes first lies on top. */
export function annotatedImage(image: RgbImage, marks: readonly Mark[]): Promise<Buffer> {
  const copy = { ...image, data: Uint8Array.from(image.data) };
  const scale = Math.max(1, Math.round(Math.min(image.width, image.height) / 500));
  for (const mark of [...marks].reverse()) outline(copy, mark, scale);
  for (const mark of [...marks].reverse()) label(copy, mark, scale);
  return encodeJpeg(copy);
}

/** A frame of the colour between two thin ones in black and white: one of them stands out on any background. */
function outline(image: RgbImage, { box, colour }: Mark, scale: number): void {
  const [left, top, right, bottom] = Array.from(box, Math.round) as [number, number, number, number];
  const frame = (inset: number, thickness: number, paint: Colour) => {
    const [x, y, width, height] = [left + inset, top + inset, right - left - 2 * inset, bottom - top - 2 * inset];
    fillRectangle(image, x, y, width, thickness, paint);
    fillRectangle(image, x, y + height - thickness, width, thickness, paint);
    fillRectangle(image, x, y, thickness, height, paint);
    fillRectangle(image, x + width - thickness, y, thickness, height, paint);
  };
  frame(-1, 1, BLACK);
  frame(0, 2 * scale, colour);
  frame(2 * scale, 1, WHITE);
}

/** Text on a ground of the colour, above the box where there is room, in black or white, whichever differs more. */
function label(image: RgbImage, { box, text, colour }: Mark, scale: number): void {
  if (text === '') return;
  const [width, height] = [textWidth(text, scale) + 4 * scale, textHeight(scale)];
  const left = Math.max(0, Math.min(Math.round(box[0]!), image.width - width));
  const above = Math.round(box[1]!) - height;
  const top = above >= 0 ? above : Math.max(0, Math.min(Math.round(box[1]!), image.height - height));
  fillRectangle(image, left, top, width, height, colour);
  drawText(image, text, left + 2 * scale, top, { colour: inkOn(colour), scale });
}

/** Black or white, whichever differs more from a ground: by 4.5 to 1 at least, for the two contrast equally at a luminance of 0.18. */
export function inkOn(ground: Colour): Colour {
  return luminance(ground) > 0.18 ? BLACK : WHITE;
}

/** Relative luminance (WCAG 2.2). */
function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((value) =>
    value <= 10 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  ) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
