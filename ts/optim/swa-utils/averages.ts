/* How two lists of tensors become an average: torch.optim.swa_utils's functions. */
import { InputError } from '../../errors';
import { isFloatingPoint } from '../../tensor/types/dtype';
import type { Tensor } from '../../tensor';
import * as each from '../foreach';
import { expected } from '../../options';

/** Moves averages, tensors of one device and type, towards the present tensors, in place. */
export type MultiAvgFn = (averages: Tensor[], current: Tensor[], numAveraged: number) => void;

/** The new average of one tensor. */
export type AvgFn = (average: Tensor, current: Tensor, numAveraged: number) => Tensor;

function checkDecay(decay: number): number {
  if (typeof decay === 'number' && decay >= 0 && decay <= 1) return decay;
  throw expected('AveragedModel', 'a number between 0 and 1 for the decay', decay, '', InputError);
}

function move(averages: Tensor[], current: Tensor[], weight: number): void {
  if (isFloatingPoint(averages[0]!.dtype)) return each.lerp_(averages, current, weight);
  for (const [i, average] of averages.entries()) average.copy_(average.mul(1 - weight).add(current[i]!.mul(weight)));
}

/** Exponential moving average: `decay * average + (1 - decay) * current`. */
export function getEmaMultiAvgFn(decay = 0.999): MultiAvgFn {
  const weight = 1 - checkDecay(decay);
  return (averages, current) => move(averages, current, weight);
}

/** The mean of all tensors so far. */
export function getSwaMultiAvgFn(): MultiAvgFn {
  return (averages, current, numAveraged) => move(averages, current, 1 / (numAveraged + 1));
}

/** Exponential moving average of one tensor. */
export function getEmaAvgFn(decay = 0.999): AvgFn {
  checkDecay(decay);
  return (average, current) => average.mul(decay).add(current.mul(1 - decay));
}

/** The mean of one tensor so far. */
export function getSwaAvgFn(): AvgFn {
  return (average, current, numAveraged) => average.add(current.sub(average).div(numAveraged + 1));
}
