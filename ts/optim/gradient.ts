import * as torch from '../tensor';
import type { Device, Tensor } from '../tensor';
import * as each from './foreach';
import type { Batch } from './parameter-batches';

/** The options that most optimizers share. */
export interface GradientOptions {
  /** Learning rate, at least 0. */
  readonly lr?: number;
  /** Added to the gradient as `weightDecay * param`, at least 0. @default 0 */
  readonly weightDecay?: number;
  /** Climb instead of descending. @default false */
  readonly maximize?: boolean;
}

/** What to descend along: the gradients, turned round where the group climbs, and with the pull of its weight decay. */
export function effectiveGradients(
  { params }: Pick<Batch, 'params'>,
  given: Tensor[],
  { maximize, weightDecay = 0 }: { readonly maximize: boolean; readonly weightDecay?: number },
): Tensor[] {
  const gradients = maximize ? each.neg(given) : given;
  return weightDecay === 0 ? gradients : each.add(gradients, params, weightDecay);
}

/** Counts one step and gives the number of each parameter's: parameters without a gradient stand still. */
export function countSteps(batch: Batch): number[] {
  const steps = batch.list('step');
  each.addScalars_(steps, 1);
  return readScalars(steps);
}

/** The numbers in scalar tensors, in one copy. */
export function readScalars(scalars: readonly Tensor[]): number[] {
  return Array.from(torch.stack([...scalars]).data() as Float32Array | Float64Array);
}

/** A scalar that counts or accumulates in single precision, whatever the type of the parameters. */
export function scalarState(value: number, device: Device): Tensor {
  return torch.full([], value, { dtype: 'float32', device });
}
