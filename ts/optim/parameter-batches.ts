/** The parameters of a group in batches that one call of an operator takes, and what most optimizers compute of a batch. */
import type { Device, Tensor } from '../tensor';
import type { ParamState } from './state-dict';

/** Parameters of one device, type and kind of state, in lists as the fused and foreach operators take them. */
export interface Batch {
  readonly params: Tensor[];
  readonly states: ParamState[];
  readonly device: Device;
  /** Parameters and gradients lie in memory alike, as the fused operators of the CPU take for granted. */
  readonly aligned: boolean;
  /** The tensors that every state has under `name`; the same array at each call. */
  list(name: string): Tensor[];
  /** Those of a group's gradients that belong to `params`. */
  pick(gradients: readonly (Tensor | null)[]): Tensor[];
}

/**
 * How a group's parameters fall into batches. It stays the same from step to step while the same parameters have
 * gradients, so the lists are made once and a step costs little JavaScript.
 */
export class ParameterBatches {
  readonly batches: readonly Batch[];
  readonly #params: readonly Tensor[];
  readonly #present: readonly boolean[];

  constructor(
    params: readonly Tensor[],
    gradients: readonly (Tensor | null)[],
    stateOf: (param: Tensor) => ParamState,
  ) {
    this.#params = [...params];
    this.#present = gradients.map((gradient) => gradient !== null);
    const byKind = new Map<string, number[]>();
    const states = params.map((param, i) => (gradients[i] === null ? null : stateOf(param)));
    for (const [i, state] of states.entries()) {
      if (state === null) continue;
      const { device, dtype } = params[i]!;
      const kind = `${device} ${dtype} ${aligned(params[i]!, gradients[i]!)} ${Object.keys(state).join(' ')}`;
      const indices = byKind.get(kind);
      if (indices) indices.push(i);
      else byKind.set(kind, [i]);
    }
    this.batches = Array.from(byKind.values(), (indices) => batch(params, gradients, states, indices));
  }

  /** Whether the batches still hold for these parameters and gradients. */
  fits(params: readonly Tensor[], gradients: readonly (Tensor | null)[]): boolean {
    if (params.length !== this.#params.length) return false;
    for (let i = 0; i < params.length; i++) {
      if (params[i] !== this.#params[i] || (gradients[i] !== null) !== this.#present[i]) return false;
    }
    return true;
  }
}

function aligned(param: Tensor, gradient: Tensor): boolean {
  return param.strides.join() === gradient.strides.join();
}

function batch(
  params: readonly Tensor[],
  gradients: readonly (Tensor | null)[],
  states: readonly (ParamState | null)[],
  indices: readonly number[],
): Batch {
  const first = indices[0]!;
  const lists = new Map<string, Tensor[]>();
  const mine = indices.map((i) => states[i]!);
  return {
    params: indices.map((i) => params[i]!),
    states: mine,
    device: params[first]!.device,
    aligned: aligned(params[first]!, gradients[first]!),
    list(name) {
      let list = lists.get(name);
      if (list === undefined) lists.set(name, (list = mine.map((state) => state[name] as Tensor)));
      return list;
    },
    pick: (gradients) => indices.map((i) => gradients[i]!),
  };
}

/** Devices whose backends carry the fused optimizer kernels. */
const fusedDevices = ['cpu', 'cuda', 'mps', 'xpu'];

/** Options of the optimizers that libtorch has a fused kernel for. */
export interface FusedGroup {
  /** Step by the fused kernel; null where the device has one. */
  fused: boolean | null;
}

/** Whether a batch steps by one fused kernel; otherwise by `_foreach` operators, which every device has. */
export function usesFused({ device, aligned }: Batch, { fused }: FusedGroup): boolean {
  if (fused !== null) return fused && aligned;
  return aligned && fusedDevices.includes(device.split(':')[0] as string);
}

import * as torch from '../tensor';
import * as each from './foreach';

/** The options that most optimizers share. */
export interface GradientOptions {
  /** Learning rate, at least 0. */
  readonly lr?: number;
  /** Added to the gradient as `weightDecay * param`, at least 0. @default 0 */
  readonly weightDecay?: number;
  /** Climb instead of descending. @default false */
  readonly maximize?: boolean;
}

/** What to descend along: the gradients, turned round where the group climbs, and with the pull of its weight decay. */
export function effectiveGradients(
  { params }: Pick<Batch, 'params'>,
  given: Tensor[],
  { maximize, weightDecay = 0 }: { readonly maximize: boolean; readonly weightDecay?: number },
): Tensor[] {
  const gradients = maximize ? each.neg(given) : given;
  return weightDecay === 0 ? gradients : each.add(gradients, params, weightDecay);
}

/** Counts one step and gives the number of each parameter's: parameters without a gradient stand still. */
export function countSteps(batch: Batch): number[] {
  const steps = batch.list('step');
  each.addScalars_(steps, 1);
  return readScalars(steps);
}

/** The numbers in scalar tensors, in one copy. */
export function readScalars(scalars: readonly Tensor[]): number[] {
  return Array.from(torch.stack([...scalars]).data() as Float32Array | Float64Array);
}

/** A scalar that counts or accumulates in single precision, whatever the type of the parameters. */
export function scalarState(value: number, device: Device): Tensor {
  return torch.full([], value, { dtype: 'float32', device });
}
