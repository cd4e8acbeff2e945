/** The bytes that a reader reads: of a file, or of memory. */
import { closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify, types } from 'node:util';
import { InputError } from '../errors';
import { isUrl } from './realm';
import { causeOf } from './system-error';

const readAsync = promisify(read);

/** The system gives less than 2^31 bytes at a time. */
const LONGEST_READ = 2 ** 30;

/** What readers take at once: the path or URL of a file, or its bytes. */
export type FileInput = string | URL | Uint8Array | ArrayBuffer;
/** What readers take piece by piece: a stream of Node's or of the web, or any other source of bytes. */
export type StreamInput = AsyncIterable<Uint8Array>;

export abstract class ByteSource {
  /** Where the file lies; undefined for memory. */
  readonly path: string | undefined = undefined;

  /** @param label what to call it in errors; never the bytes themselves */
  protected constructor(
    readonly label: string,
    readonly size: number,
  ) {}

  /** Up to `bytes` bytes from `position` on; fewer only at the end. */
  abstract upTo(position: number, bytes: number): Buffer;

  /** The same beside other work. */
  abstract upToAsync(position: number, bytes: number): Promise<Buffer>;

  /** @throws InputError when a file is another one than when it was opened */
  requireUnchanged(): void {}

  /** The system's number of the open file; undefined for memory. @throws InputError when it is closed */
  get descriptor(): number | undefined {
    return undefined;
  }

  /** Reads after it fail. Closing twice does nothing. */
  close(): void {}

  /** @throws InputError when there are not so many bytes; nothing is allocated for them */
  read(position: number, bytes: number): Buffer {
    this.requireInside(position, bytes);
    const found = this.upTo(position, bytes);
    if (found.length < bytes) throw this.cutShort();
    return found;
  }

  /** @throws InputError for a range that is none, or that is not within the bytes */
  requireInside(position: number, bytes: number): void {
    const isRange = Number.isSafeInteger(position) && Number.isSafeInteger(bytes) && position >= 0 && bytes >= 0;
    if (!isRange || position + bytes > this.size) throw this.cutShort();
  }

  cutShort(): InputError {
    return new InputError(
      `${this.label} ends before its content does: it is cut short or damaged, or was changed while it was read; fetch it again.`,
    );
  }
}

class FileBytes extends ByteSource {
  #file: number | undefined;
  readonly #changed: bigint;

  constructor(
    override readonly path: string,
    file: number,
  ) {
    const { size, mtimeNs } = fstatSync(file, { bigint: true });
    super(path, Number(size));
    this.#file = file;
    this.#changed = mtimeNs;
  }

  override get descriptor(): number {
    if (this.#file === undefined) throw new InputError(`${this.path} is closed.`);
    return this.#file;
  }

  upTo(position: number, bytes: number): Buffer {
    const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(bytes, this.size - position)));
    let filled = 0;
    for (let count = 1; count > 0 && filled < buffer.length; filled += count) {
      count = this.#attempt(() =>
        readSync(this.descriptor, buffer, filled, Math.min(buffer.length - filled, LONGEST_READ), position + filled),
      );
    }
    return buffer.subarray(0, filled);
  }

  async upToAsync(position: number, bytes: number): Promise<Buffer> {
    if (bytes > LONGEST_READ) return this.upTo(position, bytes);
    const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(bytes, this.size - position)));
    try {
      const { bytesRead } = await readAsync(this.descriptor, buffer, 0, buffer.length, position);
      return buffer.subarray(0, bytesRead);
    } catch (cause) {
      throw this.#unreadable(cause);
    }
  }

  override requireUnchanged(): void {
    const { size, mtimeNs } = fstatSync(this.descriptor, { bigint: true });
    if (Number(size) === this.size && mtimeNs === this.#changed) return;
    throw new InputError(
      `${this.path} was changed while it was read; read it again, and write files beside the old one and rename them.`,
    );
  }

  override close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #attempt<T>(body: () => T): T {
    try {
      return body();
    } catch (cause) {
      throw this.#unreadable(cause);
    }
  }

  #unreadable(cause: unknown): unknown {
    return cause instanceof InputError
      ? cause
      : new InputError(`${this.path} cannot be read: ${causeOf(cause)}.`, { cause });
  }
}

class MemoryBytes extends ByteSource {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    super('the buffer', bytes.length);
    this.#bytes = bytes;
  }

  upTo(position: number, bytes: number): Buffer {
    return this.#bytes.subarray(position, Math.min(this.size, position + bytes));
  }

  async upToAsync(position: number, bytes: number): Promise<Buffer> {
    return this.upTo(position, bytes);
  }
}

/**
 * Opens what a reader was given.
 * @param kind what it should be, for errors, such as 'a zip'
 * @throws InputError when there is no such file, it cannot be opened or is no plain file, or for another value
 */
export function openBytes(input: FileInput, kind: string): ByteSource {
  const memory = asBuffer(input);
  if (memory) return new MemoryBytes(memory);
  const path = pathOf(input, `${kind} to read: its path, or its bytes as a Buffer`);
  let file: number;
  try {
    // Opening a pipe that nobody writes to would wait for ever.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    throw new InputError(`${path}: expected ${kind}, found none that can be opened: ${causeOf(cause)}.`, { cause });
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile())
      throw new InputError(
        `${path}: expected ${kind}, found ${stats.isDirectory() ? 'a folder' : 'something that is no plain file'}.`,
      );
    return new FileBytes(path, file);
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** Opens, reads by `body` and closes; what was read of a file that changed meanwhile is refused. */
export function withBytes<T>(input: FileInput, kind: string, body: (source: ByteSource) => T): T {
  const source = openBytes(input, kind);
  try {
    const result = body(source);
    source.requireUnchanged();
    return result;
  } finally {
    source.close();
  }
}

/** @throws InputError for what is neither a path nor a URL of a file; the message never shows bytes */
export function pathOf(input: unknown, expected: string): string {
  if (typeof input === 'string') {
    if (input === '' || input.includes('\0'))
      throw new InputError(`expected ${expected}, found ${JSON.stringify(input)}`);
    return input;
  }
  if (isUrl(input)) {
    if (input.protocol === 'file:') return pathOfFileUrl(input);
    throw new InputError(
      `expected ${expected}, found the address ${input.href}: fetch it first, and hand over what arrived`,
    );
  }
  throw new InputError(
    `expected ${expected}, found ${input === null ? 'null' : Array.isArray(input) ? 'an array' : typeof input === 'object' ? 'an object' : typeof input}`,
  );
}

/** @throws InputError for the address of no file on this machine: another host's, or one with a malformed `%` */
export function pathOfFileUrl({ href }: URL): string {
  try {
    return fileURLToPath(href);
  } catch (cause) {
    throw new InputError(`expected the address of a file on this machine, found ${href}: ${causeOf(cause)}`, { cause });
  }
}

/** Bytes in memory, from whatever realm they come; undefined for what is none. */
export function asBuffer(input: unknown): Buffer | undefined {
  if (types.isUint8Array(input)) return Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  if (types.isAnyArrayBuffer(input)) return Buffer.from(input);
  return undefined;
}

function isStream(input: unknown): input is StreamInput {
  return typeof input === 'object' && input !== null && Symbol.asyncIterator in input;
}

/** All that a stream brings. @throws InputError when it fails, or brings anything but bytes */
async function collectBytes(stream: StreamInput): Promise<Buffer> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of stream) {
      const bytes = asBuffer(piece);
      if (!bytes)
        throw new InputError(
          `expected a stream of bytes, found one of ${typeof piece}; leave its encoding and its object mode out`,
        );
      pieces.push(bytes);
    }
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(`The stream cannot be read: ${causeOf(cause)}.`, { cause });
  }
  return Buffer.concat(pieces);
}

/** Calls `body` with what was given, or with the bytes of a stream once they are there. */
export function readInput<T>(input: FileInput | StreamInput, body: (input: FileInput) => T): T | Promise<T> {
  return isStream(input) && !asBuffer(input) ? collectBytes(input).then(body) : body(input as FileInput);
}
