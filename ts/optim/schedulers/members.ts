import { InputError } from '../../errors';
import { expected, itemsOf } from '../../options';
import type { Optimizer } from '../optimizer';
import type { ParamGroup } from '../param-group';
import { LRScheduler } from './lr-scheduler';

/** The schedulers that another one runs: at least one, and none that takes a metric. */
export function schedulersOf(owner: string, schedulers: Iterable<LRScheduler>): LRScheduler[] {
  const items = itemsOf(owner, 'a list of schedulers', schedulers);
  if (items.length === 0) throw new InputError(`${owner}: expected at least one scheduler, found none`);
  const others: unknown[] = items.filter((scheduler) => !(scheduler instanceof LRScheduler));
  if (others.length > 0) throw expected(owner, 'schedulers whose step() takes no metric', others[0], '', InputError);
  return items;
}

/** Throws unless the schedulers are of this optimizer. */
export function checkMembers(
  owner: string,
  optimizer: Optimizer<ParamGroup>,
  schedulers: readonly LRScheduler[],
): void {
  if (schedulers.some((scheduler) => scheduler.optimizer !== optimizer))
    throw new InputError(`${owner}: expected schedulers of its own optimizer, found one of another`);
}
