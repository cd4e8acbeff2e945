import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { InputError } from '../errors';

/** How often a waiting process asks again. */
const POLL_MS = 100;

export interface LockOptions {
  /** Called once, when another process holds the lock and this one starts to wait. */
  readonly onWait?: () => void;
}

/**
 * A lock on a file that the kernel keeps (open file description locks): one holder at a time among all processes
 * and threads. It ends with its holder however that ends, and only then: a process that is stopped, or a machine
 * that sleeps, keeps it, where a lease would have lapsed.
 */
export class FileLock {
  readonly #file: number;

  private constructor(
    readonly path: string,
    file: number,
  ) {
    this.#file = file;
  }

  /**
   * Takes the lock, or gives undefined where somebody else holds it. The file at `path` is made, and deleted by `release`.
   * @throws InputError when the file cannot be written, or its file system has no locks
   */
  static tryTake(path: string): FileLock | undefined {
    for (;;) {
      const file = openLockFile(path);
      try {
        if (!tryLock(file, path)) {
          closeSync(file);
          return undefined;
        }
        if (isAt(file, path)) {
          ftruncateSync(file);
          writeSync(file, `${process.pid}\n`, 0);
          return new FileLock(path, file);
        }
      } catch (error) {
        closeSync(file);
        throw error;
      }
      // Its last holder deleted the file between our opening and our locking it.
      closeSync(file);
    }
  }

  release(): void {
    // Before closing: whoever locks the file from then on sees that it is no longer the one at the path.
    if (isAt(this.#file, this.path)) unlinkSync(this.path);
    closeSync(this.#file);
  }
}

/** The process that holds the lock at `path`, as far as its file tells. */
export function lockHolder(path: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(path, 'utf8'), 10) || undefined;
  } catch {
    return undefined;
  }
}

/** Whether a process holds the lock at `path` at this moment; its file alone may be what a killed one left. */
export function isLocked(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    const lock = FileLock.tryTake(path);
    lock?.release();
    return lock === undefined;
  } catch {
    // In a folder that cannot be written to nobody trains either.
    return false;
  }
}

/**
 * Runs `work` while this process alone holds the lock of `path`; a second process waits, however long it takes.
 * The lock is the file `<path>.lock`, so `path` itself need not exist.
 * @throws InputError as `FileLock.tryTake` does
 */
export async function withLock<Result>(
  path: string,
  work: () => Promise<Result>,
  { onWait }: LockOptions = {},
): Promise<Result> {
  await mkdir(dirname(path), { recursive: true });
  let lock = FileLock.tryTake(`${path}.lock`);
  if (!lock) onWait?.();
  while (!lock) {
    await setTimeout(POLL_MS);
    lock = FileLock.tryTake(`${path}.lock`);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

function openLockFile(path: string): number {
  try {
    return openSync(path, 'a+');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Versions up to 0.1 made a folder of this name and renewed its time: nobody does so any more.
    if (code === 'EISDIR') rmdirSync(path);
    else
      throw new InputError(`The lock ${path} cannot be made (${code}); it needs a folder that can be written.`, {
        cause: error,
      });
  }
  return openSync(path, 'a+');
}

function tryLock(file: number, path: string): boolean {
  // Loaded here, so that nothing but locking fails where addons are not to be had.
  const { tryLock } = require('fs-native-extensions') as { tryLock(file: number): boolean };
  try {
    return tryLock(file);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    throw new InputError(`The file system of ${path} gives no locks (${reason}); use a folder on a local disk.`, {
      cause: error,
    });
  }
}

/** Whether the open file is the one that the path names. */
function isAt(file: number, path: string): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  const own = fstatSync(file);
  return there !== undefined && there.ino === own.ino && there.dev === own.dev;
}
