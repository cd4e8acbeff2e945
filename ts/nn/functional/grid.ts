import { InputError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { bindOptions, type Positional } from '../options';

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
export function gridSample(input: Tensor, grid: Tensor, ...given: Positional<GridSampleOptions, 'gridSample'>): Tensor {
  const defaults: Required<GridSampleOptions> = { mode: 'bilinear', paddingMode: 'zeros', alignCorners: false };
  const { mode, paddingMode, alignCorners } = bindOptions('gridSample', defaults, given);
  const code = choose('mode', modes, mode);
  return torch.gridSampler(input, grid, code, choose('paddingMode', paddings, paddingMode), alignCorners);
}

export interface AffineGridOptions {
  /** -1 and 1 mean the centres of the corner pixels; without, their outer edges. @default false */
  readonly alignCorners?: boolean;
}

/** The grid that `gridSample` takes, for affine maps `theta` (B, 2, 3) and an output of size (B, C, H', W'): (B, H', W', 2). */
export function affineGrid(
  theta: Tensor,
  size: readonly number[],
  ...given: Positional<AffineGridOptions, 'affineGrid'>
): Tensor {
  const { alignCorners } = bindOptions<Required<AffineGridOptions>>('affineGrid', { alignCorners: false }, given);
  return torch.affineGridGenerator(theta, size, alignCorners);
}

/** ATen's number of a choice. */
function choose(name: string, choices: Readonly<Record<string, number>>, choice: string): number {
  const code = Object.hasOwn(choices, choice) ? choices[choice] : undefined;
  if (code !== undefined) return code;
  const [first, second, third] = Object.keys(choices);
  throw new InputError(`gridSample: ${name} must be '${first}', '${second}' or '${third}', got '${choice}'.`);
}
