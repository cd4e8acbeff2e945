/*
 * Optimizer state as PyTorch writes it: state by the number of the parameter, groups with snake_case keys. So it goes
 * to Python and comes back.
 */
import type { Tensor } from '../tensor';

/** The tensors that an optimizer keeps for one parameter: `exp_avg`, `momentum_buffer`, `step`… */
export type ParamState = Record<string, Tensor>;

/** A group: its options, and the numbers of its parameters. */
export interface PackedGroup {
  params: number[];
  [option: string]: unknown;
}

export interface OptimizerStateDict {
  state: Record<number, ParamState>;
  param_groups: PackedGroup[];
}

/** `weightDecay` -> `weight_decay` */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
