/** The global source of random numbers. */
import { binding } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import type { Device } from '../types/device';
import { adopt } from '../memory/lifetime';
import { expected } from '../../options';
import { Generator } from './generator';
import { Tensor } from '../core/tensor';

/** Seeds the default generators of all devices; the same numbers follow as in PyTorch. */
export function manualSeed(seed: number | bigint): void {
  guarded('manualSeed', () => binding.manualSeed(seed));
}

/** What the CPU's default generator was seeded with last; a bigint beyond 2^53. */
export function initialSeed(): number | bigint {
  const found = guarded('initialSeed', () => binding.initialSeed('cpu'));
  return found <= Number.MAX_SAFE_INTEGER ? Number(found) : found;
}

/** Seeds the default generators of all devices with a number that the system draws, and returns it. */
export function seed(): number | bigint {
  const drawn = guarded('seed', () => binding.randomSeed('cpu'));
  manualSeed(drawn);
  return drawn <= Number.MAX_SAFE_INTEGER ? Number(drawn) : drawn;
}

/**
 * State of the CPU's default generator, as a uint8 tensor that PyTorch reads too.
 * @param source a generator, or a device (`'cuda:0'`) whose default generator is meant
 */
export function getRngState(source?: Generator | Device): Tensor {
  return adopt(guarded('getRngState', () => binding.generatorState(idOf('getRngState', source))));
}

/** Sets a generator to a state of `getRngState`, from here or from PyTorch; `source` as there. */
export function setRngState(state: Tensor, source?: Generator | Device): void {
  if (!(state instanceof Tensor)) throw expected('setRngState', 'a uint8 tensor for state', state);
  guarded('setRngState', () => binding.setGeneratorState(idOf('setRngState', source), state._handle));
}

function idOf(owner: string, source: Generator | Device = 'cpu'): number | string {
  if (typeof source === 'string') return source;
  if (source instanceof Generator) return source._id;
  throw expected(owner, "a torch.Generator or a device such as 'cuda:0'", source);
}
