import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipWriterOptions {
  /** Compress the members. @default false */
  readonly deflate?: boolean;
  /** Write sizes and positions as 64-bit fields, as for archives over 4 GiB. @default false */
  readonly zip64?: boolean;
  /** Bytes of extra field in each local header, which the central directory does not mention. @default 0 */
  readonly localExtra?: number;
  readonly comment?: string;
}

/** Makes a zip in memory; names that end in a slash become folders. */
export function writeZip(
  members: Readonly<Record<string, string | Uint8Array>>,
  options: ZipWriterOptions = {},
): Buffer {
  const parts: Buffer[] = [];
  const entries: Buffer[] = [];
  let position = 0;
  for (const [name, content] of Object.entries(members)) {
    const member = packMember(name, Buffer.from(content), position, options);
    parts.push(member.local);
    entries.push(member.central);
    position += member.local.length;
  }
  const directory = Buffer.concat(entries);
  return Buffer.concat([...parts, directory, endRecords(entries.length, directory.length, position, options)]);
}

function packMember(
  name: string,
  content: Buffer,
  position: number,
  options: ZipWriterOptions,
): { local: Buffer; central: Buffer } {
  const data = options.deflate ? deflateRawSync(content) : content;
  const nameBytes = Buffer.from(name);
  const localExtra = Buffer.alloc(options.localExtra ?? 0);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(options.deflate ? 8 : 0, 8);
  local.writeUInt16LE(nameBytes.length, 26);
  local.writeUInt16LE(localExtra.length, 28);

  const extra = options.zip64 ? zip64Extra(content.length, data.length, position) : Buffer.alloc(0);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(options.deflate ? 8 : 0, 10);
  central.writeUInt32LE(crc32(content), 16);
  central.writeUInt32LE(options.zip64 ? 0xffffffff : data.length, 20);
  central.writeUInt32LE(options.zip64 ? 0xffffffff : content.length, 24);
  central.writeUInt16LE(nameBytes.length, 28);
  central.writeUInt16LE(extra.length, 30);
  central.writeUInt32LE(options.zip64 ? 0xffffffff : position, 42);
  return {
    local: Buffer.concat([local, nameBytes, localExtra, data]),
    central: Buffer.concat([central, nameBytes, extra]),
  };
}

function zip64Extra(bytes: number, compressedBytes: number, position: number): Buffer {
  // A field of another kind goes first, which readers have to step over.
  const extra = Buffer.alloc(5 + 28);
  extra.writeUInt16LE(0x7075, 0);
  extra.writeUInt16LE(1, 2);
  extra.writeUInt16LE(1, 5);
  extra.writeUInt16LE(24, 7);
  [bytes, compressedBytes, position].forEach((value, index) => extra.writeBigUInt64LE(BigInt(value), 9 + 8 * index));
  return extra;
}

function endRecords(
  members: number,
  bytes: number,
  position: number,
  { zip64, comment = '' }: ZipWriterOptions,
): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(zip64 ? 0xffff : members, 10);
  end.writeUInt32LE(zip64 ? 0xffffffff : bytes, 12);
  end.writeUInt32LE(zip64 ? 0xffffffff : position, 16);
  end.writeUInt16LE(comment.length, 20);
  const records: Buffer[] = [end, Buffer.from(comment)];
  if (zip64) records.unshift(...zip64End(members, bytes, position));
  return Buffer.concat(records);
}

function zip64End(members: number, bytes: number, position: number): Buffer[] {
  const end = Buffer.alloc(56);
  end.writeUInt32LE(0x06064b50, 0);
  [members, bytes, position].forEach((value, index) => end.writeBigUInt64LE(BigInt(value), 32 + 8 * index));
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(position + bytes), 8);
  return [end, locator];
}
