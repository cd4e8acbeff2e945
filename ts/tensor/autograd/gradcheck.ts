/* Derivatives of autograd against differences: torch.autograd.gradcheck. */
import { DTypeError, InputError, TorchError } from '../../errors';
import { grad } from './backward';
import { zerosLike } from '../creation/fill';
import { scoped } from '../memory/lifetime';
import { enableGrad, noGrad } from '../core/modes';
import { resolveOptions } from '../../options';
import { Tensor } from '../core/tensor';
import { jacobian } from './functional';
import { asTensors, type TensorFunction } from './derive';
import { requireFunction } from '../core/arguments';

export interface GradcheckOptions {
  /** Distance that an element is moved both ways. @default 1e-6 */
  readonly eps?: number;
  /** Tolerance, and part of the derivative that comes to it. @default 1e-5 */
  readonly atol?: number;
  /** @default 1e-3 */
  readonly rtol?: number;
  /** Throw, saying which derivative differs, instead of returning false. @default true */
  readonly raiseException?: boolean;
}

/**
 * Whether the derivatives of `fn` by those of its inputs that require gradients are those that central differences give.
 * Those inputs must be float64: differences in single precision are mostly rounding.
 */
export function gradcheck(
  fn: TensorFunction,
  given: Tensor | readonly Tensor[],
  options: GradcheckOptions = {},
): boolean {
  const defaults: Required<GradcheckOptions> = { eps: 1e-6, atol: 1e-5, rtol: 1e-3, raiseException: true };
  const { eps, atol, rtol, raiseException } = resolveOptions('gradcheck', defaults, options);
  const inputs = asTensors('gradcheck', given);
  const differentiable = [...inputs.keys()].filter((i) => inputs[i]!.requiresGrad);
  if (differentiable.length === 0)
    throw new InputError('gradcheck: none of the inputs requires gradients, so there is nothing to check.');
  const other = differentiable.map((i) => inputs[i]!).find(({ dtype }) => dtype !== 'float64');
  if (other)
    throw new DTypeError(`gradcheck takes float64 inputs, got ${other.dtype}: convert them with to('float64').`);
  return scoped(() => {
    const free = (...values: Tensor[]): readonly Tensor[] => {
      const all = [...inputs];
      for (const [k, i] of differentiable.entries()) all[i] = values[k]!;
      return asTensors('gradcheck', fn(...all));
    };
    const values = differentiable.map((i) => inputs[i]!);
    const analytical = jacobian(free, values);
    for (const [k, i] of differentiable.entries()) {
      for (const [j, numerical] of differences(free, values, k, eps).entries()) {
        const found = analytical[j]![k]!.reshape(numerical.shape);
        const gap = found.sub(numerical).abs().sub(numerical.abs().mul(rtol));
        const largest = gap.numel() === 0 ? 0 : Number(gap.max().item());
        if (largest <= atol) continue;
        if (!raiseException) return false;
        throw new TorchError(
          `gradcheck: the derivative of result ${j} by input ${i} is not that of differences.\n` +
            `autograd, (result, input): ${found.toString()}\ndifferences: ${numerical.toString()}`,
        );
      }
    }
    return true;
  });
}

/** The Jacobian of each result by the `k`th value, (elements of the result, elements of the value), by central differences. */
function differences(
  fn: (...values: Tensor[]) => readonly Tensor[],
  values: readonly Tensor[],
  k: number,
  eps: number,
): Tensor[] {
  return noGrad(() => {
    const at = (element: number, shift: number): readonly Tensor[] => {
      const moved = values.map((value) => value.detach().clone());
      moved[k]!.view([-1]).select(0, element).add_(shift);
      return fn(...moved);
    };
    const elements = values[k]!.numel();
    const columns = Array.from({ length: elements }, (_, element) => {
      const below = at(element, -eps);
      return at(element, eps).map((high, j) =>
        high
          .sub(below[j]!)
          .reshape([-1])
          .div(2 * eps),
      );
    });
    const results = fn(...values);
    return results.map((result, j) => {
      const jacobian = result.detach().newZeros([result.numel(), elements]);
      for (const [element, column] of columns.entries()) jacobian.select(1, element).copy_(column[j]!);
      return jacobian;
    });
  });
}

/** `gradcheck` of the gradients of `fn`: second derivatives. The results are weighted with fixed pseudo-random numbers. */
export function gradgradcheck(
  fn: TensorFunction,
  given: Tensor | readonly Tensor[],
  options: GradcheckOptions = {},
): boolean {
  requireFunction('gradgradcheck', 'fn', fn);
  const inputs = asTensors('gradgradcheck', given);
  return scoped(() => {
    const seeds = noGrad(() => asTensors('gradgradcheck', fn(...inputs))).map(weights);
    // Differences are taken without recording, which the gradients need.
    const gradients = (...all: Tensor[]): Tensor[] =>
      enableGrad(() => {
        const own = all
          .slice(0, inputs.length)
          .map((tensor, i) => (inputs[i]!.requiresGrad ? recording(tensor) : tensor));
        const outputs = asTensors('gradgradcheck', fn(...own));
        const wanted = own.filter((_, i) => inputs[i]!.requiresGrad);
        const found = grad(outputs, wanted, {
          gradOutputs: all.slice(inputs.length),
          createGraph: true,
          allowUnused: true,
        });
        return wanted.map((input, i) => found[i] ?? zerosLike(input));
      });
    return gradcheck(gradients, [...inputs, ...seeds], options);
  });
}

function recording(tensor: Tensor): Tensor {
  return tensor.requiresGrad ? tensor : tensor.detach().requiresGrad_(true);
}

/** Numbers between -1 and 1 without a pattern that a mistake could hide in. */
function weights(output: Tensor): Tensor {
  const numbers = output.detach().newOnes([output.numel()]).cumsum(0).mul(12.9898).sin();
  return numbers.view(output.shape).requiresGrad_(true);
}
