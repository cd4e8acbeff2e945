/** What the system refuses, in words. */
import { InputError, TorchError } from '../errors';

/** By the code of the system: what it means for who named the file. */
const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission is denied',
  EPERM: 'the system does not allow it',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file where a folder should be',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its links go in a circle',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file is too large for this file system',
  EROFS: 'the file system is read-only',
  EMFILE: 'this process has too many files open (see ulimit -n)',
  ENFILE: 'the system has too many files open',
  EIO: 'the device fails',
  ENXIO: 'nobody is at the other end',
  EPIPE: 'nobody reads the other end any more',
  EBUSY: 'it is in use',
  ETXTBSY: 'it is running',
  ENODEV: 'there is no such device',
  EINVAL: 'the system cannot do so with this file',
};

/** Whether the system said it, as opposed to a fault of the code. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return (
    typeof error === 'object' &&
    error !== null &&
    typeof (error as NodeJS.ErrnoException).code === 'string' &&
    'syscall' in error
  );
}

/** The cause and its code, such as `the disk is full (ENOSPC)`; the message of an error that the system did not make. */
export function causeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return message;
  const words = CAUSES[code];
  return words === undefined ? `${message}` : `${words} (${code})`;
}

/** The cause with the path where the system names one: `/x/y: the disk is full (ENOSPC)`. */
export function describeSystemError(error: NodeJS.ErrnoException & { readonly dest?: string }): string {
  const subject = error.dest ?? error.path ?? error.syscall;
  const cause = causeOf(error);
  // The message of a code that has no words here names the path itself.
  return subject === undefined || cause === error.message ? cause : `${subject}: ${cause}`;
}

/**
 * Runs `work`, and makes an error of the system within it a sentence.
 * @param advice what to do about it, a sentence
 * @throws InputError with path, cause and advice instead of an error of the system
 */
export async function explainSystemErrors<Result>(advice: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TorchError || !isSystemError(error)) throw error;
    throw new InputError(`${describeSystemError(error)}. ${advice}`, { cause: error });
  }
}
