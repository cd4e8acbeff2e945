import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';

const modes = { bilinear: 0, nearest: 1, bicubic: 2 } as const;
const paddings = { zeros: 0, border: 1, reflection: 2 } as const;

export interface GridSampleOptions {
  /** How values between the pixels are found. @default 'bilinear' */
  readonly mode?: keyof typeof modes;
  /** What lies outside of the image. @default 'zeros' */
  readonly paddingMode?: keyof typeof paddings;
  /** -1 and 1 mean the centres of the corner pixels; without, their outer edges. @default false */
  readonly alignCorners?: boolean;
}

/** Pixels of `input` (B, C, H, W) at the places of `grid` (B, H', W', 2), which are x and y from -1 to 1: (B, C, H', W'). */
export function gridSample(
  input: Tensor,
  grid: Tensor,
  { mode = 'bilinear', paddingMode = 'zeros', alignCorners = false }: GridSampleOptions = {},
): Tensor {
  return torch.gridSampler(input, grid, modes[mode], paddings[paddingMode], alignCorners);
}

/** The grid that `gridSample` takes, for affine maps `theta` (B, 2, 3) and an output of size (B, C, H', W'): (B, H', W', 2). */
export function affineGrid(theta: Tensor, size: readonly number[], { alignCorners = false } = {}): Tensor {
  return torch.affineGridGenerator(theta, size, alignCorners);
}
