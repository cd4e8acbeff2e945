import { TorchError } from '../../errors';
import { forgetDropped } from '../autograd/callbacks';
import { keep, unkeep } from '../memory/lifetime';
import type { Packed } from '../autograd/saved-tensors';
import type { Tensor } from '../core/tensor';

/** What stands in the graph for one saved tensor. */
export interface Placeholder {
  /** False once the graph is done with it. */
  alive: boolean;
  /** Type, shape and device; null when they are not to be compared. */
  readonly metadata: string | null;
}

/** Thrown to end a recomputation that has computed what is needed. */
export const STOP: unique symbol = Symbol('enough is recomputed');

/** The saved tensors of a checkpointed call, as one backward pass has computed them again. */
export class Recomputed {
  /** How many tensors the recomputation has saved. */
  count = 0;
  readonly #tensors = new Map<number, Tensor>();

  constructor(
    readonly placeholders: readonly Placeholder[],
    readonly earlyStop: boolean,
  ) {
    forgetDropped(); // what segments before this one still held is needed no more
  }

  pack(tensor: Tensor, metadataOf: (tensor: Tensor) => string): Packed {
    const position = this.count++;
    const placeholder = this.placeholders[position];
    if (placeholder?.alive) {
      if (placeholder.metadata !== null) compare(placeholder.metadata, metadataOf(tensor), position);
      this.#tensors.set(position, keep(tensor));
    }
    if (this.earlyStop && this.count === this.placeholders.length) throw STOP;
    // The graph of the recomputation is never run.
    return { unpack: () => tensor };
  }

  /** Hands the tensor over to the running scope. */
  take(position: number): Tensor {
    const tensor = this.#tensors.get(position);
    if (!tensor)
      throw new TorchError(
        'checkpoint: a saved tensor was asked for twice in one backward pass; run that with retainGraph',
      );
    this.#tensors.delete(position);
    unkeep(tensor);
    return tensor;
  }

  release(): void {
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
  }
}

function compare(first: string, now: string, position: number): void {
  if (first === now) return;
  throw new TorchError(
    `checkpoint: tensor ${position + 1} that the function saves for backward was ${first} at first and is ${now} now; it must do the same each time`,
  );
}
