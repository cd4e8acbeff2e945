import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../errors';

/**
 * What `work` gives, if it does so in time.
 * @param seconds 0 waits for ever
 * @throws InputError after that time
 */
export async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
  if (seconds === 0) return work;
  const done = new AbortController();
  const late = sleep(seconds * 1000, undefined, { signal: done.signal }).then(
    () => {
      throw new InputError(
        `DataLoader timed out after ${seconds} seconds; give a longer timeout, or find out what the samples wait for`,
      );
    },
    () => work,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
