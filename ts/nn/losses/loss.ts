import type { Tensor } from '../../tensor';
import type { Reduction } from '../functional';
import { Module } from '../module';

/** A function of an input and a target. */
export abstract class Loss extends Module {
  abstract readonly reduction: Reduction | 'batchmean';
  abstract override forward(input: Tensor, target: Tensor): Tensor;
}
