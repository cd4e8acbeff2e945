import { closeSync, fstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { InputError } from '../errors';

const readAsync = promisify(read);

/** The system gives less than 2^31 bytes at a time. */
const LONGEST_READ = 2 ** 30;

/** An archive on disk, open for reads at any place, any number at a time. */
export class ArchiveFile {
  /** Bytes of the whole file. */
  readonly size: number;
  private file: number | undefined;

  /**
   * @param kind what the file should be, for errors: 'zip', say
   * @throws InputError when there is no such file, or it is a web page
   */
  constructor(
    readonly path: string,
    private readonly kind: string,
  ) {
    try {
      this.file = openSync(path, 'r');
    } catch (cause) {
      throw new InputError(`Cannot open the ${kind} ${path}: ${(cause as Error).message}`, { cause });
    }
    try {
      this.size = fstatSync(this.file).size;
      this.rejectWebPage(this.file);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** @throws InputError when the archive is closed */
  get descriptor(): number {
    if (this.file === undefined) throw new InputError(`${this.path} is closed.`);
    return this.file;
  }

  /** Up to `bytes` bytes from `position` on; fewer only at the end of the file. */
  readSync(position: number, bytes: number): Buffer {
    const buffer = Buffer.allocUnsafe(bytes);
    let filled = 0;
    for (let read = 1; read > 0 && filled < bytes; filled += read) {
      read = readSync(this.descriptor, buffer, filled, Math.min(bytes - filled, LONGEST_READ), position + filled);
    }
    return buffer.subarray(0, filled);
  }

  /** Up to `bytes` bytes from `position` on; fewer only at the end of the file. */
  async read(position: number, bytes: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(bytes);
    const { bytesRead } = await readAsync(this.descriptor, buffer, 0, bytes, position);
    return buffer.subarray(0, bytesRead);
  }

  /** Reads after it fail. Closing twice does nothing. */
  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  /** File hosts answer a download over its quota with a page, which browsers and scripts save under the name of the file. */
  private rejectWebPage(file: number): void {
    const head = Buffer.alloc(512);
    const text = head.toString('latin1', 0, readSync(file, head, 0, head.length, 0));
    if (!/^\s*<(!doctype html|html|head|\?xml)/i.test(text)) return;
    throw new InputError(
      `Expected a ${this.kind} in ${this.path}, found a web page: the host sent a page instead of the file (Google Drive does so when too many have downloaded it). Open it in a browser to see why, and download the ${this.kind} again.`,
    );
  }
}
