/** What the forward passes of models share: what they take, and what they hand out of their inside for who asks for it, as transformers does (utils/output_capturing.py). */
import { ShapeError } from '../errors';
import * as torch from '../tensor';
import { isKept, unkeep } from '../tensor/memory/lifetime';
import type { Tensor } from '../tensor';
import { flag, optional, type FieldTable } from './fields';

/**
 * Makes sure that pixels are a batch of images.
 * @throws ShapeError when they are not (B, numChannels, H, W)
 */
export function requirePixels({ shape }: Tensor, numChannels: number): void {
  if (shape.length === 4 && shape[1] === numChannels) return;
  throw new ShapeError(`pixelValues: expected (B, ${numChannels}, H, W), found [${shape.join(', ')}].`);
}

/** The fields of models that can hand these out: what holds where a call of `forward` does not say. */
export const outputFields = {
  /** Whether `forward` gives the weights of attention, unless it is told. */
  outputAttentions: optional(flag(false)),
  /** Whether `forward` gives the hidden states, unless it is told. */
  outputHiddenStates: optional(flag(false)),
} satisfies FieldTable;

/** What a model is asked for beside its results. */
export interface OutputOptions {
  /** Gives the weights of attention of every layer; attention is then computed as with `attnImplementation: 'eager'`. @default that of the configuration */
  readonly outputAttentions?: boolean;
  /** Gives what goes into the first layer and what comes out of each. @default that of the configuration */
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

  /** One for what a call asks for, or else the configuration; undefined for nothing, which costs the layers nothing. */
  static for(asked: OutputOptions, config: OutputOptions): Recording | undefined {
    const outputAttentions = asked.outputAttentions ?? config.outputAttentions;
    const outputHiddenStates = asked.outputHiddenStates ?? config.outputHiddenStates;
    return outputAttentions || outputHiddenStates ? new Recording({ outputAttentions, outputHiddenStates }) : undefined;
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

/**
 * Layers one after the other; `recording` gets what goes into the first, and what each gives.
 * @param forward what a layer makes of the tokens: (B, N, D) -> (B, N, D)
 */
export function throughLayers<Layer>(
  layers: Iterable<Layer>,
  input: Tensor,
  recording: Recording | undefined,
  forward: (layer: Layer, tokens: Tensor) => Tensor,
): Tensor {
  recording?.add('hiddenStates', input);
  let current = input;
  for (const layer of layers) {
    const next = forward(layer, current);
    recording?.add('hiddenStates', next);
    // The scope of the model's forward would free them only at its end; without autograd, which saves them, two at a time are enough.
    if (current !== input && current !== next && !isKept(current)) current.dispose();
    current = next;
  }
  return current;
}
