/** Arguments and results of a forward, flattened into tensors and what is around them, as torch.utils._pytree does. */
import { Tensor } from '../tensor';
import { isPlainObject } from '../native/realm';

/** A value without its tensors: `{ tensor: n }` stands where the n-th was. */
export type TreeSpec =
  | { readonly tensor: number }
  | { readonly value: unknown }
  | { readonly items: readonly TreeSpec[] }
  | { readonly entries: readonly (readonly [key: string, value: TreeSpec])[] };

/** For what cannot be flattened: an instance of a class, a function. */
export class NotAPytree extends Error {
  constructor(
    readonly path: string,
    found: unknown,
  ) {
    const name = typeof found === 'function' ? 'a function' : ((found as object).constructor?.name ?? 'an object');
    super(`${path === '' ? 'it' : path} is ${name === 'a function' ? name : `an instance of ${name}`}`);
  }
}

/**
 * The tensors of a value, and how it is put together of them. A tensor that occurs twice gets one number.
 * @throws NotAPytree for an instance of a class or a function
 */
export function treeFlatten(value: unknown): { spec: TreeSpec; tensors: Tensor[] } {
  const tensors: Tensor[] = [];
  const numbers = new Map<Tensor, number>();
  const walk = (item: unknown, path: string): TreeSpec => {
    if (item instanceof Tensor) {
      if (!numbers.has(item)) numbers.set(item, tensors.push(item) - 1);
      return { tensor: numbers.get(item)! };
    }
    if (Array.isArray(item)) return { items: item.map((inner, i) => walk(inner, `${path}[${i}]`)) };
    if (isPlainObject(item))
      return {
        entries: Object.entries(item).map(([key, inner]) => [key, walk(inner, path === '' ? key : `${path}.${key}`)]),
      };
    if (typeof item === 'function' || (typeof item === 'object' && item !== null)) throw new NotAPytree(path, item);
    return { value: item };
  };
  return { spec: walk(value, ''), tensors };
}

/** The value of a spec and its tensors: the inverse of {@link treeFlatten}. */
export function treeUnflatten(spec: TreeSpec, tensors: readonly Tensor[]): unknown {
  if ('tensor' in spec) return tensors[spec.tensor];
  if ('items' in spec) return spec.items.map((item) => treeUnflatten(item, tensors));
  if ('entries' in spec)
    return Object.fromEntries(spec.entries.map(([key, value]) => [key, treeUnflatten(value, tensors)]));
  return spec.value;
}

/** A text that two values have in common exactly when the same plan may serve both: spec, and types, shapes, strides, devices and layouts. */
export function keyOf(spec: TreeSpec, tensors: readonly Tensor[]): string {
  return `${textOf(spec)}|${tensors.map(({ dtype, device, shape, strides, layout }) => `${dtype}[${shape.join()}:${strides.join()}]${device}${layout === 'strided' ? '' : layout}`).join(';')}`;
}

function textOf(spec: TreeSpec): string {
  if ('tensor' in spec) return `#${spec.tensor}`;
  if ('items' in spec) return `[${spec.items.map(textOf).join()}]`;
  if ('entries' in spec)
    return `{${spec.entries.map(([key, value]) => `${JSON.stringify(key)}:${textOf(value)}`).join()}}`;
  const { value } = spec;
  return Object.is(value, -0)
    ? '-0'
    : typeof value === 'string'
      ? JSON.stringify(value)
      : `${typeof value}:${String(value)}`;
}
