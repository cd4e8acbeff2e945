import sharp from 'sharp';
import { InputError } from '../errors';
import type { Extent } from './boxes';
import { requireFormat } from './image';

/**
 * Width and height that `decodeImage` would give, from the header alone.
 * @param label what to call the image in errors
 * @throws InputError when the bytes are no image, or their header is damaged
 */
export async function imageSize(bytes: Uint8Array, label: string): Promise<Extent> {
  requireFormat(bytes, label);
  try {
    const { autoOrient } = await sharp(bytes, { limitInputPixels: false }).metadata();
    return { width: autoOrient.width, height: autoOrient.height };
  } catch (cause) {
    throw new InputError(
      `${label} is a damaged or incomplete image: ${(cause as Error).message
        .split('\n')[0]!
        .replace(/^Input buffer has corrupt header: /, '')
        .replace(/^\w+: /, '')}.`,
      { cause },
    );
  }
}
