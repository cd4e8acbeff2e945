import { InputError, TorchError } from '../errors';
import { autograd, isGradEnabled, keep, Tensor } from '../tensor';

/** A gradient for each argument or output; null where there is none. */
export type Gradients = readonly (Tensor | null)[];
/** All gradients in an array, or a single one as it is. */
export type GradientReplacement = Gradients | Tensor | null | undefined | void;

/** Passes tensors on as they are, and tells `seen` of their gradients on the way back, which it may replace. */
class Gate extends autograd.Function {
  static forward(
    ctx: autograd.FunctionContext,
    hook: (gradients: Gradients) => Gradients,
    ...tensors: Tensor[]
  ): Tensor[] {
    ctx.seen = hook;
    ctx.setMaterializeGrads(false);
    ctx.markNonDifferentiable(...tensors.filter((tensor) => !tensor.requiresGrad));
    return tensors;
  }

  static backward(ctx: autograd.FunctionContext, ...gradients: (Tensor | null)[]): (Tensor | null)[] {
    return [null, ...(ctx.seen as (gradients: Gradients) => Gradients)(kept(gradients))];
  }
}

/**
 * The backward hooks of one call of a module: a gate at its inputs and one at its outputs, as torch/utils/hooks.py has it.
 * The gradients of the outputs pass first and wait for those of the inputs.
 */
export class BackwardHooks {
  #gradOutput: Gradients | null = null;
  /** Which arguments are tensors; null when none of them requires a gradient. */
  #inputIndices: readonly number[] | null = null;
  #inputCount = 0;
  /** Whether there are outputs whose gradients will tell of the pass. */
  #seesOutputs = true;

  /** @param own whether some of the hooks are the module's own: then an output without a tensor is an error */
  constructor(
    readonly name: string,
    readonly before: readonly ((gradOutput: Gradients) => GradientReplacement)[],
    readonly after: readonly ((gradInput: Gradients, gradOutput: Gradients) => GradientReplacement)[],
    readonly own: boolean,
  ) {}

  watchInputs(inputs: readonly unknown[]): readonly unknown[] {
    this.#inputCount = inputs.length;
    const tensorIndices = indicesOfTensors(inputs);
    const gated = gate(inputs, tensorIndices, (gradients) => this.#leave(tensorIndices, gradients));
    if (gated !== inputs) this.#inputIndices = tensorIndices;
    return gated;
  }

  watchOutputs(output: unknown): unknown {
    const outputs: readonly unknown[] = Array.isArray(output) ? (output as unknown[]) : [output];
    const tensorIndices = indicesOfTensors(outputs);
    if (tensorIndices.length === 0) {
      this.#seesOutputs = false;
      if (!this.own) return output;
      throw new InputError(
        `${this.name}: backward hooks need a forward that returns a tensor or an array of tensors; hook the tensors inside with registerHook()`,
      );
    }
    const gated = gate(outputs, tensorIndices, (gradients) => this.#enter(tensorIndices, outputs.length, gradients));
    return Array.isArray(output) ? gated : gated[0];
  }

  /** The gradients of the outputs are there. */
  #enter(tensorIndices: readonly number[], count: number, gradients: Gradients): Gradients {
    let gradOutput = spread(tensorIndices, gradients, count);
    for (const hook of this.before) gradOutput = this.#replaced(hook(gradOutput), gradOutput, 'outputs');
    if (this.#inputIndices) this.#gradOutput = gradOutput;
    else this.#runWithoutInputs(gradOutput);
    return tensorIndices.map((index) => gradOutput[index]!);
  }

  /** The gradients of the inputs are there. */
  #leave(tensorIndices: readonly number[], gradients: Gradients): Gradients {
    if (!this.#seesOutputs) return gradients;
    const gradOutput = this.#gradOutput;
    if (!gradOutput)
      throw new TorchError(
        `${this.name}: its inputs got a gradient before its outputs did; was one used outside of its forward?`,
      );
    this.#gradOutput = null;
    let gradInput = spread(tensorIndices, gradients, this.#inputCount);
    for (const hook of this.after) gradInput = this.#replaced(hook(gradInput, gradOutput), gradInput, 'inputs');
    return tensorIndices.map((index) => gradInput[index]!);
  }

  #runWithoutInputs(gradOutput: Gradients): void {
    const none: Gradients = Array.from({ length: this.#inputCount }, () => null);
    for (const hook of this.after) {
      const replacement = hook(none, gradOutput) ?? [];
      if (replacement instanceof Tensor || replacement.some((gradient) => gradient !== null)) {
        throw new TorchError(`${this.name}: no input requires a gradient, so a backward hook must return nothing`);
      }
    }
  }

  #replaced(replacement: GradientReplacement, gradients: Gradients, of: string): Gradients {
    if (replacement === null || replacement === undefined) return gradients;
    const list = replacement instanceof Tensor ? [replacement] : replacement;
    if (list.length === gradients.length) return kept(list);
    throw new TorchError(
      `${this.name}: expected a backward hook to return ${gradients.length} gradients of the ${of}, found ${list.length}`,
    );
  }
}

/** Hooks may hold on to what they see, so the collector frees it. */
function kept(gradients: Gradients): Gradients {
  for (const gradient of gradients) if (gradient) keep(gradient);
  return gradients;
}

function indicesOfTensors(values: readonly unknown[]): number[] {
  return values.flatMap((value, index) => (value instanceof Tensor ? [index] : []));
}

/** The values with their tensors sent through a gate; the very same when no gradient would pass it. */
function gate(
  values: readonly unknown[],
  tensorIndices: readonly number[],
  hook: (gradients: Gradients) => Gradients,
): readonly unknown[] {
  const tensors = tensorIndices.map((index) => values[index] as Tensor);
  if (!isGradEnabled() || !tensors.some((tensor) => tensor.requiresGrad)) return values;
  const passed = Gate.apply(hook, ...tensors);
  const result = [...values];
  tensorIndices.forEach((index, i) => (result[index] = passed[i]));
  return result;
}

function spread(tensorIndices: readonly number[], gradients: Gradients, count: number): Gradients {
  const result: (Tensor | null)[] = Array.from({ length: count }, () => null);
  tensorIndices.forEach((index, i) => (result[index] = gradients[i] ?? null));
  return result;
}
