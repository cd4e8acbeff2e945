import type { Tensor } from '../../tensor';
import { Module } from '../module';

/** Returns its input; takes the place of a layer that a model leaves out. */
export class Identity extends Module {
  forward(input: Tensor): Tensor {
    return input;
  }
}
