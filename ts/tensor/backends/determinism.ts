/** The same results from the same input, always. */
import { binding } from '../../native/binding';
import { checkOptions } from '../core/options';

export interface DeterminismOptions {
  /** Where there is no deterministic algorithm, warn instead of failing. @default false */
  readonly warnOnly?: boolean;
}

/**
 * Makes operators use deterministic algorithms only; those that have none fail. On CUDA, matrix products also need
 * `CUBLAS_WORKSPACE_CONFIG=:4096:8` in the environment.
 */
export function useDeterministicAlgorithms(on: boolean, options: DeterminismOptions = {}): void {
  checkOptions('useDeterministicAlgorithms', options, ['warnOnly']);
  binding.setDeterministic(on, options.warnOnly ?? false);
}

/** Whether deterministic algorithms are asked for, even if only by a warning. */
export function areDeterministicAlgorithmsEnabled(): boolean {
  return binding.deterministic() > 0;
}

/** Whether operators without a deterministic algorithm only warn. */
export function isDeterministicAlgorithmsWarnOnlyEnabled(): boolean {
  return binding.deterministic() === 1;
}

/** `torch.utils.deterministic` of PyTorch. */
export const deterministic = {
  /** Whether tensors that are made without a value are filled (with NaN, or the largest integer) while algorithms are deterministic. */
  get fillUninitializedMemory(): boolean {
    return binding.getSwitch('deterministic.fillUninitializedMemory');
  },
  set fillUninitializedMemory(on: boolean) {
    binding.setSwitch('deterministic.fillUninitializedMemory', on);
  },
};
