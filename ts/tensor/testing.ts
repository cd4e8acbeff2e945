/** torch.testing: assertions about tensors, for tests. */
import { AssertionError } from 'node:assert';
import { DTypeError, InputError } from '../errors';
import { isMap, isPlainObject } from '../native/realm';
import { fromTypedArray } from './creation/create';
import { isComplex, isFloatingPoint, isQuantized, itemSize, type DType, type Complex } from './types/dtype';
import { scoped } from './memory/lifetime';
import { noGrad } from './core/modes';
import { formatValue, operator } from './operators/operator';
import { resolveOptions } from '../options';
import { pythonFloat } from '../printable';
import { Tensor } from './core/tensor';

/** Options of {@link assertClose}; `rtol` and `atol` come together or not at all. */
export interface AssertCloseOptions {
  /** Relative tolerance, times the expected value. @default by element type: 1.3e-6 for float32 */
  readonly rtol?: number;
  /** Absolute tolerance. @default by element type: 1e-5 for float32 */
  readonly atol?: number;
  /** Whether two NaN are the same. @default false */
  readonly equalNan?: boolean;
  /** Compare devices; otherwise both are moved to the CPU. @default true */
  readonly checkDevice?: boolean;
  /** Compare element types; otherwise both are promoted. @default true */
  readonly checkDtype?: boolean;
  /** Compare layouts; otherwise both are made dense. @default true */
  readonly checkLayout?: boolean;
  /** Compare strides. @default false */
  readonly checkStride?: boolean;
  /** The message of the error, or a function of the usual one. */
  readonly msg?: string | ((message: string) => string);
}

type Settings = Required<Omit<AssertCloseOptions, 'rtol' | 'atol' | 'msg'>> & AssertCloseOptions;

const defaults: Settings = {
  rtol: undefined,
  atol: undefined,
  equalNan: false,
  checkDevice: true,
  checkDtype: true,
  checkLayout: true,
  checkStride: false,
  msg: undefined,
} as Settings;

// torch/testing/_comparison.py; other types compare exactly.
const TOLERANCES: Readonly<Partial<Record<DType | 'number', readonly [rtol: number, atol: number]>>> = {
  float16: [1e-3, 1e-5],
  bfloat16: [1.6e-2, 1e-5],
  float32: [1.3e-6, 1e-5],
  float64: [1e-7, 1e-7],
  complex32: [1e-3, 1e-5],
  complex64: [1.3e-6, 1e-5],
  complex128: [1e-7, 1e-7],
  quint8: [1.3e-6, 1e-5],
  qint8: [1.3e-6, 1e-5],
  qint32: [1.3e-6, 1e-5],
};

interface Tolerances {
  readonly rtol: number;
  readonly atol: number;
}

/**
 * Throws unless `actual` is close to `expected`: `|actual - expected| <= atol + rtol * |expected|` for each element, and the same
 * shape, element type, device and layout. Takes tensors, typed arrays, numbers, bigints, booleans, null, and arrays, Maps and
 * objects of them.
 * @throws AssertionError that names the greatest differences and where they are
 */
export function assertClose(actual: unknown, expected: unknown, options: AssertCloseOptions = {}): void {
  const settings = resolveOptions('assertClose', defaults, options);
  if ((settings.rtol === undefined) !== (settings.atol === undefined)) {
    throw new InputError(
      `assertClose: both 'rtol' and 'atol' must be either specified or omitted, but got no ${settings.rtol === undefined ? 'rtol' : 'atol'}`,
    );
  }
  noGrad(() => scoped(() => compare(actual, expected, settings, '')));
}

function fail({ msg }: Settings, message: string, path: string): never {
  const located = path === '' ? message : `${message}\n\nThe failure occurred for item ${path}`;
  const text = msg === undefined ? located : typeof msg === 'function' ? msg(located) : msg;
  throw new AssertionError({ message: text, stackStartFn: assertClose });
}

function compare(actual: unknown, expected: unknown, settings: Settings, path: string): void {
  if (actual === null || expected === null) {
    if (actual !== expected) fail(settings, `None mismatch: ${String(actual)} is not ${String(expected)}`, path);
  } else if (actual instanceof Tensor && expected instanceof Tensor) compareTensors(actual, expected, settings, path);
  else if (isTyped(actual) && isTyped(expected))
    compareTensors(fromTypedArray(actual), fromTypedArray(expected), settings, path);
  else if (Array.isArray(actual) && Array.isArray(expected)) compareArrays(actual, expected, settings, path);
  else if (isMap(actual) && isMap(expected)) compareMaps(actual, expected, settings, path);
  else if (isNumber(actual) && isNumber(expected)) compareNumbers(actual, expected, settings, path);
  else if (typeof actual === 'boolean' && typeof expected === 'boolean') {
    if (actual !== expected) fail(settings, `Booleans mismatch: ${actual} is not ${expected}`, path);
  } else if (isPlainObject(actual) && isPlainObject(expected))
    compareMaps(new Map(Object.entries(actual)), new Map(Object.entries(expected)), settings, path);
  else
    throw new DTypeError(
      `assertClose: no comparison is able to handle ${formatValue(actual)} and ${formatValue(expected)}${path === '' ? '' : `, item ${path}`}`,
    );
}

const isTyped = (value: unknown): value is NodeJS.TypedArray =>
  ArrayBuffer.isView(value) && !(value instanceof DataView);
const isNumber = (value: unknown): value is number | bigint | Complex =>
  typeof value === 'number' ||
  typeof value === 'bigint' ||
  (typeof value === 'object' && value !== null && 're' in value && 'im' in value);

function compareArrays(
  actual: readonly unknown[],
  expected: readonly unknown[],
  settings: Settings,
  path: string,
): void {
  if (actual.length !== expected.length)
    fail(settings, `The length of the sequences mismatch: ${actual.length} != ${expected.length}`, path);
  for (const [i, item] of actual.entries()) compare(item, expected[i], settings, `${path}[${i}]`);
}

function compareMaps(
  actual: ReadonlyMap<unknown, unknown>,
  expected: ReadonlyMap<unknown, unknown>,
  settings: Settings,
  path: string,
): void {
  const quoted = (keys: readonly unknown[]): string => `[${keys.map((key) => `'${String(key)}'`).join(', ')}]`;
  const missing = [...expected.keys()].filter((key) => !actual.has(key));
  const additional = [...actual.keys()].filter((key) => !expected.has(key));
  if (missing.length + additional.length > 0) {
    const lines = ['The keys of the mappings do not match:'];
    if (missing.length > 0) lines.push(`Missing keys in the actual mapping: ${quoted(missing)}`);
    if (additional.length > 0) lines.push(`Additional keys in the actual mapping: ${quoted(additional)}`);
    fail(settings, lines.join('\n'), path);
  }
  for (const [key, item] of actual) compare(item, expected.get(key), settings, `${path}['${String(key)}']`);
}

function tolerancesOf({ rtol, atol }: Settings, types: readonly DType[]): Tolerances {
  if (rtol !== undefined && atol !== undefined) return { rtol, atol };
  const known = types.map((type) => TOLERANCES[type] ?? [0, 0]);
  return {
    rtol: Math.max(0, ...known.map(([first]) => first)),
    atol: Math.max(0, ...known.map(([, second]) => second)),
  };
}

function compareNumbers(
  actual: number | bigint | Complex,
  expected: number | bigint | Complex,
  settings: Settings,
  path: string,
): void {
  const isWhole = (value: unknown): boolean => typeof value === 'bigint' || Number.isSafeInteger(value);
  const whole = isWhole(actual) && isWhole(expected);
  const tolerances = tolerancesOf(settings, whole ? [] : ['float64']);
  const [a, b] = [actual, expected].map((value) =>
    typeof value === 'object' ? value : { re: Number(value), im: 0 },
  ) as [Complex, Complex];
  const difference =
    whole && typeof actual !== typeof expected
      ? Number(BigInt(actual as number) - BigInt(expected as number))
      : Math.hypot(a.re - b.re, a.im - b.im);
  const size = Math.hypot(b.re, b.im);
  const same =
    actual === expected ||
    (a.re === b.re && a.im === b.im) ||
    (settings.equalNan && Number.isNaN(a.re + a.im) && Number.isNaN(b.re + b.im));
  if (same || (Number.isFinite(difference) && Math.abs(difference) <= tolerances.atol + tolerances.rtol * size)) return;
  const write = (value: number | bigint | Complex): string =>
    typeof value === 'object'
      ? `(${value.re}${value.im < 0 ? '' : '+'}${value.im}j)`
      : typeof value === 'bigint' || whole
        ? String(value)
        : pythonFloat(value);
  const number = whole ? String : pythonFloat;
  const lines = [
    `Scalars are not ${word(tolerances)}!\n`,
    `Expected ${write(expected)} but got ${write(actual)}.`,
    `Absolute difference: ${number(Math.abs(difference))}${allowed(tolerances, 'atol')}`,
    `Relative difference: ${size === 0 ? 'inf' : pythonFloat(Math.abs(difference) / size)}${allowed(tolerances, 'rtol')}`,
  ];
  fail(settings, lines.join('\n'), path);
}

const isExact = ({ rtol, atol }: Tolerances): boolean => rtol === 0 && atol === 0;
const word = (tolerances: Tolerances): string => (isExact(tolerances) ? 'equal' : 'close');
const allowed = (tolerances: Tolerances, name: 'rtol' | 'atol'): string =>
  isExact(tolerances) ? '' : ` (up to ${tolerances[name] === 0 ? '0' : pythonFloat(tolerances[name])} allowed)`;

function compareTensors(actual: Tensor, expected: Tensor, settings: Settings, path: string): void {
  const size = ({ shape }: Tensor): string => `torch.Size([${shape.join(', ')}])`;
  const tuple = ({ strides }: Tensor): string => `(${strides.join(', ')}${strides.length === 1 ? ',' : ''})`;
  const facts: [boolean, string, (tensor: Tensor) => string][] = [
    [true, 'shape', size],
    [settings.checkLayout, 'layout', ({ layout }) => `torch.${layout}`],
    [settings.checkDevice, 'device', ({ device }) => device],
    [settings.checkDtype, 'dtype', ({ dtype }) => `torch.${dtype}`],
    [settings.checkStride, 'stride()', tuple],
  ];
  for (const [isChecked, name, of] of facts) {
    if (isChecked && of(actual) !== of(expected))
      fail(settings, `The values for attribute '${name}' do not match: ${of(actual)} != ${of(expected)}.`, path);
  }
  const tolerances = tolerancesOf(settings, [actual.dtype, expected.dtype]);
  compareValues(alike(actual, expected), alike(expected, actual), tolerances, settings, path);
}

/** Dense, on the CPU, of the type to which both promote. */
function alike(tensor: Tensor, other: Tensor): Tensor {
  let dense = isQuantized(tensor.dtype) ? tensor.dequantize() : tensor;
  if (dense.layout !== 'strided') dense = dense.toDense();
  if (dense.device !== other.device) dense = dense.cpu();
  if (isFloatingPoint(dense.dtype) && itemSize(dense.dtype) === 1) dense = dense.to('float32');
  if (tensor.dtype === other.dtype) return dense;
  const type = operator('aten', 'promote_types').call([
    dense.dtype,
    isQuantized(other.dtype) ? 'float32' : other.dtype,
  ]) as DType;
  return dense.to(type);
}

function compareValues(
  actual: Tensor,
  expected: Tensor,
  tolerances: Tolerances,
  settings: Settings,
  path: string,
): void {
  if (actual.numel() === 0) return;
  const matches = operator('aten', 'isclose').call([actual, expected], {
    ...tolerances,
    equal_nan: settings.equalNan,
  }) as Tensor;
  if (matches.all().item()) return;
  const total = matches.numel();
  const mismatches = total - Number(matches.sum().item());
  const isReal = isFloatingPoint(actual.dtype) || isComplex(actual.dtype);
  const [a, b] = [actual, expected].map((tensor) => (isReal ? tensor : tensor.to('int64')).flatten()) as [
    Tensor,
    Tensor,
  ];
  const flat = matches.flatten();
  const absolute = a.sub(b).abs().maskedFill(flat, 0);
  const relative = absolute.div(b.abs()).maskedFill(flat, 0);
  const line = (kind: string, difference: Tensor, name: 'rtol' | 'atol'): string => {
    const [greatest, position] = difference.max(0) as [Tensor, Tensor];
    const value = Number(greatest.item());
    const shown = isFloatingPoint(difference.dtype)
      ? Number.isFinite(value)
        ? pythonFloat(value)
        : String(value).toLowerCase().replace('infinity', 'inf')
      : String(value);
    return `Greatest ${kind} difference: ${shown} at index ${indexText(Number(position.item()), actual.shape)}${allowed(tolerances, name)}`;
  };
  const lines = [
    `${actual.ndim === 0 ? 'Scalars' : 'Tensor-likes'} are not ${word(tolerances)}!\n`,
    actual.ndim === 0
      ? `Expected ${write(expected)} but got ${write(actual)}.`
      : `Mismatched elements: ${mismatches} / ${total} (${((100 * mismatches) / total).toFixed(1)}%)`,
    ...(actual.ndim === 0
      ? [line('absolute', absolute, 'atol'), line('relative', relative, 'rtol')].map((text) =>
          text.replace(
            /^Greatest (.)(\w+) (difference: \S+) at index \(\)/,
            (_, first: string, rest: string, tail: string) => `${first.toUpperCase()}${rest} ${tail}`,
          ),
        )
      : [line('absolute', absolute, 'atol'), line('relative', relative, 'rtol')]),
  ];
  fail(settings, lines.join('\n'), path);
}

function write(scalar: Tensor): string {
  const value = scalar.item() as number | bigint | boolean | Complex;
  if (typeof value === 'object') return `(${value.re}${value.im < 0 ? '' : '+'}${value.im}j)`;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'number' && isFloatingPoint(scalar.dtype) ? pythonFloat(value) : String(value);
}

/** The index of a position in row-major order: `(1, 2)`. */
function indexText(position: number, shape: readonly number[]): string {
  const index: number[] = [];
  let left = position;
  for (const size of [...shape].reverse()) {
    index.unshift(left % size);
    left = Math.floor(left / size);
  }
  return `(${index.join(', ')}${index.length === 1 ? ',' : ''})`;
}
