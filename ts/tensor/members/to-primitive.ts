/** Tensors where JavaScript wants a number, a string or JSON. */
import { DTypeError, ShapeError } from '../../errors';
import { isComplex } from '../types/dtype';
import type { Tensor } from '../core/tensor';

/**
 * What operators of JavaScript see: text for a template, else the element of a tensor that has one.
 * @throws ShapeError for several elements, or none: `a + b` of such tensors is `a.add(b)`
 */
export function toPrimitive(tensor: Tensor, hint: string): string | number | bigint | boolean {
  if (hint === 'string') return tensor.toString();
  const { shape, dtype } = tensor;
  if (tensor.numel() !== 1) {
    throw new ShapeError(
      `expected a tensor of one element where JavaScript wants a number, found shape [${shape.join(', ')}]; write a.add(b) for a + b, a.lt(b) for a < b, String(a) for its text`,
    );
  }
  if (isComplex(dtype))
    throw new DTypeError(
      `expected a real tensor where JavaScript wants a number, found ${dtype}; take a.real() or a.abs()`,
    );
  return tensor.item() as number | bigint | boolean;
}

/** `toArray()`, with integers that no number holds as strings of digits, since JSON knows no bigint. */
export function toJSON(tensor: Tensor): unknown {
  return jsonOf(tensor.toArray<unknown>());
}

function jsonOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(jsonOf);
  return typeof value === 'bigint' ? String(value) : value;
}
