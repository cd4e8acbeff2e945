import { DTypeError } from '../../errors';
import { formatValue } from '../operators/operator';
import { Tensor } from '../core/tensor';

interface Marks {
  saved: readonly (Tensor | null)[];
  dirty: readonly Tensor[];
  nonDifferentiable: readonly Tensor[];
  materialize: boolean;
}

/**
 * What a function's forward leaves for its backward. Tensors go through `saveForBackward`, which frees them with the graph
 * and notices when they are changed in between; anything else is set by name: `ctx.alpha = 0.5`.
 */
export class FunctionContext {
  [name: string]: unknown;

  /** For each argument of forward, whether its gradient is needed; false for what is no tensor. */
  needsInputGrad: readonly boolean[];
  /** In backward: what forward saved, in order; null for a null. */
  savedTensors: readonly Tensor[] = [];
  /** @internal */
  readonly _marks: Marks = { saved: [], dirty: [], nonDifferentiable: [], materialize: true };

  /** @internal */
  constructor(needsInputGrad: readonly boolean[]) {
    this.needsInputGrad = needsInputGrad;
  }

  /** Keeps inputs, outputs or tensors in between for backward. Once in a forward: a second call replaces the first. */
  saveForBackward(...tensors: readonly (Tensor | null)[]): void {
    this._marks.saved = checked('saveForBackward', tensors);
  }

  /** Names the inputs that forward changed in place; it has to return them too. */
  markDirty(...inputs: readonly Tensor[]): void {
    this._marks.dirty = checked('markDirty', inputs);
  }

  /** Names the outputs through which no gradient flows, such as indices. */
  markNonDifferentiable(...outputs: readonly Tensor[]): void {
    this._marks.nonDifferentiable = checked('markNonDifferentiable', outputs);
  }

  /** With false, backward gets null, not zeros, as the gradient of an output that was not used. */
  setMaterializeGrads(materialize: boolean): void {
    this._marks.materialize = materialize;
  }
}

function checked<T extends Tensor | null>(name: string, tensors: readonly T[]): readonly T[] {
  for (const tensor of tensors) {
    if (tensor !== null && !(tensor instanceof Tensor))
      throw new DTypeError(`${name}: expected tensors, found ${formatValue(tensor)}`);
  }
  return tensors;
}
