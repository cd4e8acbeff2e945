import { InputError } from '../errors';
import { expected } from '../options';

/** Throws unless `value` lies in `[least, most)`. */
export function checkRange(owner: string, name: string, value: number, least: number, most = Infinity): void {
  if (typeof value === 'number' && value >= least && value < most) return;
  const range = most === Infinity ? `at least ${least}` : `at least ${least} and below ${most}`;
  throw expected(owner, `a number of ${range} for ${name}`, value, '', InputError);
}

/** Throws unless `value` is a list of two. */
export function requirePair(owner: string, name: string, value: unknown): void {
  if (!Array.isArray(value) || value.length !== 2)
    throw expected(owner, `two numbers for ${name}`, value, '', InputError);
}

/** Throws unless both lie in `[0, 1)`. */
export function requireBetas(owner: string, betas: readonly [number, number]): void {
  requirePair(owner, 'betas', betas);
  checkRange(owner, 'betas[0]', betas[0], 0, 1);
  checkRange(owner, 'betas[1]', betas[1], 0, 1);
}
