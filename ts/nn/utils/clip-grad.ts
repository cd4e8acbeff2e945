import { TorchError } from '../../errors';
import * as torch from '../../tensor';
import type { Device, Tensor } from '../../tensor';
import { expected, requireTensor, resolveOptions, tensorsOf } from '../options';

export interface ClipGradNormOptions {
  /** Order of the norm; `Infinity` takes the largest element. @default 2 */
  readonly normType?: number;
  /** Throw when the norm is not a finite number, before anything is changed. @default false */
  readonly errorIfNonfinite?: boolean;
}

const { aten } = torch.ops;

/** The gradients of `parameters` that are there, in one native call. */
function gradientsOf(owner: string, parameters: Iterable<Tensor>): Tensor[] {
  return torch.autograd.grads(tensorsOf(owner, 'parameters', parameters)).filter((gradient) => gradient !== null);
}

interface Kind {
  readonly device: Device;
  readonly tensors: Tensor[];
}

/** Tensors of one device and type together: what the `_foreach` operators take on their fast path. */
function byKind(tensors: readonly Tensor[]): Kind[] {
  const kinds = new Map<string, Kind>();
  for (const tensor of tensors) {
    const { device, dtype } = tensor;
    const kind = kinds.get(`${device} ${dtype}`);
    if (kind) kind.tensors.push(tensor);
    else kinds.set(`${device} ${dtype}`, { device, tensors: [tensor] });
  }
  return [...kinds.values()];
}

/** The norm of all tensors together, as if they were one vector, on the device of the first; 0 of none. */
function totalNorm(kinds: readonly Kind[], { normType, errorIfNonfinite }: Required<ClipGradNormOptions>): Tensor {
  const [first] = kinds;
  if (first === undefined) return torch.tensor(0);
  const norms = kinds.flatMap(({ device, tensors }) => {
    const own = aten._foreach_norm.Scalar(tensors, normType) as Tensor[];
    return device === first.device ? own : own.map((norm) => norm.to(first.device));
  });
  const norm = torch.linalgVectorNorm(torch.stack(norms), normType);
  if (errorIfNonfinite && !Number.isFinite(norm.item())) {
    throw new TorchError(
      `The total norm of order ${normType} of the gradients is ${String(norm.item())}, so they cannot be clipped: ` +
        'look for the step that made it, or leave errorIfNonfinite out to clip all the same.',
    );
  }
  return norm;
}

/** Multiplies by `maxNorm / norm` where that is below 1; found on the device, so that nothing waits for it. */
function scaleDown(kinds: readonly Kind[], maxNorm: number, norm: Tensor): void {
  const factor = norm.add(1e-6).reciprocal().mul(maxNorm).clampMax(1);
  for (const { device, tensors } of kinds) aten._foreach_mul_.Tensor(tensors, factor.to(device));
}

/** The norm of `tensors`, as if they were one vector. Gradients for instance, to clip them by one norm in several lots. */
export function getTotalNorm(tensors: Iterable<Tensor>, options: ClipGradNormOptions = {}): Tensor {
  const resolved = normOptions('getTotalNorm', options);
  return withoutGrad(() => totalNorm(byKind(tensorsOf('getTotalNorm', 'tensors', tensors)), resolved));
}

/** Scales the gradients of `parameters` in place as `clipGradNorm` does, by a norm that is known: that of `getTotalNorm`. */
export function clipGradsWithNorm(parameters: Iterable<Tensor>, maxNorm: number, norm: Tensor): void {
  requireTensor('clipGradsWithNorm', 'norm', norm);
  requireNumber('clipGradsWithNorm', 'maxNorm', maxNorm);
  withoutGrad(() => scaleDown(byKind(gradientsOf('clipGradsWithNorm', parameters)), maxNorm, norm));
}

/**
 * Scales the gradients of `parameters` in place so that their norm, taken over all of them together, is at most
 * `maxNorm`. Parameters without a gradient do not count.
 * @returns the norm before clipping, a scalar
 */
export function clipGradNorm(parameters: Iterable<Tensor>, maxNorm: number, options: ClipGradNormOptions = {}): Tensor {
  const resolved = normOptions('clipGradNorm', options);
  requireNumber('clipGradNorm', 'maxNorm', maxNorm);
  return withoutGrad(() => {
    const kinds = byKind(gradientsOf('clipGradNorm', parameters));
    const norm = totalNorm(kinds, resolved);
    scaleDown(kinds, maxNorm, norm);
    return norm;
  });
}

/** Clamps each element of the gradients of `parameters` to `[-clipValue, clipValue]`, in place. */
export function clipGradValue(parameters: Iterable<Tensor>, clipValue: number): void {
  requireNumber('clipGradValue', 'clipValue', clipValue);
  withoutGrad(() => {
    for (const { tensors } of byKind(gradientsOf('clipGradValue', parameters))) {
      aten._foreach_clamp_min_.Scalar(tensors, -clipValue);
      aten._foreach_clamp_max_.Scalar(tensors, clipValue);
    }
  });
}

function normOptions(owner: string, options: ClipGradNormOptions): Required<ClipGradNormOptions> {
  return resolveOptions<Required<ClipGradNormOptions>>(owner, { normType: 2, errorIfNonfinite: false }, options);
}

function requireNumber(owner: string, name: string, value: unknown): void {
  if (typeof value !== 'number') throw expected(owner, `a number for ${name}`, value);
}

function withoutGrad<T>(body: () => T): T {
  return torch.noGrad(() => torch.scoped(body));
}
