import { InputError } from '../../errors';
import { ModuleList } from '../containers/modules';
import { Module, type Layer } from '../module';
import { expected, requireSizes } from '../options';

/** A module that a stack can repeat. */
export interface Copyable extends Module {
  /** A new module with the same options and the same numbers in tensors of its own; draws nothing at random. */
  copy(): this;
}

export interface StackOptions {
  /** A layer over the output of the last one. @default null */
  readonly norm?: Layer | null;
}

export const stackDefaults: Required<StackOptions> = { norm: null };

/** What the stacks of encoder and decoder layers share: copies of one layer that start from the same numbers, and a norm. */
export abstract class TransformerStack<StackedLayer extends Copyable> extends Module {
  layers: ModuleList<StackedLayer>;
  norm: Layer | null;

  protected constructor(
    layer: StackedLayer,
    readonly numLayers: number,
    norm: Layer | null,
  ) {
    super();
    if (!(layer instanceof Module)) throw expected(new.target.name, 'a layer to copy', layer, '', InputError);
    if (norm !== null && !(norm instanceof Module)) throw expected(new.target.name, 'a layer or null for norm', norm);
    requireSizes(new.target.name, { numLayers });
    this.layers = new ModuleList(Array.from({ length: numLayers }, () => layer.copy()));
    this.norm = norm;
  }
}
