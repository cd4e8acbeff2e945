/** torch.signal.windows: weights of the samples of a signal, one float for each of `M`, the greatest of them 1. */
import { InputError } from '../../../errors';
import { expected, resolveOptions, type Given } from '../../../options';
import type { TensorOptions } from '../../creation/create';
import type { Device } from '../../types/device';
import { getDefaultDevice, getDefaultDtype } from '../../types/defaults';
import type { DType } from '../../types/dtype';
import { arange, empty, linspace, ones } from '../../creation/fill';
import { tensor } from '../../creation/create';
import { noGrad } from '../../core/modes';
import { scoped } from '../../memory/lifetime';
import type { Tensor } from '../../core/tensor';

export interface WindowOptions {
  /** A symmetric window, as filters are designed with; false gives a period of one, for spectra. @default true */
  readonly sym?: boolean;
  /** `'float32'` or `'float64'`. @default the default type */
  readonly dtype?: DType;
  /** @default the default device */
  readonly device?: Device;
  /** @default false */
  readonly requiresGrad?: boolean;
}

const DEFAULTS = { sym: true, dtype: null as DType | null, device: null as Device | null, requiresGrad: false };

/** What is resolved of the options of any window. */
type Resolved<T> = T & { readonly sym: boolean; readonly dtype: DType; readonly device: Device };

/** Options resolved and checked; `make` gets them, and what it gives becomes the window. */
function windowOf<T extends object>(
  owner: string,
  M: number,
  own: T,
  options: object,
  make: (options: Resolved<T>) => Tensor,
): Tensor {
  const { requiresGrad, ...given } = resolveOptions(
    owner,
    { ...own, ...DEFAULTS },
    options as Given<T & typeof DEFAULTS>,
  );
  if (!Number.isInteger(M) || M < 0)
    throw expected(owner, 'a whole number of at least 0 for the length M', M, '', InputError);
  const dtype = given.dtype ?? getDefaultDtype();
  const device = given.device ?? getDefaultDevice();
  if (dtype !== 'float32' && dtype !== 'float64') throw expected(owner, "the dtype 'float32' or 'float64'", dtype);
  const make0 = (): Tensor =>
    M === 0 ? empty([0], { dtype, device }) : make({ ...given, dtype, device } as Resolved<T>);
  const made = noGrad(() => scoped(make0));
  return requiresGrad ? (made.requiresGrad_(true) as Tensor) : made;
}

function requirePositive(owner: string, name: string, value: unknown): void {
  if (!(typeof value === 'number' && value > 0))
    throw expected(owner, `a number above 0 for ${name}`, value, '', InputError);
}

/** `M` numbers in a line: `start · step`, `(start + 1) · step`, … */
function line(M: number, start: number, step: number, { dtype, device }: TensorOptions): Tensor {
  return linspace(start * step, (start + (M - 1)) * step, M, { dtype: dtype!, device: device! });
}

/** Steps of the period: a window that is not symmetric has one more. */
const period = (M: number, sym: boolean): number => (!sym && M > 1 ? M + 1 : M);

export interface GeneralCosineOptions extends WindowOptions {
  /** Coefficients of the cosines, the constant first. */
  readonly a: Iterable<number>;
}

/** A sum of cosines: `Σ (-1)ⁱ aᵢ cos(2πik / (M - 1))`. */
export function generalCosine(M: number, options: GeneralCosineOptions): Tensor {
  return cosines('generalCosine', M, null, options);
}

function cosines(owner: string, M: number, fixed: readonly number[] | null, options: object): Tensor {
  const own: { a?: Iterable<number> | null } = fixed === null ? { a: null } : {};
  return windowOf(owner, M, own, options, ({ a, sym, dtype, device }) => {
    const weights: unknown = fixed ?? a;
    const list =
      typeof weights === 'object' && weights !== null && Symbol.iterator in weights ? [...(weights as number[])] : [];
    if (list.length === 0 || !list.every((weight) => typeof weight === 'number'))
      throw expected(owner, 'a list of numbers for a', weights, '', InputError);
    if (M === 1) return ones([1], { dtype, device });
    const k = line(M, 0, (2 * Math.PI) / (sym ? M - 1 : M), { dtype, device });
    const signed = tensor(
      list.map((weight, i) => (-1) ** i * weight),
      { dtype, device },
    );
    const i = arange(list.length, { dtype, device }).unsqueeze(-1);
    return signed.unsqueeze(-1).mul(i.mul(k).cos()).sum(0); // (a, M) -> (M)
  });
}

export interface GeneralHammingOptions extends WindowOptions {
  /** Weight of the constant; `1 - alpha` is that of the cosine. @default 0.54 */
  readonly alpha?: number;
}

/** `alpha - (1 - alpha) cos(2πk / (M - 1))`. */
export function generalHamming(M: number, options: GeneralHammingOptions = {}): Tensor {
  const { alpha, ...rest } = resolveOptions(
    'generalHamming',
    { alpha: 0.54, ...DEFAULTS },
    options as Given<typeof DEFAULTS & { alpha: number }>,
  );
  return cosines('generalHamming', M, [alpha, 1 - alpha], rest);
}

/** The window of Hamming: `0.54 - 0.46 cos(2πk / (M - 1))`. */
export function hamming(M: number, options: WindowOptions = {}): Tensor {
  return cosines('hamming', M, [0.54, 1 - 0.54], options);
}

/** The window of Hann: `(1 - cos(2πk / (M - 1))) / 2`. */
export function hann(M: number, options: WindowOptions = {}): Tensor {
  return cosines('hann', M, [0.5, 0.5], options);
}

/** The window of Blackman: three cosines. */
export function blackman(M: number, options: WindowOptions = {}): Tensor {
  return cosines('blackman', M, [0.42, 0.5, 0.08], options);
}

/** The window of Nuttall with least side lobes: four cosines. */
export function nuttall(M: number, options: WindowOptions = {}): Tensor {
  return cosines('nuttall', M, [0.3635819, 0.4891775, 0.1365995, 0.0106411], options);
}

/** A triangle: `1 - |2k / (M - 1) - 1|`. */
export function bartlett(M: number, options: WindowOptions = {}): Tensor {
  return windowOf('bartlett', M, {}, options, ({ sym, dtype, device }) => {
    if (M === 1) return ones([1], { dtype, device });
    const step = 2 / (sym ? M - 1 : M);
    return linspace(-1, -1 + (M - 1) * step, M, { dtype, device })
      .abs()
      .neg()
      .add(1);
  });
}

/** Half a wave: `sin(π(k + 0.5) / M)`. */
export function cosine(M: number, options: WindowOptions = {}): Tensor {
  return windowOf('cosine', M, {}, options, ({ sym, ...factory }) =>
    line(M, 0.5, Math.PI / period(M, sym), factory).sin(),
  );
}

export interface ExponentialOptions extends WindowOptions {
  /** Where the greatest weight lies, of a window that is not symmetric; null for its middle. @default null */
  readonly center?: number | null;
  /** Samples in which the weight falls to 1/e. @default 1 */
  readonly tau?: number;
}

/** `exp(-|k - center| / tau)`. */
export function exponential(M: number, options: ExponentialOptions = {}): Tensor {
  const own: { center: number | null; tau: number } = { center: null, tau: 1 };
  return windowOf('exponential', M, own, options, ({ center, tau, sym, ...factory }) => {
    requirePositive('exponential', 'tau', tau);
    if (sym && center !== null)
      throw expected('exponential', 'no center of a symmetric window', center, 'give sym: false', InputError);
    const middle = center ?? (period(M, sym) - 1) / 2;
    return line(M, -middle, 1 / tau, factory)
      .abs()
      .neg()
      .exp();
  });
}

export interface GaussianOptions extends WindowOptions {
  /** Standard deviation in samples. @default 1 */
  readonly std?: number;
}

/** `exp(-(k - (M - 1) / 2)² / 2std²)`. */
export function gaussian(M: number, options: GaussianOptions = {}): Tensor {
  return windowOf('gaussian', M, { std: 1 }, options, ({ std, sym, ...factory }) => {
    requirePositive('gaussian', 'std', std);
    return line(M, -(period(M, sym) - 1) / 2, 1 / (std * Math.SQRT2), factory)
      .square()
      .neg()
      .exp();
  });
}

export interface KaiserOptions extends WindowOptions {
  /** Shape, at least 0: 0 is a rectangle. @default 12 */
  readonly beta?: number;
}

/** The window of Kaiser: `I₀(β √(1 - (2k / (M - 1) - 1)²)) / I₀(β)`. */
export function kaiser(M: number, options: KaiserOptions = {}): Tensor {
  return windowOf('kaiser', M, { beta: 12 }, options, ({ beta, sym, dtype, device }) => {
    if (!(typeof beta === 'number' && beta >= 0))
      throw expected('kaiser', 'a number of at least 0 for beta', beta, '', InputError);
    if (M === 1) return ones([1], { dtype, device });
    const step = (2 * beta) / (sym ? M - 1 : M);
    const k = linspace(-beta, Math.min(beta, -beta + (M - 1) * step), M, { dtype, device });
    const shape = tensor(beta, { dtype, device });
    return shape.mul(shape).sub(k.square()).sqrt().i0().div(shape.i0());
  });
}
