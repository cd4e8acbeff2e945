import { InputError } from '../../errors';
import type { Optimizer } from '../optimizer';
import type { ParamGroup } from '../param-group';
import { resolveOptions } from '../../nn/options';
import { LambdaLR } from './lambda-lr';
import type { SchedulerOptions } from './lr-scheduler';

export interface WarmupCosineOptions extends SchedulerOptions {
  /** Steps from 0 up to the base rate. */
  readonly warmupSteps: number;
  /** Steps of the whole training, warm-up included. */
  readonly totalSteps: number;
  /** Part of the base rate that is left at the end. @default 0 */
  readonly finalFactor?: number;
}

const defaults: Required<WarmupCosineOptions> = { warmupSteps: 0, totalSteps: 1, finalFactor: 0, lastEpoch: -1 };

/**
 * A line up to the base rate, then half a cosine down to `finalFactor` of it, where it stays. With `finalFactor` 0 the
 * same as transformers' get_cosine_schedule_with_warmup, which rises again when stepped past its end.
 */
export function warmupCosine(optimizer: Optimizer<ParamGroup>, options: WarmupCosineOptions): LambdaLR {
  const { warmupSteps, totalSteps, finalFactor, lastEpoch } = resolveOptions('warmupCosine', defaults, options);
  if (!(warmupSteps >= 0 && warmupSteps <= totalSteps)) {
    throw new InputError(
      `warmupCosine: warmupSteps must be between 0 and totalSteps, got ${String(warmupSteps)} of ${String(totalSteps)}.`,
    );
  }
  const factor = (step: number): number => {
    if (step < warmupSteps) return step / Math.max(1, warmupSteps);
    const progress = (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
    const cosine = 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress)));
    return finalFactor + (1 - finalFactor) * cosine;
  };
  return new LambdaLR(optimizer, factor, { lastEpoch });
}
