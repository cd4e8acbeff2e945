/** What a checkpoint keeps of a call in order to make it again: its arguments, and the state of the random generators. */
import { TorchError } from '../../errors';
import { binding } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { put2, rewind, Tag, take } from '../../native/wire';
import { empty } from '../creation/fill';
import { Function } from '../autograd/function';
import type { FunctionContext } from '../autograd/function-context';
import { adopt, keep, scoped } from '../memory/lifetime';
import { Tensor } from '../core/tensor';
import type { Device } from '../types/device';
import { getRngState, setRngState } from '../random/random';

/** Saves tensors in a node, so that autograd notices changes in place, and a checkpoint around this one packs them too. */
class Save extends Function {
  static forward(ctx: FunctionContext, anchor: Tensor, ...tensors: Tensor[]): Tensor {
    ctx.saveForBackward(...tensors);
    return anchor.detach();
  }

  static backward(): never {
    throw new TorchError('checkpoint: no gradient flows through saved arguments');
  }
}

/** The arguments of a call, kept until it is repeated: its tensors in the graph, all else as it is. */
export class SavedArguments<A extends unknown[]> {
  readonly #rest: readonly unknown[];
  readonly #areTensors: readonly boolean[];
  readonly #output: Tensor;

  constructor(args: A) {
    this.#rest = args.map((value) => (value instanceof Tensor ? null : value));
    this.#areTensors = args.map((value) => value instanceof Tensor);
    const tensors = args.filter((value) => value instanceof Tensor);
    this.#output = scoped(() => keep(Save.apply(empty([0], { requiresGrad: true }), ...tensors)));
  }

  /** The arguments again; their tensors belong to the running scope. */
  restore(): A {
    const tensors = guarded('checkpoint', () => {
      rewind();
      put2(Tag.Tensor, this.#output._handle);
      const count = binding.savedTensors();
      rewind();
      return Array.from({ length: count }, () => (take(), take()));
    }).map(adopt);
    return this.#rest.map((value, i) => (this.#areTensors[i] ? tensors.shift() : value)) as A;
  }

  release(): void {
    this.#output.dispose();
  }
}

/** The state of the random generators that a call may use: the CPU's and those of its tensors' devices. */
export class RngState {
  readonly #states: ReadonlyMap<Device, Tensor>;

  constructor(args: readonly unknown[]) {
    const devices = args.flatMap((value) => (value instanceof Tensor && value.device !== 'meta' ? [value.device] : []));
    this.#states = capture(new Set<Device>(['cpu', ...devices]));
  }

  /** Runs `body` from this state on; afterwards the generators stand where they stood before. */
  during(body: () => unknown): void {
    const before = capture(this.#states.keys());
    this.#restore(this.#states);
    try {
      body();
    } finally {
      this.#restore(before);
      for (const state of before.values()) state.dispose();
    }
  }

  #restore(states: ReadonlyMap<Device, Tensor>): void {
    for (const [device, state] of states) setRngState(state, device);
  }

  release(): void {
    for (const state of this.#states.values()) state.dispose();
  }
}

function capture(devices: Iterable<Device>): Map<Device, Tensor> {
  return scoped(() => new Map(Array.from(devices, (device) => [device, keep(getRngState(device))])));
}
