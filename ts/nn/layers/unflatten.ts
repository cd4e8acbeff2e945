import type { Tensor } from '../../tensor';
import { Module } from '../module';
import * as repr from '../python-repr';
import { bindOptions, type Arguments, type NoOptions } from '../options';

/** Splits a dimension into several: (B, C·H·W) -> (B, C, H, W); one size may be -1. */
export class Unflatten extends Module {
  readonly dim: number;
  readonly unflattenedSize: readonly number[];

  constructor(...args: Arguments<[dim: number, unflattenedSize: readonly number[]], NoOptions, 'Unflatten'>) {
    super();
    const { dim, unflattenedSize } = bindOptions('Unflatten', {}, args);
    this.dim = dim;
    this.unflattenedSize = unflattenedSize;
  }

  forward(input: Tensor): Tensor {
    return input.unflatten(this.dim, this.unflattenedSize); // (B, C·H·W) -> (B, C, H, W)
  }

  override extraRepr(): string {
    return `dim=${this.dim}, unflattened_size=${repr.tuple(this.unflattenedSize)}`;
  }
}
