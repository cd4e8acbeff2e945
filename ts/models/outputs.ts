/** What a forward pass hands out of its inside, for who asks for it, as transformers does (utils/output_capturing.py). */
import * as torch from '../tensor';
import { unkeep } from '../tensor/memory/lifetime';
import type { Tensor } from '../tensor';

/** What a model is asked for beside its results. */
export interface OutputOptions {
  /** Gives the weights of attention of every layer; attention is then computed as with `attnImplementation: 'eager'`. @default false */
  readonly outputAttentions?: boolean;
  /** Gives what goes into the first layer and what comes out of each. @default false */
  readonly outputHiddenStates?: boolean;
}

/** Which of the lists a recording has. */
type Lists = Partial<Record<'hiddenStates' | 'attentions' | 'crossAttentions', Tensor[]>>;

/**
 * Lists of tensors that layers add to while a forward pass goes on: layer by layer, those that were asked for. They outlive the
 * forward of the layer that made them, and belong to whoever takes them.
 */
export class Recording {
  readonly #lists: Lists;

  /** One for what is asked for; undefined for nothing, which costs the layers nothing. */
  static for(asked: OutputOptions): Recording | undefined {
    return asked.outputAttentions || asked.outputHiddenStates ? new Recording(asked) : undefined;
  }

  private constructor({ outputAttentions = false, outputHiddenStates = false }: OutputOptions) {
    this.#lists = {
      ...(outputHiddenStates && { hiddenStates: [] }),
      ...(outputAttentions && { attentions: [], crossAttentions: [] }),
    };
  }

  get wantsAttentions(): boolean {
    return this.#lists.attentions !== undefined;
  }

  get wantsHiddenStates(): boolean {
    return this.#lists.hiddenStates !== undefined;
  }

  /** Adds to a list, where it was asked for. */
  add(list: keyof Lists, tensor: Tensor): void {
    this.#lists[list]?.push(torch.keep(tensor));
  }

  /** What was recorded; the tensors belong to the running scope from now on. */
  take(): Lists {
    for (const tensor of new Set(Object.values(this.#lists).flat())) unkeep(tensor);
    return this.#lists;
  }
}
