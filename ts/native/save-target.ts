/** Where writers put what they write: a file, a stream, or memory. */
import { InputError } from '../errors';
import { contentBytes, replaceFile, type Content } from './replace-file';
import { causeOf } from './system-error';

/** A stream that takes bytes, such as Node's Writable. */
export interface StreamTarget {
  write(bytes: Uint8Array, done: (error?: Error | null) => void): unknown;
}

/** The path or URL of a file. */
export type FileTarget = string | URL;

/**
 * Writes to a file at once, to a stream by and by, or gives the bytes where no target is named.
 * @throws InputError when the target cannot be written
 */
export function saveTo(
  target: FileTarget | StreamTarget | null | undefined,
  content: Content,
): Buffer | Promise<void> | void {
  if (target === undefined || target === null) return contentBytes(content);
  if (isStreamTarget(target)) return writeStream(target, contentBytes(content));
  replaceFile(target, content);
}

function isStreamTarget(target: unknown): target is StreamTarget {
  return typeof target === 'object' && target !== null && typeof (target as Partial<StreamTarget>).write === 'function';
}

/** The stream stays open: what comes behind is its owner's business. */
function writeStream(stream: StreamTarget, bytes: Buffer): Promise<void> {
  return new Promise((fulfil, reject) => {
    const fail = (cause: unknown): void =>
      reject(new InputError(`The stream cannot be written: ${causeOf(cause)}.`, { cause }));
    const emitter = stream as Partial<{
      once(event: string, listener: (cause: unknown) => void): void;
      off(event: string, listener: (cause: unknown) => void): void;
    }>;
    // Without a listener the stream's error would end the process beside the promise.
    emitter.once?.('error', fail);
    try {
      stream.write(bytes, (error) => {
        if (error) return fail(error);
        emitter.off?.('error', fail);
        fulfil();
      });
    } catch (cause) {
      fail(cause);
    }
  });
}
