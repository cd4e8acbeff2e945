import { InputError } from '../../errors';
import { ModuleList } from '../containers/module-list';
import { Module, type Layer } from '../module';
import { requireSizes } from '../options';
import { bindOptions, type Positional } from '../positions';
import type { Copyable } from './copy-layer';

export interface StackOptions {
  /** A layer over the output of the last one. @default null */
  readonly norm?: Layer | null;
}

/** What the stacks of encoder and decoder layers share: copies of one layer that start from the same numbers, and a norm. */
export abstract class TransformerStack<StackedLayer extends Copyable> extends Module {
  layers: ModuleList<StackedLayer>;
  norm: Layer | null;

  constructor(
    layer: StackedLayer,
    readonly numLayers: number,
    ...given: Positional<StackOptions, 'TransformerStack'>
  ) {
    super();
    if (!(layer instanceof Module))
      throw new InputError(
        `${new.target.name}: expected a layer to copy, found ${layer === null ? 'null' : typeof layer}.`,
      );
    requireSizes(new.target.name, { numLayers });
    const { norm } = bindOptions<Required<StackOptions>>(new.target.name, { norm: null }, given, 'TransformerStack');
    this.layers = new ModuleList(Array.from({ length: numLayers }, () => layer.copy()));
    this.norm = norm;
  }
}
