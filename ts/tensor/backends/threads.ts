/** Threads that operators use on the CPU. */
import { binding } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { checkBody } from '../core/options';

/** Threads that one operator may use on the CPU. */
export function setNumThreads(count: number): void {
  guarded('setNumThreads', () => binding.setNumThreads(count));
}

/**
 * Runs `body`, up to its first `await`, with operators on this thread alone: for many small operators beside other work,
 * where waking and joining threads costs more time than they save.
 */
export function onOneThread<T>(body: () => T): T {
  checkBody('onOneThread', body);
  const before = binding.limitThreads(1);
  try {
    return body();
  } finally {
    if (before > 0) binding.limitThreads(before);
  }
}

/** How many threads run operators beside one another, where libtorch does so: TorchScript's `fork`. */
export function getNumInteropThreads(): number {
  return binding.getNumInteropThreads();
}

/** How many threads one operator may use on the CPU. */
export function getNumThreads(): number {
  return binding.getNumThreads();
}
