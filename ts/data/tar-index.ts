import { InputError } from '../errors';
import type { ArchiveFile } from './archive-file';

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

/**
 * Reads all headers of a tar (POSIX.1-2001: ustar and pax; GNU's long names and large sizes): a read for each large
 * member, so 50,000 of them take a fraction of a second. Of members with one name the last counts, as when unpacking;
 * folders and links are left out.
 * @throws InputError when the file is no tar, is compressed, damaged or cut short
 */
export function readTarIndex(file: ArchiveFile): TarMember[] {
  const members = new Map<string, TarMember>();
  const reader = new HeaderReader(file);
  let named: Overrides = {};
  for (let position = 0; position < file.size; ) {
    const header = reader.read(position);
    if (header.equals(END)) break;
    requireHeader(header, position, file);
    const type = String.fromCharCode(header[156]!);
    const bytes = type === 'x' || type === 'L' ? sizeOf(header) : (named.bytes ?? sizeOf(header));
    const content = position + BLOCK;
    position = content + BLOCK * Math.ceil(bytes / BLOCK);
    if (content + bytes > file.size) throw damaged(file, `${named.name ?? nameOf(header)} should end at byte ${content + bytes}, but the file ends at ${file.size}`);
    if (type === 'L') named = { ...named, name: text(file.readSync(content, bytes)) };
    else if (type === 'x') named = { ...named, ...parsePax(file.readSync(content, bytes)) };
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
  private window: Buffer = Buffer.alloc(0);
  private start = 0;

  constructor(private readonly file: ArchiveFile) {}

  read(position: number): Buffer {
    if (position < this.start || position + BLOCK > this.start + this.window.length) {
      this.start = position;
      this.window = this.file.readSync(position, WINDOW_BYTES);
    }
    return this.window.subarray(position - this.start, position - this.start + BLOCK);
  }
}

/** Nothing but a header has its own sum in it. */
function requireHeader(header: Buffer, position: number, file: ArchiveFile): void {
  if (header.length === BLOCK && parseInt(text(header.subarray(148, 156)).trim(), 8) === checksum(header)) return;
  if (position > 0) throw damaged(file, header.length < BLOCK ? 'it is cut short' : `no member begins at byte ${position}`);
  if (header[0] === 0x1f && header[1] === 0x8b) {
    throw new InputError(`Expected an uncompressed tar in ${file.path}, found one packed by gzip, which cannot be read in place; unpack it with gunzip.`);
  }
  throw new InputError(`Expected a tar in ${file.path}, found a file of another kind.`);
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

/** Octal digits; or, with the highest bit set, a big-endian number. */
function sizeOf(header: Buffer): number {
  if (header[124]! & 0x80) return Number(header.readBigUInt64BE(128));
  return parseInt(text(header.subarray(124, 136)).trim() || '0', 8);
}

/** Records `<length> <key>=<value>\n`, the length being that of the whole record in bytes. */
function parsePax(records: Buffer): Overrides {
  const found: { name?: string; bytes?: number } = {};
  for (let at = 0; at < records.length; ) {
    const length = parseInt(records.toString('latin1', at, at + 20), 10);
    if (!(length > 0)) break;
    const record = records.toString('utf8', at, at + length - 1);
    const [, key, value] = /^\d+ ([^=]+)=([\s\S]*)$/.exec(record) ?? [];
    if (key === 'path') found.name = value;
    if (key === 'size') found.bytes = Number(value);
    at += length;
  }
  return found;
}

function text(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}

function damaged(file: ArchiveFile, why: string): InputError {
  return new InputError(`${file.path} cannot be read as a tar: ${why}. Download it again.`);
}
