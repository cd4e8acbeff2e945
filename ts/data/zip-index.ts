import { InputError } from '../errors';
import type { ByteSource } from '../native/byte-source';
import { shownName } from './archive-file';

/** Where a member of a zip lies, as its central directory says. */
export interface ZipMember {
  /** Its path inside the archive, with forward slashes. */
  readonly name: string;
  readonly method: 'stored' | 'deflated';
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  /** Position of its local header. */
  readonly position: number;
}

/** Signatures of the records, from PKWARE's APPNOTE, sections 4.3.12 to 4.3.16. */
const MEMBER = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const END_BYTES = 22;
const LOCATOR64_BYTES = 20;
const LOCAL_HEADER_BYTES = 30;
const MAX_COMMENT_BYTES = 0xffff;

/** A byte of a deflate stream stands for so many at most (RFC 1951: a match of 258 in two bits). */
const MOST_OF_DEFLATE = 1032;
/** Below it no archive fills a memory. */
const HARMLESS_BYTES = 64 * 2 ** 20;

/**
 * Reads the central directory of a zip in one piece: 200,000 members take well under a second.
 * Zip64 is read; folders are left out.
 * @param maxRatio how many times its packed size a large member, or all together, may unpack to
 * @throws InputError when the file is no zip, is cut short, a member is encrypted or compressed in another way, lies over another,
 *   or unpacks to more than its bytes can hold or than the ratio allows
 */
export function readZipIndex(source: ByteSource, maxRatio: number): ZipMember[] {
  const { size, label } = source;
  const { position, bytes, members } = findDirectory(source);
  if (!(position + bytes <= size))
    throw damaged(label, `its index should lie at byte ${position}, behind its end at ${size}`);
  const directory = source.read(position, bytes);
  const found: ZipMember[] = [];
  let offset = 0;
  for (let index = 0; index < members; index++) {
    if (offset + 46 > directory.length || directory.readUInt32LE(offset) !== MEMBER) {
      throw damaged(label, `entry ${index + 1} of ${members} of its index is broken`);
    }
    const length = entryBytes(directory, offset);
    if (offset + length > directory.length)
      throw damaged(label, `entry ${index + 1} of ${members} of its index is cut short`);
    const member = parseMember(directory, offset, label);
    if (member) found.push(requireHonest(member, label, size));
    offset += length;
  }
  requireApart(found, position, label);
  requireRatio(found, size, maxRatio, label);
  return found;
}

function requireHonest(member: ZipMember, label: string, size: number): ZipMember {
  const { name, position, compressedBytes, bytes, method } = member;
  if (!(position + compressedBytes <= size)) throw damaged(label, `${name} should end behind the end of the file`);
  if (method === 'stored' && bytes !== compressedBytes)
    throw damaged(label, `${name} is stored as it is, yet has ${compressedBytes} bytes of ${bytes}`);
  if (bytes > MOST_OF_DEFLATE * (compressedBytes + 1))
    throw damaged(label, `${name} declares ${bytes} bytes, more than its ${compressedBytes} packed ones can hold`);
  return member;
}

/** Members that share bytes let a small file unpack to any size. */
function requireApart(members: readonly ZipMember[], end: number, label: string): void {
  const inOrder = [...members].sort((a, b) => a.position - b.position);
  inOrder.forEach(({ name, position, compressedBytes }, i) => {
    const next = inOrder[i + 1];
    const last = position + LOCAL_HEADER_BYTES + compressedBytes;
    if (last > (next?.position ?? end)) throw damaged(label, `${name} lies over ${next ? next.name : 'the index'}`);
  });
}

function requireRatio(members: readonly ZipMember[], size: number, maxRatio: number, label: string): void {
  const bomb = members.find(
    ({ bytes, compressedBytes }) => bytes > HARMLESS_BYTES && bytes > maxRatio * compressedBytes,
  );
  const all = members.reduce((sum, { bytes }) => sum + bytes, 0);
  if (!bomb && !(all > HARMLESS_BYTES && all > maxRatio * size)) return;
  const [what, unpacked, packed] = bomb
    ? [shownName(bomb.name), bomb.bytes, bomb.compressedBytes]
    : ['all of it', all, size];
  throw new InputError(
    `${label}: ${what} unpacks from ${packed} to ${unpacked} bytes, over ${maxRatio} times as many, as archives do that are made to fill a memory; when you trust it, unpack it first, or allow more by { maxRatio: ${MOST_OF_DEFLATE} }.`,
  );
}

interface Directory {
  readonly position: number;
  readonly bytes: number;
  readonly members: number;
}

function findDirectory(source: ByteSource): Directory {
  const { size, label } = source;
  const tailBytes = Math.min(size, END_BYTES + MAX_COMMENT_BYTES);
  const tail = source.read(size - tailBytes, tailBytes);
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END || at + END_BYTES + tail.readUInt16LE(at + 20) !== tail.length) continue;
    const record = {
      members: tail.readUInt16LE(at + 10),
      bytes: tail.readUInt32LE(at + 12),
      position: tail.readUInt32LE(at + 16),
    };
    const needs64 = record.members === 0xffff || record.bytes === 0xffffffff || record.position === 0xffffffff;
    return (needs64 && findDirectory64(source, size - tail.length + at - LOCATOR64_BYTES)) || record;
  }
  throw damaged(label, 'it has no index at its end, so its download is probably incomplete');
}

function findDirectory64(source: ByteSource, locatorPosition: number): Directory | undefined {
  if (locatorPosition < 0) return undefined;
  const locator = source.read(locatorPosition, LOCATOR64_BYTES);
  if (locator.readUInt32LE(0) !== LOCATOR64) return undefined;
  const end = source.read(Number(locator.readBigUInt64LE(8)), 56);
  if (end.readUInt32LE(0) !== END64) throw damaged(source.label, 'its zip64 record is broken');
  const [members, bytes, position] = [32, 40, 48].map((at) => Number(end.readBigUInt64LE(at))) as [
    number,
    number,
    number,
  ];
  return { members, bytes, position };
}

function parseMember(directory: Buffer, at: number, label: string): ZipMember | undefined {
  const nameBytes = directory.readUInt16LE(at + 28);
  const name = directory.toString('utf8', at + 46, at + 46 + nameBytes).replaceAll('\\', '/');
  if (name.endsWith('/')) return undefined;
  if (directory.readUInt16LE(at + 8) & 1) throw damaged(label, `${name} is encrypted`);
  const method = directory.readUInt16LE(at + 10);
  if (method !== 0 && method !== 8)
    throw damaged(label, `${name} is compressed by method ${method}, which is neither stored nor deflated`);
  const [bytes, compressedBytes, position] = wideFields(directory, at, at + 46 + nameBytes);
  return {
    name,
    method: method === 0 ? 'stored' : 'deflated',
    crc32: directory.readUInt32LE(at + 16),
    compressedBytes,
    bytes,
    position,
  };
}

/** Size, compressed size and position; a field of ones stands for the next 64-bit value of the zip64 extra field (tag 1). */
function wideFields(directory: Buffer, at: number, extraAt: number): [number, number, number] {
  const narrow: [number, number, number] = [
    directory.readUInt32LE(at + 24),
    directory.readUInt32LE(at + 20),
    directory.readUInt32LE(at + 42),
  ];
  if (!narrow.includes(0xffffffff)) return narrow;
  const extraEnd = extraAt + directory.readUInt16LE(at + 30);
  for (let field = extraAt; field + 4 <= extraEnd; field += 4 + directory.readUInt16LE(field + 2)) {
    if (directory.readUInt16LE(field) !== 1) continue;
    let value = field + 4;
    return narrow.map((number) => {
      if (number !== 0xffffffff || value + 8 > extraEnd) return number;
      value += 8;
      return Number(directory.readBigUInt64LE(value - 8));
    }) as [number, number, number];
  }
  return narrow;
}

function entryBytes(directory: Buffer, at: number): number {
  return 46 + directory.readUInt16LE(at + 28) + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
}

function damaged(label: string, why: string): InputError {
  return new InputError(`${label} cannot be read as a zip: ${shownName(why)}. Download it again.`);
}
