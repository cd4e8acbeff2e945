import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { InputError } from '../errors';

/** Takes the next bytes of a file. */
export type Write = (bytes: Uint8Array) => void;

/** The system takes less than 2^31 bytes at a time. */
const LONGEST_WRITE = 2 ** 30;

/**
 * Writes a file so that at any moment there is the old one or the whole new one at `path`, on disk too.
 * @param content a text, or what hands over the bytes piece by piece
 * @throws InputError when the system refuses to write there
 */
export function replaceFile(path: string, content: string | ((write: Write) => void)): void {
  if (typeof path !== 'string') throw new InputError(`expected the path of a file to write, found ${path === null ? 'null' : typeof path}`);
  const fill = typeof content === 'string' ? (write: Write) => write(Buffer.from(content)) : content;
  const draft = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(draft, 'w');
    try {
      fill((bytes) => writeAll(file, bytes));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (cause) {
    rmSync(draft, { force: true });
    const { syscall, code } = cause as NodeJS.ErrnoException;
    throw syscall === undefined ? cause : new InputError(`${path}: cannot be written (${code}).`, { cause });
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, Math.min(bytes.length - done, LONGEST_WRITE));
}
