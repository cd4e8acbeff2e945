import type { RgbImage } from '../../ts/vision/image';

/** The formula of `pattern` in scripts/golden/images.py. */
export function pattern(height: number, width: number): RgbImage {
  const data = new Uint8Array(height * width * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++)
        data[at++] = (x * 7 + y * 13 + c * 29 + ((x * y) >> 3) + ((x >> 3) ^ (y >> 3)) * 31) & 255;
    }
  }
  return { data, width, height };
}
