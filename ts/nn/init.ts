/*
 * Fills tensors in place with PyTorch's formulas and defaults; the same seed gives the same numbers as
 * torch.nn.init. The numbers that define a distribution go by position, in PyTorch's order, or by name.
 */
import { InputError } from '../errors';
import { bindArguments, expected, requireTensor } from './options';
import * as torch from '../tensor';
import type { Generator, Tensor } from '../tensor';

export interface RandomOptions {
  /** Source of the numbers. @default the global one, set by `manualSeed` */
  readonly generator?: Generator;
}

/** Whether the variance is kept on the way forward (inputs of a unit) or backward (its outputs). */
export type FanMode = 'fan_in' | 'fan_out';

/** What follows a layer, for the gain of its weights. */
export type Nonlinearity =
  | 'linear'
  | 'conv1d'
  | 'conv2d'
  | 'conv3d'
  | 'conv_transpose1d'
  | 'conv_transpose2d'
  | 'conv_transpose3d'
  | 'sigmoid'
  | 'tanh'
  | 'relu'
  | 'leaky_relu'
  | 'selu';

export interface KaimingOptions extends RandomOptions {
  /** Slope below zero of the leaky ReLU that follows. @default 0 */
  readonly a?: number;
  /** `'fan_in'` keeps the variance of the forward pass, `'fan_out'` that of the backward pass. @default 'fan_in' */
  readonly mode?: FanMode;
  /** What follows the layer. @default 'leaky_relu' */
  readonly nonlinearity?: Nonlinearity;
}

/** Runs `fill` without autograd, frees what it made and returns `tensor`. */
function fill<T extends Tensor>(tensor: T, work: () => void): T {
  torch.noGrad(() => torch.scoped(work));
  return tensor;
}

export interface UniformOptions extends RandomOptions {
  /** Lower bound. @default 0 */
  readonly a?: number;
  /** Upper bound. @default 1 */
  readonly b?: number;
}

export interface NormalOptions extends RandomOptions {
  /** Mean. @default 0 */
  readonly mean?: number;
  /** Standard deviation. @default 1 */
  readonly std?: number;
}

export interface TruncNormalOptions extends NormalOptions {
  /** Lower bound. @default -2 */
  readonly a?: number;
  /** Upper bound. @default 2 */
  readonly b?: number;
}

export interface GainOptions extends RandomOptions {
  /** Factor on the weights. @default 1 */
  readonly gain?: number;
}

const random: { generator: Generator | undefined } = { generator: undefined };

/** What stands behind the tensor, by position or by name; those with a number for a default are numbers. */
function argumentsOf<T extends object>(
  tensor: Tensor,
  owner: string,
  defaults: T,
  given: readonly unknown[],
  required: readonly string[] = [],
): T {
  requireTensor(owner, 'tensor', tensor);
  const bound = bindArguments(owner, defaults, given, { required });
  for (const [name, value] of Object.entries(bound)) {
    const isNumber = required.includes(name) || typeof defaults[name as keyof T] === 'number';
    if (isNumber && typeof value !== 'number') throw expected(owner, `a number for ${name}`, value, '', InputError);
  }
  return bound;
}

/** Uniform between `a` and `b`. */
export function uniform_<T extends Tensor>(tensor: T, options?: UniformOptions): T;
export function uniform_<T extends Tensor>(tensor: T, a?: number, b?: number, options?: RandomOptions): T;
export function uniform_<T extends Tensor>(tensor: T, ...given: unknown[]): T {
  const { a, b, generator } = argumentsOf(tensor, 'uniform_', { a: 0, b: 1, ...random }, given);
  return fill(tensor, () => void tensor.uniform_(a, b, { generator }));
}

/** Normal with the given mean and standard deviation. */
export function normal_<T extends Tensor>(tensor: T, options?: NormalOptions): T;
export function normal_<T extends Tensor>(tensor: T, mean?: number, std?: number, options?: RandomOptions): T;
export function normal_<T extends Tensor>(tensor: T, ...given: unknown[]): T {
  const { mean, std, generator } = argumentsOf(tensor, 'normal_', { mean: 0, std: 1, ...random }, given);
  return fill(tensor, () => void tensor.normal_(mean, std, { generator }));
}

/** One value everywhere. */
export function constant_<T extends Tensor>(tensor: T, val: number | { readonly val: number }): T {
  const { val: value } = argumentsOf(tensor, 'constant_', {} as { val: number }, [val], ['val']);
  return fill(tensor, () => void tensor.fill_(value));
}

/** Fills with ones. */
export function ones_<T extends Tensor>(tensor: T): T {
  return constant_(tensor, 1);
}

/** Fills with zeros. */
export function zeros_<T extends Tensor>(tensor: T): T {
  return constant_(tensor, 0);
}

/** Ones on the diagonal of a matrix, zeros elsewhere. */
export function eye_<T extends Tensor>(tensor: T): T {
  requireDimensions('eye_', tensor, 2, 2);
  const [rows, columns] = tensor.shape as [number, number];
  const { dtype, device } = tensor;
  return fill(tensor, () => void tensor.copy_(torch.eye(rows, columns, { dtype, device })));
}

/** Normal, drawn again where it falls outside `[a, b]`. */
export function truncNormal_<T extends Tensor>(tensor: T, options?: TruncNormalOptions): T;
export function truncNormal_<T extends Tensor>(
  tensor: T,
  mean?: number,
  std?: number,
  a?: number,
  b?: number,
  options?: RandomOptions,
): T;
export function truncNormal_<T extends Tensor>(tensor: T, ...given: unknown[]): T {
  const { mean, std, a, b, generator } = argumentsOf(
    tensor,
    'truncNormal_',
    { mean: 0, std: 1, a: -2, b: 2, ...random },
    given,
  );
  return fill(tensor, () => {
    if (tensor.device === 'meta') return;
    const kept = normalCdf((b - mean) / std) - normalCdf((a - mean) / std);
    // Plain rejection is fast while a fair part of the distribution lies inside the bounds.
    if (kept > 0.3) redrawOutside(tensor, mean, std, a, b, generator);
    else rejectFromUniform(tensor, mean, std, a, b, generator);
  });
}

function normalCdf(x: number): number {
  return (
    (1 +
      Number(
        torch
          .tensor(x / Math.SQRT2, { dtype: 'float64' })
          .erf()
          .item(),
      )) /
    2
  );
}

function redrawOutside(tensor: Tensor, mean: number, std: number, a: number, b: number, generator?: Generator): void {
  // The bounds as the tensor's type holds them, so that a value equal to a bound counts as inside.
  const [low, high] = [a, b].map((bound) => Number(torch.tensor(bound, { dtype: tensor.dtype }).item())) as [
    number,
    number,
  ];
  let result = tensor.normal_(mean, std, { generator });
  for (;;) {
    const outside = result.lt(low).logicalOr(result.gt(high));
    if (!outside.any().item()) break;
    result = torch.where(outside, torch.emptyLike(result).normal_(mean, std, { generator }), result);
  }
  if (result !== tensor) tensor.copy_(result);
}

/** Uniform candidates, each accepted with the ratio of the density there to its peak inside the bounds. */
function rejectFromUniform(
  tensor: Tensor,
  mean: number,
  std: number,
  a: number,
  b: number,
  generator?: Generator,
): void {
  const mode = Math.max(a, Math.min(mean, b));
  const logPeak = -0.5 * ((mode - mean) / std) * ((mode - mean) / std);
  const logRatio = (candidates: Tensor): Tensor => candidates.sub_(mean).div_(std).pow_(2).mul_(-0.5).sub_(logPeak);
  const threshold = torch.emptyLike(tensor);
  const rejected = (ratio: Tensor): Tensor => threshold.uniform_(0, 1, { generator }).log_().gt(ratio);

  tensor.uniform_(a, b, { generator });
  const candidates = tensor.clone();
  let pending = rejected(logRatio(candidates));
  let result: Tensor = tensor;
  while (pending.any().item()) {
    candidates.uniform_(a, b, { generator });
    result = torch.where(pending, candidates, result);
    pending = torch.where(pending, rejected(logRatio(candidates)), pending);
  }
  if (result !== tensor) tensor.copy_(result);
}

/** Uniform with variance `2 gain² / (fanIn + fanOut)` (Glorot and Bengio 2010). */
export function xavierUniform_<T extends Tensor>(tensor: T, options?: GainOptions): T;
export function xavierUniform_<T extends Tensor>(tensor: T, gain?: number, options?: RandomOptions): T;
export function xavierUniform_<T extends Tensor>(tensor: T, ...given: unknown[]): T {
  const { gain, generator } = argumentsOf(tensor, 'xavierUniform_', { gain: 1, ...random }, given);
  const { fanIn, fanOut } = calculateFanInAndFanOut(tensor);
  const bound = Math.sqrt(3) * (gain * Math.sqrt(2 / (fanIn + fanOut)));
  return uniform_(tensor, -bound, bound, { generator });
}

/** Normal with variance `2 gain² / (fanIn + fanOut)` (Glorot and Bengio 2010). */
export function xavierNormal_<T extends Tensor>(tensor: T, options?: GainOptions): T;
export function xavierNormal_<T extends Tensor>(tensor: T, gain?: number, options?: RandomOptions): T;
export function xavierNormal_<T extends Tensor>(tensor: T, ...given: unknown[]): T {
  const { gain, generator } = argumentsOf(tensor, 'xavierNormal_', { gain: 1, ...random }, given);
  const { fanIn, fanOut } = calculateFanInAndFanOut(tensor);
  return normal_(tensor, 0, gain * Math.sqrt(2 / (fanIn + fanOut)), { generator });
}

/** Uniform with variance `gain² / fan` (He et al. 2015, arXiv 1502.01852). */
export function kaimingUniform_<T extends Tensor>(tensor: T, options?: KaimingOptions): T;
export function kaimingUniform_<T extends Tensor>(
  tensor: T,
  a?: number,
  mode?: FanMode,
  nonlinearity?: Nonlinearity,
  options?: RandomOptions,
): T;
export function kaimingUniform_<T extends Tensor>(tensor: T, ...given: unknown[]): T {
  const options = argumentsOf(tensor, 'kaimingUniform_', kaimingDefaults, given);
  if (tensor.numel() === 0) return tensor;
  const bound = Math.sqrt(3) * kaimingStd(tensor, options);
  return uniform_(tensor, -bound, bound, { generator: options.generator });
}

/** Normal with variance `gain² / fan` (He et al. 2015, arXiv 1502.01852). */
export function kaimingNormal_<T extends Tensor>(tensor: T, options?: KaimingOptions): T;
export function kaimingNormal_<T extends Tensor>(
  tensor: T,
  a?: number,
  mode?: FanMode,
  nonlinearity?: Nonlinearity,
  options?: RandomOptions,
): T;
export function kaimingNormal_<T extends Tensor>(tensor: T, ...given: unknown[]): T {
  const options = argumentsOf(tensor, 'kaimingNormal_', kaimingDefaults, given);
  if (tensor.numel() === 0) return tensor;
  return normal_(tensor, 0, kaimingStd(tensor, options), { generator: options.generator });
}

interface Kaiming {
  readonly a: number;
  readonly mode: FanMode;
  readonly nonlinearity: Nonlinearity;
  readonly generator: Generator | undefined;
}

const kaimingDefaults: Kaiming = { a: 0, mode: 'fan_in', nonlinearity: 'leaky_relu', ...random };

function kaimingStd(tensor: Tensor, { a, mode, nonlinearity }: Kaiming): number {
  if (mode !== 'fan_in' && mode !== 'fan_out')
    throw new InputError(`mode must be 'fan_in' or 'fan_out', got '${String(mode)}'.`);
  const { fanIn, fanOut } = calculateFanInAndFanOut(tensor);
  return calculateGain(nonlinearity, a) / Math.sqrt(mode === 'fan_in' ? fanIn : fanOut);
}

/** A (semi-)orthogonal matrix; dimensions after the first count as columns (Saxe et al. 2013, arXiv 1312.6120). */
export function orthogonal_<T extends Tensor>(tensor: T, options?: GainOptions): T;
export function orthogonal_<T extends Tensor>(tensor: T, gain?: number, options?: RandomOptions): T;
export function orthogonal_<T extends Tensor>(tensor: T, ...given: unknown[]): T {
  const { gain, generator } = argumentsOf(tensor, 'orthogonal_', { gain: 1, ...random }, given);
  requireDimensions('orthogonal_', tensor, 2);
  if (tensor.numel() === 0) return tensor;
  const rows = tensor.shape[0] as number;
  const columns = tensor.numel() / rows;
  return fill(tensor, () => {
    const { dtype, device } = tensor;
    const normal = torch.empty([rows, columns], { dtype, device }).normal_(0, 1, { generator });
    const [q, r] = torch.linalgQr(rows < columns ? normal.t() : normal);
    // The signs of R's diagonal make Q uniform (Mezzadri 2006, arXiv math-ph/0609050).
    q.mul_(r.diagonal().sign());
    tensor.view([rows, columns]).copy_(rows < columns ? q.t() : q);
    tensor.mul_(gain);
  });
}

/**
 * A convolution's weight that passes its input on: a one in the middle of the kernel where output channel i meets input channel
 * i, in each of `groups` by itself, zeros elsewhere. A tensor of 3 to 5 dimensions (output, input, kernel sizes).
 * @throws InputError when the output channels do not divide into the groups
 */
export function dirac_<T extends Tensor>(tensor: T, options: number | { readonly groups?: number } = {}): T {
  const { groups } = argumentsOf(tensor, 'dirac_', { groups: 1 }, [options]);
  requireDimensions('dirac_', tensor, 3, 5);
  const [outputs, inputs, ...kernel] = tensor.shape as [number, number, ...number[]];
  if (outputs % groups !== 0)
    throw new InputError(`dirac_: expected output channels that divide into ${groups} groups, found ${outputs}.`);
  const middle = kernel.map((size) => Math.floor(size / 2));
  const each = outputs / groups;
  return fill(tensor, () => {
    tensor.zero_();
    for (let channel = 0; channel < outputs; channel++) {
      if (channel % each < inputs) tensor.indexPut_([channel, channel % each, ...middle], 1);
    }
  });
}

/**
 * Normal around 0, with the fraction `sparsity` of each column set to zero (Martens 2010, "Deep learning via Hessian-free
 * optimization"). A matrix. Which rows these are the global source decides, as in PyTorch, also when a `generator` is given.
 */
export function sparse_<T extends Tensor>(
  tensor: T,
  options: { readonly sparsity: number; readonly std?: number } & RandomOptions,
): T;
export function sparse_<T extends Tensor>(
  tensor: T,
  sparsity: number,
  std?: number | ({ readonly std?: number } & RandomOptions),
  options?: RandomOptions,
): T;
export function sparse_<T extends Tensor>(tensor: T, ...given: unknown[]): T {
  const defaults = { std: 0.01, ...random } as Required<NormalOptions> & { readonly sparsity: number };
  const { sparsity, std, generator } = argumentsOf(tensor, 'sparse_', defaults, given, ['sparsity']);
  requireDimensions('sparse_', tensor, 2, 2);
  const [rows, columns] = tensor.shape as [number, number];
  if (!(sparsity >= 0 && sparsity <= 1))
    throw new InputError(`sparse_: expected a fraction of zeros from 0 to 1, found ${sparsity}.`);
  const zeros = Math.ceil(sparsity * rows);
  return fill(tensor, () => {
    tensor.normal_(0, std, { generator });
    for (let column = 0; column < columns; column++) {
      tensor.indexPut_([torch.randperm(rows).narrow(0, 0, zeros), column], 0);
    }
  });
}

/** The factor by which weights before `nonlinearity` are enlarged; `parameter` is the slope of `'leaky_relu'`. */
export function calculateGain(nonlinearity: Nonlinearity, parameter = 0.01): number {
  switch (nonlinearity) {
    case 'tanh':
      return 5 / 3;
    case 'relu':
      return Math.sqrt(2);
    case 'leaky_relu':
      return Math.sqrt(2 / (1 + parameter * parameter));
    case 'selu':
      return 3 / 4;
    case 'linear':
    case 'sigmoid':
    case 'conv1d':
    case 'conv2d':
    case 'conv3d':
    case 'conv_transpose1d':
    case 'conv_transpose2d':
    case 'conv_transpose3d':
      return 1;
    default:
      throw expected('calculateGain', 'the name of a nonlinearity', nonlinearity, '', InputError);
  }
}

/** How many inputs one output of a weight sees, and how many outputs one input reaches. */
export function calculateFanInAndFanOut(tensor: Tensor): { fanIn: number; fanOut: number } {
  requireDimensions('calculateFanInAndFanOut', tensor, 2);
  const [outputs, inputs, ...kernel] = tensor.shape as [number, number, ...number[]];
  const area = kernel.reduce((product, size) => product * size, 1);
  return { fanIn: inputs * area, fanOut: outputs * area };
}

/** What PyTorch's linear and convolution layers start from: both uniform within `1 / sqrt(fanIn)`. */
export function defaultWeightAndBias(weight: Tensor, bias: Tensor | null): void {
  kaimingUniform_(weight, { a: Math.sqrt(5) });
  if (bias === null) return;
  const { fanIn } = calculateFanInAndFanOut(weight);
  const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0;
  uniform_(bias, -bound, bound);
}

function requireDimensions(owner: string, tensor: Tensor, least: number, most = Infinity): void {
  requireTensor(owner, 'tensor', tensor);
  if (tensor.ndim >= least && tensor.ndim <= most) return;
  const wanted = least === most ? least : most === Infinity ? `at least ${least}` : `${least} to ${most}`;
  throw new InputError(`${owner} expects a tensor of ${wanted} dimensions, got [${tensor.shape.join(', ')}].`);
}
