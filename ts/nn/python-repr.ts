/*
 * Values as Python prints them, so that a printed model reads the same as PyTorch's, line for line.
 */

export { pythonFloat as float } from '../printable';

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

/** A module with its options and its children, one line for each of these, as PyTorch prints it. */
export function moduleRepr(name: string, options: string, children: readonly string[]): string {
  const extra = options === '' ? [] : options.split('\n');
  if (children.length === 0 && extra.length <= 1) return `${name}(${extra.join('')})`;
  return `${name}(\n  ${[...extra, ...children].join('\n  ')}\n)`;
}

/** All lines but the first moved two columns to the right. */
export function indent(text: string): string {
  return text.replaceAll('\n', '\n  ');
}
