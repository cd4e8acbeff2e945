import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { InputError } from '../errors';
import { pathOf } from './byte-source';
import { causeOf, isSystemError } from './system-error';

/** Takes the next bytes of a file. */
export type Write = (bytes: Uint8Array) => void;

/** A text, or what hands over the bytes piece by piece. */
export type Content = string | ((write: Write) => void);

/** The system takes less than 2^31 bytes at a time. */
const LONGEST_WRITE = 2 ** 30;
/** Drafts of names that are as long as a name can be must not be longer. */
const KEPT_OF_NAME = 32;

let drafts = 0;

/**
 * Writes a file so that at any moment there is the old one or the whole new one at `path`, on disk too. What is no plain
 * file, a pipe or a device, is written to as it is.
 * @throws InputError with the path and the cause when the system refuses to write there; nothing is left behind
 */
export function replaceFile(path: string | URL, content: Content): void {
  const name = behindLinks(pathOf(path, 'the path of a file to write'));
  const isDevice = isSpecialFile(name);
  const draft = isDevice
    ? name
    : join(dirname(name), `.${basename(name).slice(0, KEPT_OF_NAME)}.${process.pid}-${threadId}-${++drafts}.tmp`);
  let isMade = false;
  try {
    const file = openSync(draft, isDevice ? 'a' : 'w');
    isMade = !isDevice;
    try {
      fillWith(content, (bytes) => writeAll(file, bytes));
      if (!isDevice) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (!isDevice) renameSync(draft, name);
  } catch (cause) {
    if (isMade) rmSync(draft, { force: true });
    throw isSystemError(cause)
      ? new InputError(`${name}: cannot be written: ${reason(cause, name)}.`, { cause })
      : cause;
  }
}

/** The bytes that a file would have. */
export function contentBytes(content: Content): Buffer {
  const pieces: Uint8Array[] = [];
  fillWith(content, (bytes) => pieces.push(bytes));
  return Buffer.concat(pieces);
}

function fillWith(content: Content, write: Write): void {
  if (typeof content === 'string') write(Buffer.from(content));
  else content(write);
}

/** A link stays, and what it leads to is written. */
function behindLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // there is none yet, or opening says why
  }
}

function isSpecialFile(path: string): boolean {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats !== undefined && !stats.isFile() && !stats.isDirectory();
  } catch {
    return false; // opening says why
  }
}

function reason(cause: NodeJS.ErrnoException, path: string): string {
  return cause.code === 'ENOENT' ? `the folder ${dirname(path)} does not exist (ENOENT)` : causeOf(cause);
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;)
    done += writeSync(file, bytes, done, Math.min(bytes.length - done, LONGEST_WRITE));
}
