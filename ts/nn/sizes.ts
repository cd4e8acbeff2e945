import { ShapeError } from '../errors';
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
