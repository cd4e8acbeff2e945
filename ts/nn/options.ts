import { InputError } from '../errors';
import { expected, resolveOptions as shared, type Given } from '../options';
import { getDefaultDevice, getDefaultDtype, type Tensor, type Device, type DType } from '../tensor';

/** Where a layer's parameters live and what they are made of. */
export interface FactoryOptions {
  /** Device of the parameters and buffers. @default 'cpu' */
  readonly device?: Device;
  /** Element type of the parameters and of the floating point buffers. @default 'float32' */
  readonly dtype?: DType;
}

export const factoryDefaults = { device: 'cpu', dtype: 'float32' } as const satisfies Required<FactoryOptions>;

export { bindArguments, expected } from '../options';
export { requireFunction, requireTensor, requireTensors, tensorsOf } from '../tensor/core/arguments';

/** What a forward takes beside its inputs: one object, or PyTorch's order, and an object behind it for the rest. */
export type ByNameOrPosition<Options> = readonly [options?: Options] | readonly (Tensor | boolean | null | Options)[];

/**
 * See {@link shared}. Where a layer has {@link factoryDefaults}, what the user leaves out follows `torch.setDefaultDtype` and
 * `torch.setDefaultDevice`.
 */
export function resolveOptions<T extends object>(owner: string, defaults: T, options?: Given<T>): T {
  return withFactory(defaults, (current) => shared(owner, current, options));
}

/** What `resolve` makes of `defaults`, in which the device and the type of {@link factoryDefaults} are those of the process; null stands for them too. */
export function withFactory<T extends object>(defaults: T, resolve: (defaults: T) => T): T {
  if (!('dtype' in defaults && 'device' in defaults)) return resolve(defaults);
  const [dtype, device] = [getDefaultDtype(), getDefaultDevice()];
  const resolved = resolve({ ...defaults, dtype, device }) as T & Given<FactoryOptions>;
  return { ...resolved, dtype: resolved.dtype ?? dtype, device: resolved.device ?? device };
}

/** Throws unless every named value is an integer of at least `minimum`. */
export function requireSizes(owner: string, sizes: Readonly<Record<string, number>>, minimum = 0): void {
  for (const [name, value] of Object.entries(sizes)) {
    if (!Number.isInteger(value) || value < minimum) {
      throw expected(owner, `an integer of at least ${minimum} for ${name}`, value, '', InputError);
    }
  }
}

/** Throws unless `p` is a probability. */
export function requireProbability(owner: string, p: number): void {
  if (!(typeof p === 'number' && p >= 0 && p <= 1))
    throw expected(owner, 'a probability between 0 and 1 for p', p, '', InputError);
}
