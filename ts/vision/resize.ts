import * as torch from '../tensor';
import type { Tensor } from '../tensor';
import type { Step } from './steps';

/** Pillow's numbers of the filters, and the operators that transformers' default processors run for them. */
const filters = { 2: '_upsample_bilinear2d_aa', 3: '_upsample_bicubic2d_aa' } as const;

/**
 * Resizes with an antialiased filter, on bytes: the sums are rounded to bytes after the horizontal and
 * after the vertical pass, as Pillow does. Weights have 15 bits here and 22 in Pillow, so a few bytes in
 * a thousand differ from Pillow's by one level (bilinear; see the goldens).
 * @param images (B, 3, H, W) uint8
 * @returns (B, 3, height, width) uint8; `images` itself when it has that size
 */
export function resize(images: Tensor, height: number, width: number, resample: keyof typeof filters): Tensor {
  if (images.shape[2] === height && images.shape[3] === width) return images;
  return torch.ops['aten']![filters[resample]]!['default']!(images, [height, width], false, null, null) as Tensor;
}

/**
 * Cuts the middle out; a side that is too short is first filled up with zeros on both ends.
 * @param images (B, 3, H, W)
 * @returns (B, 3, height, width)
 */
export function centerCrop(images: Tensor, height: number, width: number): Tensor {
  const [down, across] = [height - images.shape[2]!, width - images.shape[3]!].map((missing) =>
    Math.max(0, missing),
  ) as [number, number];
  const ends = [Math.floor(across / 2), Math.ceil(across / 2), Math.floor(down / 2), Math.ceil(down / 2)];
  const padded = down + across > 0 ? images.constantPadNd(ends, 0) : images;
  const [top, left] = [padded.shape[2]! - height, padded.shape[3]! - width].map((extra) => Math.floor(extra / 2)) as [
    number,
    number,
  ];
  return padded.narrow(2, top, height).narrow(3, left, width); // (B, 3, H, W) -> (B, 3, height, width)
}

/**
 * Changes the geometry of images.
 * @param pixels (B, 3, H, W) uint8; not changed
 * @param resample Pillow's number of the filter: 2 bilinear, 3 bicubic
 * @returns (B, 3, height, width) uint8
 */
export function changePixels(steps: readonly Step[], pixels: Tensor, resample: 2 | 3 = 2): Tensor {
  return torch.scoped(() => steps.reduce((image, step) => changeOnce(step, image, resample), pixels));
}

function changeOnce(step: Step, image: Tensor, resample: 2 | 3): Tensor {
  if (step.kind === 'mirror') return image.flip([3]);
  if (step.kind === 'crop') return image.narrow(2, step.top, step.height).narrow(3, step.left, step.width); // (B, 3, H, W) -> (B, 3, height, width)
  return resize(image, step.height, step.width, resample);
}
