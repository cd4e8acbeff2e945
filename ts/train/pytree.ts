/** Nested objects and lists that hold tensors, such as an optimizer's state dict or a batch, as JSON and named tensors. */
import { Tensor } from '../tensor';

/** A state dictionary without its tensors: each is a `{ $tensor: name }` where it was. */
export type Skeleton = unknown;

/** Splits nested objects and lists into plain JSON and named tensors; `joinTensors` is its inverse. */
export function splitTensors(tree: unknown): { skeleton: Skeleton; tensors: Record<string, Tensor> } {
  const tensors: Record<string, Tensor> = {};
  const walk = (value: unknown, name: string): unknown => {
    if (value instanceof Tensor) {
      tensors[name] = value;
      return { $tensor: name };
    }
    if (Array.isArray(value)) return value.map((item, i) => walk(item, `${name}.${i}`));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, walk(item, name === '' ? key : `${name}.${key}`)]),
    );
  };
  return { skeleton: walk(tree, ''), tensors };
}

/** Puts the tensors back where `splitTensors` took them from. */
export function joinTensors(skeleton: Skeleton, tensors: Readonly<Record<string, Tensor>>): unknown {
  if (Array.isArray(skeleton)) return skeleton.map((item) => joinTensors(item, tensors));
  if (typeof skeleton !== 'object' || skeleton === null) return skeleton;
  if ('$tensor' in skeleton) return tensors[skeleton.$tensor as string];
  return Object.fromEntries(Object.entries(skeleton).map(([key, item]) => [key, joinTensors(item, tensors)]));
}
