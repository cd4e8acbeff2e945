import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { bindOptions, type Positional } from '../options';
import type { Size2 } from '../sizes';

export interface FoldOptions {
  /** Distance between the elements of a block. @default 1 */
  readonly dilation?: Size2;
  /** Rows added at each side of the image. @default 0 */
  readonly padding?: Size2;
  /** Steps between blocks. @default 1 */
  readonly stride?: Size2;
}

/** The blocks of an image as columns: (B, C, H, W) -> (B, C·kh·kw, blocks). */
export function unfold(input: Tensor, kernelSize: Size2, ...given: Positional<FoldOptions, 'unfold'>): Tensor {
  const defaults: Required<FoldOptions> = { dilation: 1, padding: 0, stride: 1 };
  const { dilation, padding, stride } = bindOptions('unfold', defaults, given);
  return torch.im2col(input, pair(kernelSize), pair(dilation), pair(padding), pair(stride));
}

/** Adds columns up to an image of `outputSize`, the gradient of `unfold`: (B, C·kh·kw, blocks) -> (B, C, H, W). */
export function fold(
  input: Tensor,
  outputSize: Size2,
  kernelSize: Size2,
  ...given: Positional<FoldOptions, 'fold'>
): Tensor {
  const defaults: Required<FoldOptions> = { dilation: 1, padding: 0, stride: 1 };
  const { dilation, padding, stride } = bindOptions('fold', defaults, given);
  return torch.col2im(input, pair(outputSize), pair(kernelSize), pair(dilation), pair(padding), pair(stride));
}

function pair(size: Size2): readonly number[] {
  return typeof size === 'number' ? [size, size] : size;
}
