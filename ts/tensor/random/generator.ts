/** A source of random numbers of its own, apart from the global one. */
import { binding } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { expected } from '../../options';
import type { Device } from '../types/device';
import { adopt } from '../memory/lifetime';
import { Tensor } from '../core/tensor';

const released = new FinalizationRegistry<number>((id) => binding.disposeGenerator(id));

/**
 * Pass it as `generator` wherever an operator takes one: `torch.randn([2], { generator })`.
 * @example
 * const generator = new torch.Generator().manualSeed(7);
 */
export class Generator {
  /** @internal */
  readonly _id: number;

  /**
   * @param device where the numbers are drawn: that of the tensors to be made
   * @throws DeviceError for a device that is not there
   */
  constructor(readonly device: Device = 'cpu') {
    this._id = guarded('Generator', () => binding.createGenerator(device));
    released.register(this, this._id);
  }

  /** Begins again from `seed`; the same numbers follow as in PyTorch. */
  manualSeed(seed: number | bigint): this {
    guarded('Generator.manualSeed', () => binding.seedGenerator(this._id, seed));
    return this;
  }

  /** What it was seeded with last; a bigint beyond 2^53. */
  initialSeed(): number | bigint {
    return toSafeNumber(guarded('Generator.initialSeed', () => binding.initialSeed(this._id)));
  }

  /** Its state, as a uint8 tensor that PyTorch reads too. */
  getState(): Tensor {
    return adopt(guarded('Generator.getState', () => binding.generatorState(this._id)));
  }

  /** Continues from a state of `getState`, from here or from PyTorch. */
  setState(state: Tensor): this {
    if (!(state instanceof Tensor)) throw expected('Generator.setState', 'a uint8 tensor for state', state);
    guarded('Generator.setState', () => binding.setGeneratorState(this._id, state._handle));
    return this;
  }

  /** Begins again from a seed that the system draws, and returns the seed. */
  seed(): number | bigint {
    return toSafeNumber(guarded('Generator.seed', () => binding.randomSeed(this._id)));
  }
}

function toSafeNumber(seed: bigint): number | bigint {
  return seed <= Number.MAX_SAFE_INTEGER ? Number(seed) : seed;
}
