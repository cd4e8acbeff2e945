/*
 * Optimizer state as PyTorch writes it: state by the number of the parameter, groups with snake_case keys. So it goes
 * to Python and comes back.
 */
import { keep, Tensor } from '../tensor';

/** A tensor mostly; a few optimizers keep numbers and lists too. */
export type StateValue = Tensor | number | null | StateValue[];

/** What an optimizer keeps for one parameter: `exp_avg`, `momentum_buffer`, `step`… */
export type ParamState = Record<string, StateValue>;

/** A group: its options, and the numbers of its parameters. */
export interface PackedGroup {
  params: number[];
  [option: string]: unknown;
}

/** What an optimizer saves, as PyTorch does: state by the number of the parameter, and the groups. */
export interface OptimizerStateDict {
  state: Record<number, ParamState>;
  param_groups: PackedGroup[];
}

/** Writes a tensor into the state, in place where it has one of that name. */
export function remember(state: ParamState, name: string, tensor: Tensor): void {
  const own = state[name];
  if (own instanceof Tensor) own.copy_(tensor);
  else state[name] = keep(tensor.clone());
}

/** `weightDecay` -> `weight_decay` */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
