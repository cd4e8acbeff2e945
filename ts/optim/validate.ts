import { InputError } from '../errors';

/** Throws unless `value` lies in `[least, most)`. */
export function checkRange(owner: string, name: string, value: number, least: number, most = Infinity): void {
  if (value >= least && value < most) return;
  const range = most === Infinity ? `at least ${least}` : `at least ${least} and below ${most}`;
  throw new InputError(`${owner}: ${name} must be ${range}, got ${String(value)}.`);
}

/** Throws unless both lie in `[0, 1)`. */
export function requireBetas(owner: string, betas: readonly [number, number]): void {
  checkRange(owner, 'betas[0]', betas[0], 0, 1);
  checkRange(owner, 'betas[1]', betas[1], 0, 1);
}
