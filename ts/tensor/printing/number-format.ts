import { printSettings } from './print-options';

/**
 * The numbers of a printed tensor, all written alike and equally wide (`_Formatter` in torch/_tensor_str.py): four digits
 * after the point, an exponent when the sizes differ too much, nothing after the point when all are whole.
 */
export interface NumberFormat<T> {
  readonly width: number;
  write(value: T): string;
}

type Writer = (value: number, digits: number) => string;

const fixed: Writer = (value, digits) => value.toFixed(digits);
// C writes at least two digits of exponent, JavaScript one.
const exponential: Writer = (value, digits) => value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');

/** The digits of the printing options, a tie rounded to the even digit as C does; JavaScript rounds it away from zero. */
function rounded(value: number, writer: Writer): string {
  if (!Number.isFinite(value)) return nonFinite(value);
  const digits = printSettings.precision;
  const text = writer(value, digits);
  const tie = /^(-?\d+\.\d*[02468])50*(e.*)?$/.exec(writer(value, Math.min(100, digits + 36))); // so many digits leave no room for a remainder
  const isTie = tie !== null && tie[1]!.length - tie[1]!.indexOf('.') === digits + 1;
  return signed(value, isTie ? tie[1]! + (tie[2] ?? '') : text);
}

const nonFinite = (value: number): string => (Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf');

/** JavaScript drops the sign of -0. */
const signed = (value: number, text: string): string => (Object.is(value, -0) ? `-${text}` : text);

const whole = (value: number): string =>
  Number.isFinite(value) ? signed(value, `${value.toFixed(0)}.`) : nonFinite(value);

/** How `values` are written. Zeros, infinities and NaNs do not count, as in PyTorch. */
export function floatFormat(values: readonly number[]): NumberFormat<number> {
  const counted = values.filter((value) => value !== 0 && Number.isFinite(value));
  let largest = 0;
  let smallest = Infinity;
  for (const value of counted) {
    largest = Math.max(largest, Math.abs(value));
    smallest = Math.min(smallest, Math.abs(value));
  }
  const far =
    counted.length > 0 && (printSettings.sciMode ?? (largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4));
  const write = far
    ? (value: number): string => rounded(value, exponential)
    : counted.every(Number.isInteger)
      ? whole
      : (value: number): string => rounded(value, fixed);
  return { width: widest(counted, write), write };
}

/** Integers and booleans, as Python writes them. */
export function wholeFormat(values: readonly (number | bigint | boolean)[]): NumberFormat<number | bigint | boolean> {
  const write = (value: number | bigint | boolean): string => {
    if (typeof value === 'boolean') return value ? 'True' : 'False';
    return String(value);
  };
  return { width: widest(values, write), write };
}

function widest<T>(values: readonly T[], write: (value: T) => string): number {
  return values.reduce<number>((width, value) => Math.max(width, write(value).length), 1);
}
