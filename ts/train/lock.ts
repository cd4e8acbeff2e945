import { InputError } from '../errors';
import { FileLock, lockHolder } from '../native/lock';

/**
 * Keeps a second process from training into the same folder.
 * @throws InputError that names the process which trains there
 */
export function takeRunLock(path: string): FileLock {
  const lock = FileLock.tryTake(path);
  if (lock) return lock;
  const holder = lockHolder(path);
  throw new InputError(
    `${holder ? `Process ${holder}` : 'Another process'} is training into this folder (${path}): wait for it, or stop it first.`,
  );
}
