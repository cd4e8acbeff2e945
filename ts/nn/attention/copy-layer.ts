import { keep } from '../../tensor';
import type { Module, StateDict } from '../module';

/** A module that a stack can repeat. */
export interface Copyable extends Module {
  /** A new module with the same options and the same numbers in tensors of its own; draws nothing at random. */
  copy(): this;
}

/** Gives `empty`, a module of the same structure made on the device `'meta'`, copies of the tensors of `source`. */
export function copyInto<T extends Module>(source: T, empty: T): T {
  const copies: StateDict = {};
  for (const [key, tensor] of Object.entries(source.stateDict())) copies[key] = keep(tensor.clone());
  empty.loadStateDict(copies, { assign: true });
  const parameters = empty.parameters();
  for (const [i, { requiresGrad }] of source.parameters().entries()) parameters[i]!.requiresGrad_(requiresGrad);
  return empty.train(source.training);
}
