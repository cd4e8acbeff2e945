import { promisify } from 'node:util';
import { crc32, inflateRaw, inflateRawSync } from 'node:zlib';
import { InputError } from '../errors';
import type { ByteSource, FileInput } from '../native/byte-source';
import { checkOptions } from '../options';
import { openArchive, shownName } from './archive-file';
import { readZipIndex, type ZipMember } from './zip-index';

const inflateAsync = promisify(inflateRaw);

/** Local headers are this long, then come the name and the extra field. */
const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
/** Room for a local extra field, so that one read gets header and data together. */
const USUAL_EXTRA_BYTES = 64;
/** Inflating so much takes about as long as handing it to a thread. */
const INFLATE_AT_ONCE_BYTES = 128 * 1024;

export interface ZipOptions {
  /**
   * How many times its packed size a member of more than 64 MiB, or all members together, may unpack to; what is above is
   * refused as made to fill a memory. Deflate itself ends at 1032. @default 200
   */
  readonly maxRatio?: number;
}

const MAX_RATIO = 200;

/**
 * A zip whose members are read where they lie, any number at a time.
 *
 * The index is read at once (`readZipIndex`); a member then takes one positional read, so that a
 * dataset of 200,000 small files need not be unpacked.
 */
export class ZipFile {
  /** By path inside the archive. */
  readonly members: ReadonlyMap<string, ZipMember>;
  /** What messages call the archive: its path, where it has one. */
  readonly path: string;
  /** @internal */
  readonly source: ByteSource;

  /**
   * @param input path of the archive, or its bytes
   * @throws InputError when there is no such file, or it is a web page or no zip; the message says which
   */
  constructor(input: FileInput, options: ZipOptions = {}) {
    checkOptions('ZipFile', options, ['maxRatio']);
    this.source = openArchive(input, 'zip');
    this.path = this.source.label;
    try {
      this.members = new Map(
        readZipIndex(this.source, options.maxRatio ?? MAX_RATIO).map((member) => [member.name, member]),
      );
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * The content of one member.
   * @throws InputError when there is no such member, or its bytes are damaged
   */
  async read(name: string): Promise<Buffer> {
    const member = this.#member(name);
    const packed = this.#whole(member, await this.#readPacked(member));
    return this.#checked(member, member.method === 'stored' ? packed : await this.#inflate(member, packed));
  }

  /**
   * The same in one go: nothing else runs until it is there.
   * @throws InputError when there is no such member, or its bytes are damaged
   */
  readSync(name: string): Buffer {
    const member = this.#member(name);
    const packed = this.source.upTo(this.contentPosition(member), member.compressedBytes);
    this.#whole(member, packed);
    return this.#checked(member, member.method === 'stored' ? packed : this.#inflateNow(member, packed));
  }

  /** Where the packed bytes of a member begin: behind its local header, the name and an extra field. @throws InputError when it is damaged */
  contentPosition(member: ZipMember): number {
    return member.position + this.#headerBytes(member, this.source.upTo(member.position, LOCAL_HEADER_BYTES));
  }

  /** Closes the file; reads after it fail. Closing twice does nothing. */
  close(): void {
    this.source.close();
  }

  #member(name: string): ZipMember {
    const member = this.members.get(name);
    if (!member) throw new InputError(`${this.path} has no member ${name}.`);
    return member;
  }

  async #readPacked(member: ZipMember): Promise<Buffer> {
    const ahead = LOCAL_HEADER_BYTES + Buffer.byteLength(member.name) + USUAL_EXTRA_BYTES;
    const start = await this.source.upToAsync(member.position, ahead + member.compressedBytes);
    const dataAt = this.#headerBytes(member, start);
    const dataEnd = dataAt + member.compressedBytes;
    if (dataEnd <= ahead + member.compressedBytes) return start.subarray(dataAt, dataEnd);
    return this.source.upToAsync(member.position + dataAt, member.compressedBytes);
  }

  /** @param start what lies at the member's position */
  #headerBytes(member: ZipMember, start: Buffer): number {
    if (start.length < LOCAL_HEADER_BYTES || start.readUInt32LE(0) !== LOCAL_HEADER)
      throw this.#damaged(member, 'it does not lie where the index says');
    return LOCAL_HEADER_BYTES + start.readUInt16LE(26) + start.readUInt16LE(28);
  }

  #whole(member: ZipMember, packed: Buffer): Buffer {
    if (packed.length < member.compressedBytes) throw this.#damaged(member, 'the file ends before it does');
    return packed;
  }

  async #inflate(member: ZipMember, packed: Buffer): Promise<Buffer> {
    if (member.bytes <= INFLATE_AT_ONCE_BYTES) return this.#inflateNow(member, packed);
    try {
      return await inflateAsync(packed, inflateOptions(member));
    } catch (cause) {
      throw this.#damaged(member, (cause as Error).message, cause);
    }
  }

  #inflateNow(member: ZipMember, packed: Buffer): Buffer {
    try {
      return inflateRawSync(packed, inflateOptions(member));
    } catch (cause) {
      throw this.#damaged(member, (cause as Error).message, cause);
    }
  }

  #checked(member: ZipMember, content: Buffer): Buffer {
    if (content.length !== member.bytes || crc32(content) !== member.crc32)
      throw this.#damaged(member, 'its checksum is wrong');
    return content;
  }

  #damaged(member: ZipMember, why: string, cause?: unknown): InputError {
    return new InputError(`${shownName(member.name)} in ${this.path} is damaged: ${why}. Download the archive again.`, {
      cause,
    });
  }
}

/** The least that zlib takes for a piece. */
const LEAST_CHUNK = 64;

/**
 * The length is known: a member that unpacks to more is refused before it fills the memory, and one piece takes all, with a
 * byte more so that it is never full and zlib asks for no second.
 */
function inflateOptions({ bytes }: ZipMember): { maxOutputLength: number; chunkSize: number } {
  return { maxOutputLength: Math.max(1, bytes), chunkSize: Math.max(LEAST_CHUNK, bytes + 1) };
}
