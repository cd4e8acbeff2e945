import { InputError } from '../errors';
import type { Device, DType } from '../tensor';

/** Where a layer's parameters live and what they are made of. */
export interface FactoryOptions {
  /** Device of the parameters and buffers. @default 'cpu' */
  readonly device?: Device;
  /** Element type of the parameters and of the floating point buffers. @default 'float32' */
  readonly dtype?: DType;
}

export const factoryDefaults = { device: 'cpu', dtype: 'float32' } as const satisfies Required<FactoryOptions>;

/**
 * `defaults` with the given options over them. An option that `defaults` does not name is an error;
 * one that is `undefined` counts as left out.
 */
export function resolveOptions<T extends object>(owner: string, defaults: T, options: Partial<T> = {}): T {
  if (typeof options !== 'object' || options === null) {
    throw new InputError(
      `${owner} takes its options as one object, got ${String(options)}: write { ${Object.keys(defaults)[0]}: … }.`,
    );
  }
  const resolved = { ...defaults };
  for (const key of Object.keys(options) as (keyof T & string)[]) {
    if (!Object.hasOwn(defaults, key)) throw unknownOption(owner, key, Object.keys(defaults));
    const value = options[key];
    if (value !== undefined) resolved[key] = value as T[typeof key];
  }
  return resolved;
}

function unknownOption(owner: string, key: string, known: string[]): InputError {
  const slip = known.find((name) => name.toLowerCase() === key.replaceAll('_', '').toLowerCase());
  const hint = slip ? `write "${slip}"` : `it takes ${known.map((name) => `"${name}"`).join(', ')}`;
  return new InputError(`${owner} has no option "${key}": ${hint}.`);
}

/** Throws unless every named value is an integer of at least `minimum`. */
export function requireSizes(owner: string, sizes: Readonly<Record<string, number>>, minimum = 0): void {
  for (const [name, value] of Object.entries(sizes)) {
    if (!Number.isInteger(value) || value < minimum) {
      throw new InputError(`${owner}: ${name} must be an integer of at least ${minimum}, got ${String(value)}.`);
    }
  }
}

/** Throws unless `p` is a probability. */
export function requireProbability(owner: string, p: number): void {
  if (!(p >= 0 && p <= 1)) throw new InputError(`${owner}: p must be a probability between 0 and 1, got ${String(p)}.`);
}
