/** Changes of the geometry of an image, written down so that image and boxes go through the same ones. */
import type { Tensor } from '../tensor';
import * as torch from '../tensor';
import { clipBoxes, mirrorBoxes, scaleBoxes, translateBoxes, type Boxes, type Extent } from './boxes';
import { resize } from './resize';

export type Step =
  /** Left becomes right. */
  | { readonly kind: 'mirror' }
  | ({ readonly kind: 'resize' } & Extent)
  /** Keeps the rectangle of this size whose top left corner is at (left, top), in whole pixels. */
  | ({ readonly kind: 'crop'; readonly left: number; readonly top: number } & Extent);

/** The size of an image after the steps. */
export function extentAfter(steps: readonly Step[], { width, height }: Extent): Extent {
  return steps.reduce<Extent>(
    (size, step) => (step.kind === 'mirror' ? size : { width: step.width, height: step.height }),
    { width, height },
  );
}

/**
 * @param pixels (B, 3, H, W) uint8; not changed
 * @param resample Pillow's number of the filter: 2 bilinear, 3 bicubic
 * @returns (B, 3, height, width) uint8
 */
export function changePixels(steps: readonly Step[], pixels: Tensor, resample: 2 | 3 = 2): Tensor {
  return torch.scoped(() => steps.reduce((image, step) => changeOnce(step, image, resample), pixels));
}

/** Boxes after the steps, as many as before; those that a crop leaves nothing of have no area. */
export function changeBoxes(steps: readonly Step[], boxes: Boxes<'xyxy'>, extent: Extent): Boxes<'xyxy'> {
  let size = extent;
  return steps.reduce((moved, step) => {
    const before = size;
    size = extentAfter([step], before);
    if (step.kind === 'mirror') return mirrorBoxes(moved, before.width);
    if (step.kind === 'crop') return clipBoxes(translateBoxes(moved, -step.left, -step.top), step);
    return scaleBoxes(moved, step.width / before.width, step.height / before.height);
  }, boxes);
}

function changeOnce(step: Step, image: Tensor, resample: 2 | 3): Tensor {
  if (step.kind === 'mirror') return image.flip([3]);
  if (step.kind === 'crop') return image.narrow(2, step.top, step.height).narrow(3, step.left, step.width); // (B, 3, H, W) -> (B, 3, height, width)
  return resize(image, step.height, step.width, resample);
}
