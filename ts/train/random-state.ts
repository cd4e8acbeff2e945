import { accelerator, device, getRngState, keep, scoped, setRngState, type Device, type Tensor } from '../tensor';

/** Where the default generators of all devices stand. */
export class RandomState {
  readonly #states: readonly (readonly [Device, Tensor])[];

  constructor() {
    const kind = accelerator.current();
    const accelerators =
      kind === null ? [] : Array.from({ length: accelerator.deviceCount() }, (_, i) => `${kind}:${i}`);
    const devices: Device[] = ['cpu', ...accelerators.map((name) => device(name))];
    this.#states = scoped(() => devices.map((where) => [where, keep(getRngState(where))] as const));
  }

  /** Puts the generators back to where they stood; once. */
  restore(): void {
    for (const [where, state] of this.#states) {
      setRngState(state, where);
      state.dispose();
    }
  }
}
