import { InputError, TorchError } from '../errors';
import { autograd, isGradEnabled, keep, Tensor } from '../tensor';
import type { GradientAnswer, Gradients } from './hooks';

/** Passes tensors on as they are, and tells `seen` of their gradients on the way back, which it may replace. */
class Gate extends autograd.Function {
  static forward(ctx: autograd.FunctionContext, seen: (gradients: Gradients) => Gradients, ...tensors: Tensor[]): Tensor[] {
    ctx.seen = seen;
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
  #inputPlaces: readonly number[] | null = null;
  #inputCount = 0;
  /** Whether there are outputs whose gradients will tell of the pass. */
  #seesOutputs = true;

  /** @param own whether some of the hooks are the module's own: then an output without a tensor is an error */
  constructor(
    readonly name: string,
    readonly before: readonly ((gradOutput: Gradients) => GradientAnswer)[],
    readonly after: readonly ((gradInput: Gradients, gradOutput: Gradients) => GradientAnswer)[],
    readonly own: boolean,
  ) {}

  watchInputs(inputs: readonly unknown[]): readonly unknown[] {
    this.#inputCount = inputs.length;
    const places = placesOf(inputs);
    const gated = gate(inputs, places, (gradients) => this.#leave(places, gradients));
    if (gated !== inputs) this.#inputPlaces = places;
    return gated;
  }

  watchOutputs(output: unknown): unknown {
    const outputs: readonly unknown[] = Array.isArray(output) ? (output as unknown[]) : [output];
    const places = placesOf(outputs);
    if (places.length === 0) {
      this.#seesOutputs = false;
      if (!this.own) return output;
      throw new InputError(`${this.name}: backward hooks need a forward that returns a tensor or an array of tensors; hook the tensors inside with registerHook()`);
    }
    const gated = gate(outputs, places, (gradients) => this.#enter(places, outputs.length, gradients));
    return Array.isArray(output) ? gated : gated[0];
  }

  /** The gradients of the outputs are there. */
  #enter(places: readonly number[], count: number, gradients: Gradients): Gradients {
    let gradOutput = spread(places, gradients, count);
    for (const hook of this.before) gradOutput = this.#replaced(hook(gradOutput), gradOutput, 'outputs');
    if (this.#inputPlaces) this.#gradOutput = gradOutput;
    else this.#runWithoutInputs(gradOutput);
    return places.map((place) => gradOutput[place]!);
  }

  /** The gradients of the inputs are there. */
  #leave(places: readonly number[], gradients: Gradients): Gradients {
    if (!this.#seesOutputs) return gradients;
    const gradOutput = this.#gradOutput;
    if (!gradOutput) throw new TorchError(`${this.name}: its inputs got a gradient before its outputs did; was one used outside of its forward?`);
    this.#gradOutput = null;
    let gradInput = spread(places, gradients, this.#inputCount);
    for (const hook of this.after) gradInput = this.#replaced(hook(gradInput, gradOutput), gradInput, 'inputs');
    return places.map((place) => gradInput[place]!);
  }

  #runWithoutInputs(gradOutput: Gradients): void {
    const none: Gradients = Array.from({ length: this.#inputCount }, () => null);
    for (const hook of this.after) {
      const answer = hook(none, gradOutput) ?? [];
      if (answer instanceof Tensor || answer.some((gradient) => gradient !== null)) {
        throw new TorchError(`${this.name}: no input requires a gradient, so a backward hook must return nothing`);
      }
    }
  }

  #replaced(answer: GradientAnswer, gradients: Gradients, of: string): Gradients {
    if (answer === null || answer === undefined) return gradients;
    const list = answer instanceof Tensor ? [answer] : answer;
    if (list.length === gradients.length) return kept(list);
    throw new TorchError(`${this.name}: expected a backward hook to return ${gradients.length} gradients of the ${of}, found ${list.length}`);
  }
}

/** Hooks may hold on to what they see, so the collector frees it. */
function kept(gradients: Gradients): Gradients {
  for (const gradient of gradients) if (gradient) keep(gradient);
  return gradients;
}

function placesOf(values: readonly unknown[]): number[] {
  return values.flatMap((value, place) => (value instanceof Tensor ? [place] : []));
}

/** The values with their tensors sent through a gate; the very same when no gradient would pass it. */
function gate(values: readonly unknown[], places: readonly number[], seen: (gradients: Gradients) => Gradients): readonly unknown[] {
  const tensors = places.map((place) => values[place] as Tensor);
  if (!isGradEnabled() || !tensors.some((tensor) => tensor.requiresGrad)) return values;
  const passed = Gate.apply(seen, ...tensors);
  const result = [...values];
  places.forEach((place, i) => (result[place] = passed[i]));
  return result;
}

function spread(places: readonly number[], gradients: Gradients, count: number): Gradients {
  const result: (Tensor | null)[] = Array.from({ length: count }, () => null);
  places.forEach((place, i) => (result[place] = gradients[i] ?? null));
  return result;
}
