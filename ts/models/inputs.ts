import { ShapeError } from '../errors';
import type { Tensor } from '../tensor';

/**
 * Makes sure that pixels are a batch of images.
 * @throws ShapeError when they are not (B, numChannels, H, W)
 */
export function requirePixels({ shape }: Tensor, numChannels: number): void {
  if (shape.length === 4 && shape[1] === numChannels) return;
  throw new ShapeError(`pixelValues: expected (B, ${numChannels}, H, W), found [${shape.join(', ')}].`);
}
