import type { Tensor } from '../../tensor';
import { Module } from '../module';
import { bindOptions, type Positional } from '../options';

export interface FlattenOptions {
  /** First dimension to merge. @default 1 */
  readonly startDim?: number;
  /** Last dimension to merge. @default -1 */
  readonly endDim?: number;
}

const defaults: Required<FlattenOptions> = { startDim: 1, endDim: -1 };

/** Merges neighbouring dimensions: (B, C, H, W) -> (B, C·H·W). */
export class Flatten extends Module {
  readonly startDim: number;
  readonly endDim: number;

  constructor(...given: Positional<FlattenOptions, 'Flatten'>) {
    super();
    ({ startDim: this.startDim, endDim: this.endDim } = bindOptions('Flatten', defaults, given));
  }

  forward(input: Tensor): Tensor {
    return input.flatten(this.startDim, this.endDim); // (B, C, H, W) -> (B, C·H·W)
  }

  override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`;
  }
}
