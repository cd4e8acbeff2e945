/** torch.autograd.functional: derivatives of functions of tensors as a whole, and their products with vectors. */
import { InputError } from '../../errors';
import { grad } from './backward';
import { stack } from '../generated/functions';
import { Tensor } from '../core/tensor';
import { resolveOptions } from '../../options';
import {
  DERIVATIVE_DEFAULTS,
  derive,
  orZeros,
  run,
  type DerivativeOptions,
  type TensorFunction,
  vectors,
} from './derive';
import { requireFunction } from '../core/arguments';
import { onesLike, zerosLike } from '../creation/fill';

export type { DerivativeOptions, TensorFunction } from './derive';

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
function scalarOf(owner: string, output: Tensor | readonly Tensor[]): Tensor {
  if (output instanceof Tensor && output.numel() === 1) return output.reshape([]);
  const found = output instanceof Tensor ? `a tensor of shape [${output.shape.join(', ')}]` : 'a list';
  throw new InputError(`${owner}: the function must return a single number, got ${found}.`);
}

/* Products of derivatives with vectors, which cost a pass or two where the whole derivative costs one an element. */

type Tensors = Tensor | readonly Tensor[];
/** A tensor where a tensor was given, a list where a list was. */
type Like<T> = T extends Tensor ? Tensor : Tensor[];

function like<T>(template: T, tensors: readonly Tensor[]): Like<T> {
  return (template instanceof Tensor ? tensors[0] : tensors) as Like<T>;
}

/**
 * The results of `fn`, and the product of `v`, shaped as they are, with the Jacobian: shaped as the inputs. The gradient,
 * for a single number and no `v`.
 */
export function vjp<I extends Tensors, O extends Tensors>(
  fn: (...inputs: Tensor[]) => O,
  given: I,
  v: Tensors | null = null,
  options: DerivativeOptions = {},
): [outputs: Like<O>, product: Like<I>] {
  const { createGraph, strict } = resolveOptions('vjp', DERIVATIVE_DEFAULTS, options);
  let listed = false;
  const [outputs, product] = derive(createGraph, () => {
    const prepared = run('vjp', fn as TensorFunction, given, createGraph);
    listed = prepared.several;
    const seeds = vectors('vjp', v, prepared.outputs);
    return [
      prepared.outputs,
      pullBack('vjp', prepared.outputs, prepared.inputs, seeds, { createGraph, strict }),
    ] as const;
  });
  return [(listed ? outputs : outputs![0]) as Like<O>, like(given, product!)];
}

/** The results of `fn`, and the product of the Jacobian with `v`, shaped as the inputs: shaped as the results. */
export function jvp<I extends Tensors, O extends Tensors>(
  fn: (...inputs: Tensor[]) => O,
  given: I,
  v: Tensors | null = null,
  options: DerivativeOptions = {},
): [outputs: Like<O>, product: Like<O>] {
  const { createGraph, strict } = resolveOptions('jvp', DERIVATIVE_DEFAULTS, options);
  let listed = false;
  const [outputs, product] = derive(createGraph, () => {
    const { inputs, outputs, several } = run('jvp', fn as TensorFunction, given, createGraph);
    listed = several;
    const directions = vectors('jvp', v, inputs);
    // The product with a row vector u is linear in u, and its derivative by u is the product asked for.
    const seeds = outputs.map((output) => zerosLike(output.detach()).requiresGrad_(true));
    const pulled = pullBack('jvp', outputs, inputs, seeds, { createGraph: true, strict });
    return [outputs, pullBack('jvp', pulled, seeds, directions, { createGraph, strict })] as const;
  });
  const shaped = (tensors: readonly Tensor[] | undefined): Like<O> => (listed ? tensors : tensors![0]) as Like<O>;
  return [shaped(outputs), shaped(product)];
}

/** The result of `fn`, a single number, and the product of `v`, shaped as the inputs, with its Hessian: shaped as the inputs. */
export function vhp<I extends Tensors>(
  fn: (...inputs: Tensor[]) => Tensor,
  given: I,
  v: Tensors | null = null,
  options: DerivativeOptions = {},
): [output: Tensor, product: Like<I>] {
  const { createGraph, strict } = resolveOptions('vhp', DERIVATIVE_DEFAULTS, options);
  const [outputs, product] = derive(createGraph, () => {
    const { inputs, outputs } = run('vhp', fn, given, createGraph);
    const seeds = vectors('vhp', v, inputs);
    const output = scalarOf('vhp', outputs[0]!);
    const first = pullBack('vhp', [output], inputs, [onesLike(output.detach())], { createGraph: true, strict });
    return [outputs, pullBack('vhp', first, inputs, seeds, { createGraph, strict })] as const;
  });
  return [outputs![0]!, like(given, product!)];
}

/** The product of the Hessian with `v`: since the Hessian is symmetric, that of `vhp`. */
export const hvp = vhp;

function pullBack(
  owner: string,
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  seeds: readonly Tensor[],
  { createGraph, strict }: Required<DerivativeOptions>,
): Tensor[] {
  const kept = outputs.map((output, i) => [output, seeds[i]!] as const).filter(([output]) => output.requiresGrad);
  const found =
    kept.length === 0
      ? []
      : grad(
          kept.map(([output]) => output),
          inputs,
          {
            gradOutputs: kept.map(([, seed]) => seed),
            createGraph,
            retainGraph: true,
            allowUnused: true,
          },
        );
  return inputs.map((input, i) => orZeros(owner, found[i], input, strict));
}
