import { InputError } from '../../errors';
import type { Optimizer } from '../optimizer';
import type { ParamGroup } from '../param-group';
import { LRScheduler } from './lr-scheduler';

/** Throws unless the schedulers that another one runs are some, of its optimizer, and take no metric. */
export function checkMembers(
  owner: string,
  optimizer: Optimizer<ParamGroup>,
  schedulers: readonly LRScheduler[],
): void {
  if (schedulers.length === 0) throw new InputError(`${owner} expects at least one scheduler, got none.`);
  const other = schedulers.find((scheduler) => !(scheduler instanceof LRScheduler)) as object | undefined;
  if (other) throw new InputError(`${owner} does not take a ${other.constructor.name}: its step() needs a metric.`);
  if (schedulers.some((scheduler) => scheduler.optimizer !== optimizer)) {
    throw new InputError(`${owner} expects schedulers of its own optimizer, got one of another.`);
  }
}
