import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import lockfile from 'proper-lockfile';

/** A holder that was killed is forgotten after this time; a living one renews its lock three times in it. */
const STALE_MS = 6_000;

export interface LockOptions {
  /** Called once, when another process holds the lock and this one starts to wait. */
  readonly onWait?: () => void;
}

/**
 * Runs `work` while this process alone holds the lock of `path`; a second process waits, however long it takes.
 * The lock is the folder `<path>.lock`, so `path` itself need not exist.
 */
export async function withLock<Result>(path: string, work: () => Promise<Result>, options: LockOptions = {}): Promise<Result> {
  await mkdir(dirname(path), { recursive: true });
  const release = await acquire(path, options);
  try {
    return await work();
  } finally {
    await release();
  }
}

async function acquire(path: string, options: LockOptions): Promise<() => Promise<void>> {
  for (let waits = 0; ; waits++) {
    try {
      const unlock = await lockfile.lock(path, {
        realpath: false,
        stale: STALE_MS,
        update: STALE_MS / 3,
        // A machine that slept makes the lock look lost. What it guards is renamed into place when complete, so going on is safe.
        onCompromised: () => {},
      });
      return () => unlock().catch(() => {});
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      if (waits === 0) options.onWait?.();
      await setTimeout(200);
    }
  }
}
