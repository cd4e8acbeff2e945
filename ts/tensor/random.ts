/** The global source of random numbers. */
import { DTypeError } from '../errors';
import { binding } from '../native/binding';
import { guarded } from '../native/raise';
import { adopt } from './lifetime';
import { describe } from './operator';
import type { Generator } from './generator';
import { Tensor } from './tensor';

/** Seeds the default generators of all devices; the same numbers follow as in PyTorch. */
export function manualSeed(seed: number | bigint): void {
  guarded('manualSeed', () => binding.manualSeed(seed));
}

/** State of the CPU's default generator (or of `generator`), as a uint8 tensor that PyTorch reads too. */
export function getRngState(generator?: Generator): Tensor {
  return adopt(guarded('getRngState', () => binding.generatorState(generator?._id ?? 0)));
}

export function setRngState(state: Tensor, generator?: Generator): void {
  if (!(state instanceof Tensor)) throw new DTypeError(`setRngState: expected a uint8 tensor, found ${describe(state)}`);
  guarded('setRngState', () => binding.setGeneratorState(generator?._id ?? 0, state._handle));
}
