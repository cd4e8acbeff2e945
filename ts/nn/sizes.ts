import { InputError, ShapeError } from '../errors';
import { expected, show } from '../options';

/** One number for every spatial dimension, or one for each: `[height, width]`. */
export type Size2 = number | readonly [number, number];

/** One number, or one for each of a known count of dimensions. */
export type SizeN = number | readonly number[];

/** `size` as an array of `dimensions` numbers. */
export function expandSize(owner: string, name: string, size: SizeN, dimensions: number): number[] {
  if (typeof size === 'number') return Array<number>(dimensions).fill(size);
  if (!Array.isArray(size)) {
    throw expected(owner, `a number or an array of ${dimensions} for ${name}`, size);
  }
  if (size.length !== dimensions) {
    throw new ShapeError(`${owner}: expected one number or ${dimensions} of them for ${name}, found ${show(size)}`);
  }
  return [...(size as readonly number[])];
}

/** The sizes of the last dimensions, which a norm is over: a number or a list of whole numbers. */
export function normalizedSizes(owner: string, shape: SizeN): number[] {
  const sizes = typeof shape === 'number' ? [shape] : shape;
  const fits = Array.isArray(sizes) && sizes.every((size) => Number.isInteger(size) && size >= 0);
  if (!fits) throw expected(owner, 'a size or a list of sizes for normalizedShape', shape, '', InputError);
  return [...sizes];
}
