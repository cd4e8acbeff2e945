/**
 * torch.func: functions that differentiate functions, by autograd. `grad` and `vjp` take tensors, and lists and objects of them,
 * such as a module's parameters by their keys. What they give can be differentiated again where an argument records. There is no
 * `vmap`, and `jacfwd` costs what backward passes cost.
 */
import { DTypeError, InputError } from '../errors';
import { bindArguments, expected } from '../options';
import { autograd, enableGrad, isGradEnabled, scoped, stack, Tensor, zerosLike } from '../tensor';
import { isFloatingPoint } from '../tensor/types/dtype';
import { isPlainObject } from '../native/realm';
import { requireFunction, requireTensor } from '../tensor/core/arguments';

export { functionalCall } from './utils/functional-call';

/** A tensor, or lists and objects of tensors. */
export type TensorTree = Tensor | readonly TensorTree[] | { readonly [key: string]: TensorTree };

/** A function of tensors, or of lists and objects of them; other arguments are passed on as they are. */
type Fn<Args extends unknown[], Result> = (...args: Args) => Result;

export interface ArgnumsOptions {
  /** By which arguments, by their positions; a list gives a list of derivatives. @default 0 */
  readonly argnums?: number | readonly number[];
}

export interface GradOptions extends ArgnumsOptions {
  /** The function gives the number and something beside it, `[number, aux]`, which is passed on. @default false */
  readonly hasAux?: boolean;
}

/** The function of the gradients of `fn`, which gives a single number: shaped as the argument, or a list for a list of `argnums`. */
export function grad<Args extends unknown[]>(
  fn: Fn<Args, Tensor | readonly [Tensor, unknown]>,
  ...options: [options?: GradOptions] | [argnums: number | readonly number[], hasAux?: boolean]
): Fn<Args, TensorTree> {
  const { argnums, hasAux } = gradOptions('grad', fn, options);
  return (...args) => {
    const { gradients, aux } = differentiate('grad', fn, args, argnums, hasAux);
    return (hasAux ? [gradients, aux] : gradients) as TensorTree;
  };
}

/** The same, with the result: `[gradients, result]`, or `[gradients, [result, aux]]`. */
export function gradAndValue<Args extends unknown[]>(
  fn: Fn<Args, Tensor | readonly [Tensor, unknown]>,
  ...options: [options?: GradOptions] | [argnums: number | readonly number[], hasAux?: boolean]
): Fn<Args, [gradients: TensorTree, value: Tensor | [Tensor, unknown]]> {
  const { argnums, hasAux } = gradOptions('gradAndValue', fn, options);
  return (...args) => {
    const { gradients, value, aux } = differentiate('gradAndValue', fn, args, argnums, hasAux);
    return [gradients, hasAux ? [value, aux] : value];
  };
}

function gradOptions(owner: string, fn: unknown, options: readonly unknown[]): Required<GradOptions> {
  requireFunction(owner, 'fn', fn);
  return bindArguments<Required<GradOptions>>(owner, { argnums: 0, hasAux: false }, options);
}

interface Differentiated {
  readonly gradients: TensorTree;
  readonly value: Tensor;
  readonly aux: unknown;
}

function differentiate<Args extends unknown[]>(
  owner: string,
  fn: Fn<Args, unknown>,
  args: Args,
  argnums: number | readonly number[],
  hasAux: boolean,
): Differentiated {
  const positions = positionsOf(owner, argnums, args.length);
  return scoped(() => {
    const again = records(positions.map((at) => args[at]));
    const { own, inputs } = recordingArguments(owner, args, positions);
    const result: unknown = enableGrad(() => fn(...own));
    const [value, aux] = hasAux && Array.isArray(result) ? (result as unknown[]) : [result, undefined];
    if (!(value instanceof Tensor) || value.numel() !== 1)
      throw expected(owner, 'a function that gives a single number', value, '', InputError);
    const found = gradientsOf(value, inputs, null, again);
    const trees = positions.map((at) => own[at] as TensorTree).map((tree) => rebuilt(tree, found));
    return { gradients: typeof argnums === 'number' ? trees[0]! : trees, value: again ? value : value.detach(), aux };
  });
}

/** Gradients of `output`, each beside its input; zeros where it does not depend on one. */
function gradientsOf(
  output: Tensor,
  inputs: readonly Tensor[],
  vector: Tensor | null,
  again: boolean,
): Map<Tensor, Tensor> {
  const gradients = output.requiresGrad
    ? autograd.grad(output, [...inputs], {
        ...(vector && { gradOutputs: vector }),
        allowUnused: true,
        createGraph: again,
        retainGraph: true,
      })
    : [];
  return new Map(inputs.map((input, i) => [input, gradients[i] ?? zerosLike(input.detach())]));
}

function positionsOf(owner: string, argnums: number | readonly number[], count: number): number[] {
  const list: readonly unknown[] = Array.isArray(argnums) ? argnums : [argnums];
  return list.map((at) => {
    if (typeof at !== 'number' || !Number.isInteger(at) || at < -count || at >= count)
      throw expected(owner, `positions of the ${count} arguments for argnums`, at, '', InputError);
    return at < 0 ? at + count : at;
  });
}

/** The arguments with those at `positions` as tensors of their own that record, and these in a row. */
function recordingArguments<Args extends unknown[]>(
  owner: string,
  args: Args,
  positions: readonly number[],
): { own: Args; inputs: Tensor[] } {
  const inputs: Tensor[] = [];
  const recording = (tensor: Tensor): Tensor => {
    if (!isFloatingPoint(tensor.dtype))
      throw new DTypeError(`${owner}: expected floating point tensors to differentiate by, found ${tensor.dtype}`);
    const input =
      tensor.requiresGrad && isGradEnabled() ? tensor.viewAs(tensor) : (tensor.detach().requiresGrad_(true) as Tensor);
    inputs.push(input);
    return input;
  };
  const own = args.map((arg, at) => (positions.includes(at) ? mapped(owner, arg, recording) : arg)) as Args;
  return { own, inputs };
}

/** Whether what is computed of these is to record. */
function records(values: readonly unknown[]): boolean {
  return isGradEnabled() && values.some((value) => leavesOf(value).some(({ requiresGrad }) => requiresGrad));
}

function leavesOf(tree: unknown): Tensor[] {
  if (tree instanceof Tensor) return [tree];
  return typeof tree === 'object' && tree !== null ? Object.values(tree).flatMap(leavesOf) : [];
}

function mapped(owner: string, tree: unknown, map: (tensor: Tensor) => Tensor): TensorTree {
  if (tree instanceof Tensor) return map(tree);
  if (Array.isArray(tree)) return tree.map((item) => mapped(owner, item, map));
  if (isPlainObject(tree))
    return Object.fromEntries(Object.entries(tree).map(([key, item]) => [key, mapped(owner, item, map)]));
  throw expected(owner, 'tensors, or lists and objects of them, to differentiate by', tree);
}

function rebuilt(tree: TensorTree, found: ReadonlyMap<Tensor, Tensor>): TensorTree {
  return mapped('grad', tree, (tensor) => found.get(tensor)!);
}

/**
 * The result of `fn`, and a function from a vector shaped as the result to its product with the Jacobian: a list with one shaped
 * as each of the primals. That function may be called again; it holds the graph as long as it is held itself.
 */
export function vjp<Primals extends TensorTree[]>(
  fn: Fn<Primals, Tensor>,
  ...primals: Primals
): [output: Tensor, pullBack: (cotangent: Tensor) => TensorTree[]] {
  requireFunction('vjp', 'fn', fn);
  const { own, inputs } = recordingArguments('vjp', primals, [...primals.keys()]);
  const output: unknown = enableGrad(() => fn(...own));
  requireTensor('vjp', 'the result of fn', output);
  const again = records(primals);
  const pullBack = (cotangent: Tensor): TensorTree[] => {
    requireTensor('vjp', 'the cotangent', cotangent);
    return scoped(() => {
      const found = gradientsOf(output, inputs, cotangent, again || cotangent.requiresGrad);
      return own.map((tree) => rebuilt(tree, found));
    });
  };
  return [again ? output : output.detach(), pullBack];
}

/** The result of `fn` of `primals`, and the product of its Jacobian with `tangents`, which are shaped as the primals. */
export function jvp(
  fn: Fn<Tensor[], Tensor>,
  primals: readonly Tensor[],
  tangents: readonly Tensor[],
): [output: Tensor, tangent: Tensor] {
  requireFunction('jvp', 'fn', fn);
  return autograd.functional.jvp(fn, primals, tangents, { createGraph: records([primals, tangents]) });
}

type Jacobian = Fn<Tensor[], Tensor | Tensor[]>;

/** The function of the Jacobian of `fn`, [...result shape, ...argument shape], row by row: one backward pass for each element of the result. */
export function jacrev(fn: Fn<Tensor[], Tensor>, argnums: number | readonly number[] | ArgnumsOptions = 0): Jacobian {
  return byArguments('jacrev', fn, argnums, (single, input) =>
    autograd.functional.jacobian(single, input, { createGraph: records([input]) }),
  );
}

/** The same column by column: two backward passes for each element of the argument, for functions of few numbers. */
export function jacfwd(fn: Fn<Tensor[], Tensor>, argnums: number | readonly number[] | ArgnumsOptions = 0): Jacobian {
  return byArguments('jacfwd', fn, argnums, (single, input) => {
    const columns = Array.from({ length: input.numel() }, (_, i) => {
      const direction = zerosLike(input.detach());
      direction.view([-1]).select(0, i).fill_(1);
      return jvp(single, [input], [direction])[1];
    });
    const [first] = columns;
    if (first === undefined) throw expected('jacfwd', 'an argument with elements', input, '', InputError);
    return stack(columns, -1).view([...first.shape, ...input.shape]);
  });
}

/** The function of all second derivatives of `fn`, which gives a single number: [...argument shape, ...argument shape]. */
export function hessian(fn: Fn<Tensor[], Tensor>, argnums: number | ArgnumsOptions = 0): Jacobian {
  return byArguments('hessian', fn, argnums, (single, input) =>
    autograd.functional.hessian(single, input, { createGraph: records([input]) }),
  );
}

/** Derivatives by each of the chosen arguments, with the others as they are. */
function byArguments(
  owner: string,
  fn: Fn<Tensor[], Tensor>,
  given: number | readonly number[] | ArgnumsOptions,
  derive: (single: (input: Tensor) => Tensor, input: Tensor) => Tensor,
): Jacobian {
  requireFunction(owner, 'fn', fn);
  const { argnums } = bindArguments<Required<ArgnumsOptions>>(owner, { argnums: 0 }, [given]);
  return (...args) => {
    const results = positionsOf(owner, argnums, args.length).map((at) => {
      const input: unknown = args[at];
      requireTensor(owner, `argument ${at}`, input);
      return scoped(() => derive((own) => fn(...args.map((arg, i) => (i === at ? own : arg))), input));
    });
    return typeof argnums === 'number' ? results[0]! : results;
  };
}
