/** Autograd functions whose forward and backward are written in TypeScript; the counterpart of `torch.autograd.Function`. */
import { DTypeError, TorchError } from '../../errors';
import { binding } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { rewind, Tag, take } from '../../native/wire';
import { putTensors } from './backward';
import { register, type Callback } from './callbacks';
import { context } from '../core/context';
import { FunctionContext } from './function-context';
import { adopt, scoped } from '../memory/lifetime';
import { noGrad } from '../core/modes';
import { formatValue } from '../operators/operator';
import { Tensor } from '../core/tensor';

type Gradients = Tensor | null | undefined | readonly (Tensor | null | undefined)[];

interface Derivative {
  readonly name: string;
  readonly onceDifferentiable?: boolean;
  /** The gradients of the arguments of `forward`, from those of its outputs. */
  backward(ctx: FunctionContext, ...gradients: Tensor[]): Gradients;
}

/** A subclass of {@link Function}, seen from its static side. */
export interface FunctionType<A extends unknown[], R> extends Derivative {
  /** Computes the outputs, and keeps in `ctx` what `backward` needs. */
  forward(ctx: FunctionContext, ...args: A): R;
}

/** A subclass of {@link Function} whose forward takes no `ctx`: `setupContext` keeps what backward needs. */
export interface SplitFunctionType<A extends unknown[], R> extends Derivative {
  /** Computes the outputs. */
  forward(...args: A): R;
  /** Called after `forward` with its arguments and its result: keeps in `ctx` what `backward` needs. */
  setupContext(ctx: FunctionContext, inputs: A, output: R): void;
}

/**
 * Base of functions that bring their own derivative.
 *
 * `forward` takes tensors and anything else, and gives a tensor or an array of tensors; nothing in it is recorded.
 * `backward` gets the gradient of each output and gives that of each argument of `forward`, null for those that need none
 * or are no tensors (a single one without the array). Gradients flow to tensors that are arguments themselves, not to those
 * inside of an array or object. `backward` runs on this thread, inside of `backward()`, and what it throws comes out of
 * there. What it makes is freed when it returns, but for what it returns. With `createGraph` it is recorded like any other
 * code; `static onceDifferentiable = true` says that its derivative would be wrong, and makes asking for it an error.
 *
 * With `static setupContext(ctx, inputs, output)`, `forward` takes no `ctx`: it is called with the arguments of `apply` alone,
 * and `setupContext` after it, with them in an array and with its result.
 * @example
 * class Exp extends torch.autograd.Function {
 *   static forward(ctx: torch.autograd.FunctionContext, x: torch.Tensor): torch.Tensor {
 *     const y = x.exp();
 *     ctx.saveForBackward(y);
 *     return y;
 *   }
 *   static backward(ctx: torch.autograd.FunctionContext, gradient: torch.Tensor): torch.Tensor {
 *     return gradient.mul(ctx.savedTensors[0]!);
 *   }
 * }
 * const y = Exp.apply(input);
 */
export abstract class Function {
  /** Runs `forward` and records `backward` as its derivative. */
  static apply<A extends unknown[], R extends Tensor | readonly Tensor[]>(this: SplitFunctionType<A, R>, ...args: A): R;
  static apply<A extends unknown[], R extends Tensor | readonly Tensor[]>(this: FunctionType<A, R>, ...args: A): R;
  static apply<A extends unknown[], R>(this: SplitFunctionType<A, R> | FunctionType<A, R>, ...args: A): R {
    return scoped(() => {
      const ctx = new FunctionContext(args.map((value) => value instanceof Tensor && value.requiresGrad));
      const returned = noGrad(() => run(this, ctx, args));
      const outputs = outputsOf(this, returned);
      const recorded = record(this, ctx, args, outputs);
      return (Array.isArray(returned) ? recorded : recorded[0]) as R;
    });
  }
}

function run<A extends unknown[], R>(
  type: SplitFunctionType<A, R> | FunctionType<A, R>,
  ctx: FunctionContext,
  args: A,
): R {
  if (!('setupContext' in type)) return type.forward(ctx, ...args);
  const output = type.forward(...args);
  type.setupContext(ctx, args, output);
  return output;
}

function outputsOf({ name }: Derivative, returned: unknown): Tensor[] {
  const outputs: unknown[] = Array.isArray(returned) ? returned : [returned];
  return outputs.map((value) => {
    if (value instanceof Tensor) return value;
    throw new DTypeError(
      `${name}.forward: expected it to return a tensor or an array of tensors, found ${formatValue(returned)}`,
    );
  });
}

/** Records this call as a node of the graph; returns the recorded outputs. */
function record(type: Derivative, ctx: FunctionContext, args: readonly unknown[], outputs: Tensor[]): Tensor[] {
  const { saved, dirty, nonDifferentiable, materialize } = ctx._marks;
  const inputs = args.filter((value) => value instanceof Tensor);
  context();
  return guarded(`${type.name}.apply`, () => {
    const areTensors = args.map((value) => value instanceof Tensor);
    const id = register(backwardOf(type, ctx, areTensors, outputs.length), { scoped: true });
    rewind();
    for (const list of [inputs, outputs, saved, dirty, nonDifferentiable]) putTensors(list);
    const count = binding.applyFunction(id, `${type.name}Backward`, materialize);
    rewind();
    return Array.from({ length: count }, () => takeOutput([...outputs, ...inputs]));
  });
}

/** An output that came back as the tensor that it went in as keeps its object. */
function takeOutput(known: readonly Tensor[]): Tensor {
  const same = take() === Tag.Same;
  const handle = take();
  return same ? known.find((tensor) => tensor._handle === handle)! : adopt(handle);
}

/** @param areTensors which arguments of forward were tensors */
function backwardOf(type: Derivative, ctx: FunctionContext, areTensors: readonly boolean[], outputs: number): Callback {
  return (tensors, { flags, recording }) => {
    let input = 0;
    ctx.needsInputGrad = areTensors.map((isTensor) => isTensor && flags[input++] !== 0);
    ctx.savedTensors = tensors.slice(outputs) as Tensor[];
    const gradOutputs = tensors.slice(0, outputs) as Tensor[];
    try {
      const once = type.onceDifferentiable === true;
      const run = (): Gradients => type.backward(ctx, ...gradOutputs);
      const gradients = check(type.name, once ? noGrad(run) : run(), areTensors);
      return once && recording ? seal(type.name, tensors, gradients) : gradients;
    } finally {
      ctx.savedTensors = [];
    }
  };
}

/** The gradients of those arguments that are tensors. */
function check(name: string, returned: Gradients, areTensors: readonly boolean[]): (Tensor | null)[] {
  const gradients = Array.isArray(returned)
    ? (returned as readonly (Tensor | null | undefined)[])
    : [returned as Tensor | null | undefined];
  const surplus = gradients.slice(areTensors.length).some((gradient) => gradient instanceof Tensor);
  if (gradients.length < areTensors.length || surplus) {
    throw new TorchError(
      `${name}.backward: expected ${areTensors.length} gradients, one for each argument of forward (null where there is none), found ${gradients.length}`,
    );
  }
  return areTensors.flatMap((isTensor, i) => {
    const gradient = gradients[i] ?? null;
    if (isTensor) return [gradient];
    if (gradient === null) return [];
    throw new TorchError(
      `${name}.backward: expected null for argument ${i + 1} of forward, which was no tensor, found ${formatValue(gradient)}`,
    );
  });
}

/**
 * Gradients that require a gradient themselves, whose computation is an error.
 * @param sources what they were computed from
 */
function seal(name: string, sources: readonly (Tensor | null)[], gradients: (Tensor | null)[]): (Tensor | null)[] {
  if (!sources.some((tensor) => tensor?.requiresGrad)) return gradients;
  return gradients.map((gradient) => gradient && Sealed.apply(name, gradient.detach().requiresGrad_()));
}

class Sealed extends Function {
  static forward(ctx: FunctionContext, owner: string, tensor: Tensor): Tensor {
    ctx.owner = owner;
    return tensor;
  }

  static backward(ctx: FunctionContext): never {
    throw new TorchError(
      `${String(ctx.owner)}.backward is marked onceDifferentiable, so its derivative cannot be computed`,
    );
  }
}
