/** Arguments and results of a forward, taken apart into tensors and what is around them. */
import { Tensor } from '../tensor';
import { isPlainObject } from '../native/realm';

/** A value without its tensors: `{ tensor: n }` stands where the n-th was. */
export type Structure =
  | { readonly tensor: number }
  | { readonly value: unknown }
  | { readonly items: readonly Structure[] }
  | { readonly entries: readonly (readonly [key: string, value: Structure])[] };

/** What cannot be taken apart: an instance of a class, a function. */
export class UnknownStructure extends Error {
  constructor(
    readonly path: string,
    found: unknown,
  ) {
    const name = typeof found === 'function' ? 'a function' : ((found as object).constructor?.name ?? 'an object');
    super(`${path === '' ? 'it' : path} is ${name === 'a function' ? name : `an instance of ${name}`}`);
  }
}

/**
 * Takes a value apart. A tensor that occurs twice gets one number.
 * @throws UnknownStructure
 */
export function takeApart(value: unknown): { structure: Structure; tensors: Tensor[] } {
  const tensors: Tensor[] = [];
  const numbers = new Map<Tensor, number>();
  const walk = (item: unknown, path: string): Structure => {
    if (item instanceof Tensor) {
      if (!numbers.has(item)) numbers.set(item, tensors.push(item) - 1);
      return { tensor: numbers.get(item)! };
    }
    if (Array.isArray(item)) return { items: item.map((inner, i) => walk(inner, `${path}[${i}]`)) };
    if (isPlainObject(item))
      return {
        entries: Object.entries(item).map(([key, inner]) => [key, walk(inner, path === '' ? key : `${path}.${key}`)]),
      };
    if (typeof item === 'function' || (typeof item === 'object' && item !== null))
      throw new UnknownStructure(path, item);
    return { value: item };
  };
  return { structure: walk(value, ''), tensors };
}

/** Puts a value together again. */
export function putTogether(structure: Structure, tensors: readonly Tensor[]): unknown {
  if ('tensor' in structure) return tensors[structure.tensor];
  if ('items' in structure) return structure.items.map((item) => putTogether(item, tensors));
  if ('entries' in structure)
    return Object.fromEntries(structure.entries.map(([key, value]) => [key, putTogether(value, tensors)]));
  return structure.value;
}

/** A text that two values have in common exactly when the same plan may serve both: structure, shapes, types, strides. */
export function keyOf(structure: Structure, tensors: readonly Tensor[]): string {
  return `${textOf(structure)}|${tensors.map(({ dtype, device, shape, strides, layout }) => `${dtype}[${shape.join()}:${strides.join()}]${device}${layout === 'strided' ? '' : layout}`).join(';')}`;
}

function textOf(structure: Structure): string {
  if ('tensor' in structure) return `#${structure.tensor}`;
  if ('items' in structure) return `[${structure.items.map(textOf).join()}]`;
  if ('entries' in structure)
    return `{${structure.entries.map(([key, value]) => `${JSON.stringify(key)}:${textOf(value)}`).join()}}`;
  const { value } = structure;
  return Object.is(value, -0)
    ? '-0'
    : typeof value === 'string'
      ? JSON.stringify(value)
      : `${typeof value}:${String(value)}`;
}
