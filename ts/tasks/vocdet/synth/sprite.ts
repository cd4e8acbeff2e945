import { emojiBody } from './emoji';
import type { Thing } from './scene';
import { sharp } from '../../../vision/image';

/** A drawn icon. */
export interface Sprite {
  /** Red, green, blue and opacity, as bytes, row after row. */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Numbers of the pixels that show it. */
  readonly shown: Uint32Array;
}

/** A pixel shows a thing from this opacity on. */
const OPAQUE = 128;
/** Room around an icon's square of 128, for its corners when it is turned. */
const MARGIN = 16;

export async function drawSprite({ icon, side, turn, mirrored, tint }: Thing): Promise<Sprite> {
  const whole = 128 + 2 * MARGIN;
  const pixels = Math.round((side * whole) / 128);
  const mirror = mirrored ? ' translate(128 0) scale(-1 1)' : '';
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${pixels}" height="${pixels}" ` +
    `viewBox="${-MARGIN} ${-MARGIN} ${whole} ${whole}"><g transform="rotate(${turn} 64 64)${mirror}">${emojiBody(icon)}</g></svg>`;
  const { data, info } = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  multiply(data, tint);
  const shown: number[] = [];
  for (let pixel = 0; pixel < info.width * info.height; pixel++) if (data[4 * pixel + 3]! >= OPAQUE) shown.push(pixel);
  return { data, width: info.width, height: info.height, shown: Uint32Array.from(shown) };
}

/** Multiplies red, green and blue of all pixels, in place. */
function multiply(pixels: Uint8Array, [red, green, blue]: Thing['tint']): void {
  for (let at = 0; at < pixels.length; at += 4) {
    pixels[at] = Math.min(255, Math.round(pixels[at]! * red));
    pixels[at + 1] = Math.min(255, Math.round(pixels[at + 1]! * green));
    pixels[at + 2] = Math.min(255, Math.round(pixels[at + 2]! * blue));
  }
}
