import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { threadId } from 'node:worker_threads';
import { InputError } from '../errors';
import { pathOf } from './byte-source';
import { isUint8Array } from './realm';
import { causeOf, isSystemError } from './system-error';

/** Bytes that are copied when they are written, such as those of a tensor. */
export interface LazyBytes {
  toBytes(): Uint8Array;
}

export type Piece = Uint8Array | LazyBytes;

/** Takes the next bytes of a file. */
export type Write = (piece: Piece) => void;

/** A text, or what hands over the bytes piece by piece. */
export type Content = string | ((write: Write) => void);

/** The system takes less than 2^31 bytes at a time. */
const LONGEST_WRITE = 2 ** 30;
/** Drafts of names that are as long as a name can be must not be longer. */
const KEPT_OF_NAME = 32;

let drafts = 0;

/** Takes a file in place of the disk: `content` gives its bytes, now and once. */
export type Capture = (path: string, content: (write: Write) => void) => void;

/** By the absolute path of the folder, with a separator at its end. */
const captures = new Map<string, Capture>();

/**
 * Runs `body`; files in `folder` that `replaceFile` is to write meanwhile, and so all writers of tensors and configurations, go to
 * `capture` instead. What writes to the disk by itself still does.
 */
export async function capturingFiles<T>(folder: string, capture: Capture, body: () => T | Promise<T>): Promise<T> {
  const prefix = resolve(folder) + sep;
  captures.set(prefix, capture);
  try {
    return await body();
  } finally {
    captures.delete(prefix);
  }
}

function captureOf(path: string): Capture | undefined {
  if (captures.size === 0) return undefined;
  const whole = resolve(path);
  if (!existsSync(dirname(whole))) return undefined; // the system says so, now
  return [...captures].find(([prefix]) => whole.startsWith(prefix))?.[1];
}

/**
 * Writes a file so that at any moment there is the old one or the whole new one at `path`, on disk too. What is no plain
 * file, a pipe or a device, is written to as it is.
 * @throws InputError with the path and the cause when the system refuses to write there; nothing is left behind
 */
export function replaceFile(path: string | URL, content: Content): void {
  const given = pathOf(path, 'the path of a file to write');
  const capture = captureOf(given);
  if (capture) return capture(resolve(given), (write) => fillWith(content, write));
  const name = behindLinks(given);
  const isDevice = isSpecialFile(name);
  const draft = isDevice
    ? name
    : join(dirname(name), `.${basename(name).slice(0, KEPT_OF_NAME)}.${process.pid}-${threadId}-${++drafts}.tmp`);
  let isMade = false;
  try {
    const file = openSync(draft, isDevice ? 'a' : 'w');
    isMade = !isDevice;
    try {
      fillWith(content, (piece) => writeAll(file, bytesIn(piece)));
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
  fillWith(content, (piece) => pieces.push(bytesIn(piece)));
  return Buffer.concat(pieces);
}

export function bytesIn(piece: Piece): Uint8Array {
  return isUint8Array(piece) ? piece : piece.toBytes();
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
