/*
 * Values as Python prints them, so that a printed model reads the same as PyTorch's, line for line.
 */

export { float } from '../tensor/python-float';

/** A Python bool. */
export function bool(value: boolean): string {
  return value ? 'True' : 'False';
}

/** A Python tuple of ints: `(3,)`, `(3, 3)`. */
export function tuple(values: readonly number[]): string {
  return values.length === 1 ? `(${values[0]},)` : `(${values.join(', ')})`;
}

/** A size as it was given: a plain number, or a tuple. */
export function size(value: number | readonly number[]): string {
  return typeof value === 'number' ? String(value) : tuple(value);
}
