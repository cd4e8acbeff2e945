import type { Tensor } from '../../tensor';
import { Module } from '../module';
import * as repr from '../python-repr';

/** Splits a dimension into several: (B, C·H·W) -> (B, C, H, W); one size may be -1. */
export class Unflatten extends Module {
  constructor(
    readonly dim: number,
    readonly unflattenedSize: readonly number[],
  ) {
    super();
  }

  forward(input: Tensor): Tensor {
    return input.unflatten(this.dim, this.unflattenedSize); // (B, C·H·W) -> (B, C, H, W)
  }

  override extraRepr(): string {
    return `dim=${this.dim}, unflattened_size=${repr.tuple(this.unflattenedSize)}`;
  }
}
