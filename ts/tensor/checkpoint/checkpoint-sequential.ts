import { InputError } from '../../errors';
import type { Tensor } from '../core/tensor';
import { checkpoint, type CheckpointOptions } from './checkpoint';
import { expected, itemsOf, show } from '../../options';

/** A module from tensor to tensor, or a function that is one. */
export type Stage = ((input: Tensor) => Tensor) | { forward(input: Tensor): Tensor };

/**
 * Runs `stages` (an `nn.Sequential`, or an array) one after the other, in `segments` parts of equal length; all parts but
 * the last are checkpointed, so that only their inputs are kept for the backward pass.
 * @param segments from 1 to the number of stages
 */
export function checkpointSequential(
  stages: Iterable<Stage>,
  segments: number,
  input: Tensor,
  options: CheckpointOptions = {},
): Tensor {
  const all = itemsOf('checkpointSequential', 'an iterable of modules or functions for stages', stages).map(callable);
  if (!Number.isInteger(segments) || segments < 1 || segments > all.length) {
    throw new InputError(
      `checkpointSequential: expected from 1 to ${all.length} segments, as many as there are stages, found ${show(segments)}`,
    );
  }
  const size = Math.floor(all.length / segments);
  const run =
    (from: number, to: number) =>
    (x: Tensor): Tensor =>
      all.slice(from, to).reduce((value, stage) => stage(value), x);
  let x = input;
  let start = 0;
  for (; start < size * (segments - 1); start += size) x = checkpoint(options, run(start, start + size), x);
  return run(start, all.length)(x);
}

function callable(stage: Stage): (input: Tensor) => Tensor {
  if (typeof stage === 'function') return stage;
  if (typeof (stage as Partial<typeof stage> | null)?.forward !== 'function')
    throw expected('checkpointSequential', 'modules or functions for stages', stage, '', InputError);
  return (input) => stage.forward(input);
}
