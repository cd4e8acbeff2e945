/** What the numbers of an element type can hold: `torch.finfo` and `torch.iinfo`. */
import { DTypeError } from '../../errors';
import { pythonFloat } from '../../printable';
import { integerRange, isComplex, isFloatingPoint, itemSize, type DType } from './dtype';
import { show } from '../../options';

/** Exponent of the least normal number, digits after the binary point, greatest number and decimal resolution of a type. */
type Format = readonly [least: number, digits: number, max: number, resolution: number];

// IEEE 754 for the wide ones; "FP8 Formats for Deep Learning" (Micikevicius et al. 2022) and OCP's MX formats for those of 8 bits.
const FORMATS: Readonly<Record<string, Format>> = {
  float16: [-14, 10, 65504, 1e-3],
  bfloat16: [-126, 7, (2 - 2 ** -7) * 2 ** 127, 1e-2],
  float32: [-126, 23, (2 - 2 ** -23) * 2 ** 127, 1e-6],
  float64: [-1022, 52, Number.MAX_VALUE, 1e-15],
  float8_e5m2: [-14, 2, 57344, 1],
  float8_e4m3fn: [-6, 3, 448, 1],
  float8_e5m2fnuz: [-15, 3, 57344, 1],
  float8_e4m3fnuz: [-7, 3, 240, 1],
};

/** Limits of a floating point type; of a complex one those of its parts. */
export interface FloatInfo {
  readonly dtype: DType;
  /** Bits of a number. */
  readonly bits: number;
  /** Least number. */
  readonly min: number;
  /** Greatest number. */
  readonly max: number;
  /** Distance from 1 to the next number. */
  readonly eps: number;
  /** Least positive number that has all its digits. */
  readonly smallestNormal: number;
  /** `smallestNormal`. */
  readonly tiny: number;
  /** Decimal resolution, 10 to the power of minus the digits that are sure. */
  readonly resolution: number;
  /** As PyTorch prints it. */
  toString(): string;
}

/** Limits of an integer type. */
export interface IntegerInfo {
  readonly dtype: DType;
  /** Bits of a number. */
  readonly bits: number;
  /** Least number; a bigint where a number cannot hold it. */
  readonly min: number | bigint;
  /** Greatest number; a bigint where a number cannot hold it. */
  readonly max: number | bigint;
  /** As PyTorch prints it. */
  toString(): string;
}

const PARTS: Readonly<Record<string, DType>> = { complex32: 'float16', complex64: 'float32', complex128: 'float64' };

/**
 * The limits of a floating point type.
 * @throws DTypeError for any other type
 */
export function finfo(dtype: DType): FloatInfo {
  if (typeof dtype !== 'string' || !(isFloatingPoint(dtype) || isComplex(dtype))) {
    throw new DTypeError(`finfo: requires a floating point type, found ${show(dtype)}; use iinfo for integers`);
  }
  const part = PARTS[dtype] ?? dtype;
  const format = FORMATS[part];
  const [least, max, eps, resolution] = format
    ? [2 ** format[0], format[2], 2 ** -format[1], format[3]]
    : [2 ** -127, 2 ** 127, 1, 1];
  const min = format ? -max : least; // float8_e8m0fnu has no sign
  const shown = Object.entries({ min, max, eps, smallest_normal: least, tiny: least }).map(
    ([name, value]) => `${name}=${sixDigits(value)}`,
  );
  const info = { dtype: part, bits: 8 * itemSize(part), min, max, eps, smallestNormal: least, tiny: least, resolution };
  return withText(info, `finfo(resolution=${sixDigits(resolution)}, ${shown.join(', ')}, dtype=${part})`);
}

/**
 * The limits of an integer type.
 * @throws DTypeError for any other type
 */
export function iinfo(dtype: DType): IntegerInfo {
  const range = typeof dtype === 'string' ? integerRange(dtype) : null;
  if (!range)
    throw new DTypeError(`iinfo: requires an integer type, found ${show(dtype)}; use finfo for floating point types`);
  const [min, max] = range.map((value) =>
    BigInt(Number(value)) === value && Number.isSafeInteger(Number(value)) ? Number(value) : value,
  ) as [number | bigint, number | bigint];
  const text = [min, max].map((value) => sixDigits(Number(value)));
  return withText(
    { dtype, bits: 8 * itemSize(dtype), min, max },
    `iinfo(min=${text[0]}, max=${text[1]}, dtype=${dtype})`,
  );
}

/** C's `%g`: six digits, an exponent for the very large and very small. */
function sixDigits(value: number): string {
  // C rounds a tie to the even digit, JavaScript away from zero.
  const tie = /^(-?\d\.\d{4}[02468])5(e.*)$/.exec(value.toExponential(6));
  const short = tie && Number(tie[0]) === value ? Number(tie[1]! + tie[2]!) : Number(value.toPrecision(6));
  return Math.abs(short) >= 1e6 ? exponent(short) : pythonFloat(short).replace(/\.0$/, '');
}

function exponent(value: number): string {
  const [digits, power] = value.toExponential().split('e') as [string, string];
  return `${digits}e${power[0]}${power.slice(1).padStart(2, '0')}`;
}

function withText<T extends object>(info: T, text: string): T {
  Object.defineProperty(info, 'toString', { value: () => text });
  return Object.freeze(info);
}
