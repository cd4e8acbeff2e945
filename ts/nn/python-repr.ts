/*
 * Values as Python prints them, so that a printed model reads the same as PyTorch's, line for line.
 */

/** A Python float: 1 is `1.0`, 0.00001 is `1e-05`. */
export function float(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return `${value}.0`;
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  // Python turns to exponents below 1e-4, JavaScript below 1e-6, and Python pads them to two digits.
  if (power >= -4 && power < 16) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

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
