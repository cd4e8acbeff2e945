/* Products of derivatives with vectors, which cost a pass or two where the whole derivative costs one an element. */
import { grad } from '../backward';
import { onesLike, zerosLike } from '../../creation/fill';
import { Tensor } from '../../core/tensor';
import { scalarOf } from './jacobian';
import { resolveOptions } from '../../core/options';
import {
  DERIVATIVE_DEFAULTS,
  derive,
  orZeros,
  run,
  vectors,
  type DerivativeOptions,
  type TensorFunction,
} from './prepare';

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
