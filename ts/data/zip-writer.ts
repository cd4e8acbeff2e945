import { crc32, deflateRawSync } from 'node:zlib';
import type { Write } from '../native/replace-file';

export interface ZipWriterOptions {
  /** Contents that are stored begin at multiples of so many bytes, so that they can be mapped. @default 1 */
  readonly alignment?: number;
  /** Compress the members. @default false */
  readonly deflate?: boolean;
  /** The largest number that goes into a field of 32 bits; larger ones make the archive a zip64. @default 2^32 - 2 */
  readonly largest?: number;
}

const defaults = { alignment: 1, deflate: false, largest: 0xfffffffe } as const satisfies Required<ZipWriterOptions>;

const STORED = 0;
const DEFLATED = 8;
/** Version 4.5 of the format, the first with zip64; names are UTF-8; midnight of the first of January 1980. */
const VERSION = 45;
const UTF8 = 0x800;
const DATE = 0x21;
const WIDE = 0xffffffff;

interface Entry {
  readonly name: Buffer;
  readonly method: number;
  readonly crc32: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Where its local header lies. */
  readonly position: number;
}

/** @internal Writes a zip from front to back, member by member (PKWARE's APPNOTE, sections 4.3 and 4.5.3). */
export class ZipWriter {
  readonly #options: Required<ZipWriterOptions>;
  readonly #entries: Entry[] = [];
  #position = 0;
  readonly #output: Write;

  constructor(output: Write, options: ZipWriterOptions = {}) {
    this.#output = output;
    this.#options = { ...defaults, ...options };
  }

  /** @param name path inside the archive, with forward slashes */
  add(name: string, content: Uint8Array): void {
    const packed = this.#options.deflate ? deflateRawSync(content) : content;
    const entry: Entry = {
      name: Buffer.from(name),
      method: this.#options.deflate ? DEFLATED : STORED,
      crc32: crc32(content),
      packedBytes: packed.length,
      bytes: content.length,
      position: this.#position,
    };
    this.#entries.push(entry);
    this.#write(this.#localHeader(entry));
    this.#write(packed);
  }

  /** Writes the index; nothing can be added after it. */
  end(): void {
    const start = this.#position;
    for (const entry of this.#entries) this.#write(this.#centralEntry(entry));
    this.#write(this.#endRecords(start, this.#position - start));
  }

  #write(bytes: Uint8Array): void {
    this.#output(bytes);
    this.#position += bytes.length;
  }

  #localHeader(entry: Entry): Buffer {
    const { name, packedBytes, bytes } = entry;
    const wide = this.#isWide(packedBytes, bytes);
    const zip64 = wide ? zip64Field([bytes, packedBytes]) : Buffer.alloc(0);
    const padding = this.#padding(this.#position + 30 + name.length + zip64.length);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    writeFacts(head, 4, entry, wide);
    head.writeUInt16LE(zip64.length + padding.length, 28);
    return Buffer.concat([head, name, zip64, padding]);
  }

  #centralEntry(entry: Entry): Buffer {
    const { name, packedBytes, bytes, position } = entry;
    const wide = this.#isWide(packedBytes, bytes, position);
    const zip64 = wide ? zip64Field([bytes, packedBytes, position]) : Buffer.alloc(0);
    const head = Buffer.alloc(46);
    head.writeUInt32LE(0x02014b50, 0);
    head.writeUInt16LE(VERSION, 4);
    writeFacts(head, 6, entry, wide);
    head.writeUInt16LE(zip64.length, 30);
    head.writeUInt32LE(wide ? WIDE : position, 42);
    return Buffer.concat([head, name, zip64]);
  }

  /** The end of the archive, before it what zip64 needs. */
  #endRecords(start: number, bytes: number): Buffer {
    const { length: members } = this.#entries;
    const wide = members >= 0xffff || this.#isWide(start, bytes);
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    for (const at of [8, 10]) end.writeUInt16LE(wide ? 0xffff : members, at);
    end.writeUInt32LE(wide ? WIDE : bytes, 12);
    end.writeUInt32LE(wide ? WIDE : start, 16);
    return wide ? Buffer.concat([zip64End(members, start, bytes), end]) : end;
  }

  #isWide(...numbers: readonly number[]): boolean {
    return numbers.some((number) => number > this.#options.largest);
  }

  /** An extra field that moves the content to a multiple of the alignment; PyTorch calls its own FB too. */
  #padding(start: number): Buffer {
    const { alignment, deflate } = this.#options;
    if (alignment === 1 || deflate) return Buffer.alloc(0);
    const missing = (alignment - ((start + 4) % alignment)) % alignment;
    const field = Buffer.alloc(4 + missing, 'Z');
    field.write('FB');
    field.writeUInt16LE(missing, 2);
    return field;
  }
}

/** What local header and central entry have in common, from the version to the length of the name. */
function writeFacts(
  head: Buffer,
  at: number,
  { name, method, crc32: checksum, packedBytes, bytes }: Entry,
  wide: boolean,
): void {
  head.writeUInt16LE(VERSION, at);
  head.writeUInt16LE(UTF8, at + 2);
  head.writeUInt16LE(method, at + 4);
  head.writeUInt16LE(DATE, at + 8);
  head.writeUInt32LE(checksum, at + 10);
  head.writeUInt32LE(wide ? WIDE : packedBytes, at + 14);
  head.writeUInt32LE(wide ? WIDE : bytes, at + 18);
  head.writeUInt16LE(name.length, at + 22);
}

/** The extra field that holds, in 64 bits each, what is all ones in its place. */
function zip64Field(numbers: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + 8 * numbers.length);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(8 * numbers.length, 2);
  numbers.forEach((number, i) => field.writeBigUInt64LE(BigInt(number), 4 + 8 * i));
  return field;
}

/** The end in 64 bits, and where it lies. */
function zip64End(members: number, start: number, bytes: number): Buffer {
  const end = Buffer.alloc(56 + 20);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(VERSION, 12);
  end.writeUInt16LE(VERSION, 14);
  [members, members, bytes, start].forEach((number, i) => end.writeBigUInt64LE(BigInt(number), 24 + 8 * i));
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(start + bytes), 64);
  end.writeUInt32LE(1, 72);
  return end;
}
