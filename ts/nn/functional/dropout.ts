import { ShapeError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { requireProbability, requireTensors, bindOptions, type Positional } from '../options';
import type { Inplace } from './activation';

export interface DropoutCallOptions extends Inplace {
  /** Probability of an element, or of a channel, to be dropped. @default 0.5 */
  readonly p?: number;
  /** Drop at all; without, the input is returned. @default true; false for the alpha forms, as in PyTorch */
  readonly training?: boolean;
}

/** Zeroes elements with probability `p` and divides the others by `1 - p`. */
export function dropout(input: Tensor, ...given: Positional<DropoutCallOptions, 'dropout'>): Tensor {
  const defaults: Required<DropoutCallOptions> = { p: 0.5, training: true, inplace: false };
  const { p, training, inplace } = bindOptions('dropout', defaults, given);
  requireProbability('dropout', p);
  if (!training) return input;
  return inplace ? torch.dropout_(input, p, training) : torch.dropout(input, p, training);
}

/** Zeroes whole channels with probability `p` and divides the others by `1 - p`: (B, C, L), or (C, L). */
export function dropout1d(input: Tensor, ...given: Positional<DropoutCallOptions, 'dropout1d'>): Tensor {
  requireTensors('dropout1d', { input });
  return dropChannels('dropout1d', input, given, 3);
}

/** Zeroes whole channels with probability `p` and divides the others by `1 - p`: (B, C, H, W). */
export function dropout2d(input: Tensor, ...given: Positional<DropoutCallOptions, 'dropout2d'>): Tensor {
  const defaults: Required<DropoutCallOptions> = { p: 0.5, training: true, inplace: false };
  const { p, training, inplace } = bindOptions('dropout2d', defaults, given);
  requireProbability('dropout2d', p);
  if (!training) return input;
  return inplace ? torch.featureDropout_(input, p, training) : torch.featureDropout(input, p, training);
}

/** Zeroes whole channels with probability `p` and divides the others by `1 - p`: (B, C, D, H, W), or (C, D, H, W). */
export function dropout3d(input: Tensor, ...given: Positional<DropoutCallOptions, 'dropout3d'>): Tensor {
  requireTensors('dropout3d', { input });
  return dropChannels('dropout3d', input, given, 5);
}

function dropChannels(
  owner: 'dropout1d' | 'dropout3d',
  input: Tensor,
  given: readonly unknown[],
  batched: number,
): Tensor {
  const { p, training, inplace } = bindOptions<Required<DropoutCallOptions>>(
    owner,
    { p: 0.5, training: true, inplace: false },
    given,
  );
  requireProbability(owner, p);
  if (input.ndim !== batched && input.ndim !== batched - 1) {
    throw new ShapeError(
      `${owner} expects ${batched} dimensions, or ${batched - 1} without a batch, got [${input.shape.join(', ')}].`,
    );
  }
  if (!training) return input;
  const batch = input.ndim === batched ? input : input.unsqueeze(0); // (C, …) -> (1, C, …)
  const dropped = inplace ? torch.featureDropout_(batch, p, training) : torch.featureDropout(batch, p, training);
  if (input.ndim === batched) return dropped;
  return inplace ? input : dropped.squeeze(0); // (1, C, …) -> (C, …)
}

/** Drops elements and rescales so that mean and variance stay: goes with `selu` (Klambauer et al. 2017, arXiv 1706.02515). */
export function alphaDropout(input: Tensor, ...given: Positional<DropoutCallOptions, 'alphaDropout'>): Tensor {
  const defaults: Required<DropoutCallOptions> = { p: 0.5, training: false, inplace: false };
  const { p, training, inplace } = bindOptions('alphaDropout', defaults, given);
  requireProbability('alphaDropout', p);
  return inplace ? torch.alphaDropout_(input, p, training) : torch.alphaDropout(input, p, training);
}

/** `alphaDropout` of whole channels: (B, C, *). */
export function featureAlphaDropout(
  input: Tensor,
  ...given: Positional<DropoutCallOptions, 'featureAlphaDropout'>
): Tensor {
  const defaults: Required<DropoutCallOptions> = { p: 0.5, training: false, inplace: false };
  const { p, training, inplace } = bindOptions('featureAlphaDropout', defaults, given);
  requireProbability('featureAlphaDropout', p);
  return inplace ? torch.featureAlphaDropout_(input, p, training) : torch.featureAlphaDropout(input, p, training);
}
