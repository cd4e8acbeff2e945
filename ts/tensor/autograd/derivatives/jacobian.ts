import { InputError } from '../../../errors';
import { grad } from '../backward';
import { stack } from '../../generated/functions';
import { Tensor } from '../../core/tensor';
import { resolveOptions } from '../../core/options';
import { DERIVATIVE_DEFAULTS, derive, orZeros, run, type DerivativeOptions, type TensorFunction } from './prepare';
import { requireFunction } from '../../core/require';

type Single = (input: Tensor) => Tensor;
type Several = (...inputs: Tensor[]) => readonly Tensor[];
type Scalar = (...inputs: Tensor[]) => Tensor;

/**
 * All derivatives of each element of `fn`'s result by each element of its inputs: [...result shape, ...input shape]. A
 * list of inputs gives a list, one an input; a list of results gives a list of those, one a result.
 * Costs one backward pass for each element of the results.
 */
export function jacobian(fn: Single, input: Tensor, options?: DerivativeOptions): Tensor;
export function jacobian(fn: Scalar, inputs: readonly Tensor[], options?: DerivativeOptions): Tensor[];
export function jacobian(fn: Several, input: Tensor, options?: DerivativeOptions): Tensor[];
export function jacobian(fn: Several, inputs: readonly Tensor[], options?: DerivativeOptions): Tensor[][];
export function jacobian(
  fn: TensorFunction,
  given: Tensor | readonly Tensor[],
  options: DerivativeOptions = {},
): Tensor | Tensor[] | Tensor[][] {
  const { createGraph, strict } = resolveOptions('jacobian', DERIVATIVE_DEFAULTS, options);
  let listed = false;
  const blocks = derive(createGraph, () => {
    const { inputs, outputs, several } = run('jacobian', fn, given, createGraph);
    listed = several;
    return outputs.map((output) => rows(output, inputs, { createGraph, strict }));
  });
  const perResult = given instanceof Tensor ? blocks.map(([block]) => block!) : blocks;
  return listed ? (perResult as Tensor[] | Tensor[][]) : perResult[0]!;
}

/** The block of one result, for each input. */
function rows(output: Tensor, inputs: Tensor[], { createGraph, strict }: Required<DerivativeOptions>): Tensor[] {
  if (!output.requiresGrad || output.numel() === 0) {
    return inputs.map((input) => orZeros('jacobian', null, input, strict).newZeros([...output.shape, ...input.shape]));
  }
  const gradients = output
    .reshape([-1])
    .unbind()
    .map((element) => grad(element, inputs, { retainGraph: true, createGraph, allowUnused: true }));
  return inputs.map((input, i) => {
    const ofInput = gradients.map((row) => orZeros('jacobian', row[i], input, strict));
    return stack(ofInput).view([...output.shape, ...input.shape]);
  });
}

/**
 * All second derivatives of a function with a single number for a result: [...input shape, ...input shape]; for a list
 * of inputs a list of lists, a block for each pair of them.
 */
export function hessian(fn: Single, input: Tensor, options?: DerivativeOptions): Tensor;
export function hessian(fn: Scalar, inputs: readonly Tensor[], options?: DerivativeOptions): Tensor[][];
export function hessian(
  fn: Scalar,
  given: Tensor | readonly Tensor[],
  options: DerivativeOptions = {},
): Tensor | Tensor[][] {
  const { strict } = resolveOptions('hessian', DERIVATIVE_DEFAULTS, options);
  requireFunction('hessian', 'fn', fn);
  const gradients = (...inputs: Tensor[]): Tensor[] => {
    const output = scalarOf('hessian', fn(...inputs));
    const found = output.requiresGrad ? grad(output, inputs, { createGraph: true, allowUnused: true }) : [];
    return inputs.map((input, i) => orZeros('hessian', found[i], input, strict));
  };
  if (given instanceof Tensor) return jacobian(gradients, given, options)[0]!;
  return jacobian(gradients, given, options);
}

/** The result of a function that must be a single number. */
export function scalarOf(owner: string, output: Tensor | readonly Tensor[]): Tensor {
  if (output instanceof Tensor && output.numel() === 1) return output.reshape([]);
  const found = output instanceof Tensor ? `a tensor of shape [${output.shape.join(', ')}]` : 'a list';
  throw new InputError(`${owner}: the function must return a single number, got ${found}.`);
}
