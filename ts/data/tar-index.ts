import { InputError } from '../errors';
import type { ByteSource } from '../native/byte-source';
import { shownName } from './archive-file';

/** Where the content of a member of a tar lies. */
export interface TarMember {
  /** Its path inside the archive, without a leading "./". */
  readonly name: string;
  readonly position: number;
  readonly bytes: number;
}

const BLOCK = 512;
const END = Buffer.alloc(BLOCK);
/** Headers of small members come several at a read. */
const WINDOW_BYTES = 16 * 1024;
/** Paths have a few thousand bytes at most; pax headers hold attributes too. */
const LONGEST_NAMES = 2 ** 20;

/**
 * Reads all headers of a tar (POSIX.1-2001: ustar and pax; GNU's long names and large sizes): a read for each large
 * member, so 50,000 of them take a fraction of a second. Of members with one name the last counts, as when unpacking;
 * folders and links are left out.
 * @throws InputError when the file is no tar, is compressed, damaged or cut short
 */
export function readTarIndex(file: ByteSource): TarMember[] {
  const members = new Map<string, TarMember>();
  const reader = new HeaderReader(file);
  let named: Overrides = {};
  for (let position = 0; position < file.size;) {
    const header = reader.read(position);
    if (header.equals(END)) break;
    requireHeader(header, position, file);
    const type = String.fromCharCode(header[156]!);
    const isAbout = type === 'x' || type === 'L';
    const bytes = isAbout ? sizeOf(header) : (named.bytes ?? sizeOf(header));
    const content = position + BLOCK;
    // A negative size would lead back to a header that was read, for ever.
    if (!Number.isSafeInteger(bytes) || bytes < 0)
      throw damaged(file, `the size of ${named.name ?? nameOf(header)} is no number of bytes`);
    if (isAbout && bytes > LONGEST_NAMES)
      throw damaged(file, `the header at byte ${position} has ${bytes} bytes of names`);
    position = content + BLOCK * Math.ceil(bytes / BLOCK);
    if (content + bytes > file.size)
      throw damaged(
        file,
        `${named.name ?? nameOf(header)} should end at byte ${content + bytes}, but the file ends at ${file.size}`,
      );
    if (type === 'L') named = { ...named, name: text(file.upTo(content, bytes)) };
    else if (type === 'x') named = { ...named, ...parsePax(file.upTo(content, bytes), file) };
    else if (type !== 'g' && type !== 'K') {
      const name = (named.name ?? nameOf(header)).replace(/^(\.\/)+/, '');
      if (FILES.includes(type) && !name.endsWith('/')) members.set(name, { name, position: content, bytes });
      named = {};
    }
  }
  return [...members.values()];
}

/** Ordinary files, in the old and the new way, and contiguous ones. */
const FILES: readonly string[] = ['0', '\0', '7'];

/** What a header before the header of a member says of it. */
interface Overrides {
  readonly name?: string;
  readonly bytes?: number;
}

class HeaderReader {
  #window: Buffer = Buffer.alloc(0);
  #start = 0;
  readonly #file: ByteSource;

  constructor(file: ByteSource) {
    this.#file = file;
  }

  read(position: number): Buffer {
    if (position < this.#start || position + BLOCK > this.#start + this.#window.length) {
      this.#start = position;
      this.#window = this.#file.upTo(position, WINDOW_BYTES);
    }
    return this.#window.subarray(position - this.#start, position - this.#start + BLOCK);
  }
}

/** Nothing but a header has its own sum in it. */
function requireHeader(header: Buffer, position: number, file: ByteSource): void {
  if (header.length === BLOCK && parseInt(text(header.subarray(148, 156)).trim(), 8) === checksum(header)) return;
  if (position > 0)
    throw damaged(file, header.length < BLOCK ? 'it is cut short' : `no member begins at byte ${position}`);
  if (header[0] === 0x1f && header[1] === 0x8b) {
    throw new InputError(
      `Expected an uncompressed tar in ${file.label}, found one packed by gzip, which cannot be read in place; unpack it with gunzip.`,
    );
  }
  throw new InputError(`Expected a tar in ${file.label}, found a file of another kind.`);
}

/** The sum of all bytes, those of the sum itself taken as blanks. */
function checksum(header: Buffer): number {
  let sum = 8 * 32;
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) sum += header[at]!;
  return sum;
}

function nameOf(header: Buffer): string {
  const name = text(header.subarray(0, 100));
  const isUstar = header.toString('latin1', 257, 262) === 'ustar' && header[262] === 0;
  const prefix = isUstar ? text(header.subarray(345, 500)) : '';
  return prefix ? `${prefix}/${name}` : name;
}

/**
 * Octal digits; or, in GNU's way, a big-endian number of twelve bytes in two's complement, its highest bit set as the sign of
 * it. NaN for what is neither, or negative.
 */
function sizeOf(header: Buffer): number {
  const [first] = header.subarray(124);
  if (first! & 0x80) return first === 0x80 ? Number(BigInt(`0x${header.toString('hex', 125, 136)}`)) : NaN;
  const digits = text(header.subarray(124, 136)).trim();
  return /^[0-7]*$/.test(digits) ? parseInt(digits || '0', 8) : NaN;
}

/**
 * Records `<length> <key>=<value>\n`, the length being that of the whole record in bytes.
 * @throws InputError for a record that is broken
 */
function parsePax(records: Buffer, file: ByteSource): Overrides {
  const found: { name?: string; bytes?: number } = {};
  for (let at = 0; at < records.length;) {
    const [, digits] = /^(\d{1,10}) /.exec(records.toString('latin1', at, at + 20)) ?? [];
    const length = Number(digits);
    const [, key, value] = /^\d+ ([^=]+)=([\s\S]*)\n$/.exec(records.toString('utf8', at, at + length)) ?? [];
    if (!(length > 0) || at + length > records.length || key === undefined)
      throw damaged(file, 'a record of its pax headers is broken');
    if (key === 'path') found.name = value;
    if (key === 'size') found.bytes = /^\d+$/.test(value!) ? Number(value) : NaN;
    at += length;
  }
  return found;
}

function text(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}

function damaged(file: ByteSource, why: string): InputError {
  return new InputError(`${file.label} cannot be read as a tar: ${shownName(why)}. Download it again.`);
}
