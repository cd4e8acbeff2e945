import type { Device } from '../types/device';
import { keep, scoped } from '../memory/lifetime';
import { getRngState, setRngState } from '../random/random';
import { Tensor } from '../core/tensor';

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
