/** The frames of TensorFlow's record files (tensorflow.org/tutorials/load_data/tfrecord): length, data, and a checksum of each. */

/** Bytes of the length and its checksum, and of the checksum of the data. */
const HEAD = 12;
const TAIL = 4;

/** One record as it stands in a file. */
export function frame(data: Buffer): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeBigUInt64LE(BigInt(data.length));
  head.writeUInt32LE(maskedCrc(head.subarray(0, 8)), 8);
  const tail = Buffer.alloc(TAIL);
  tail.writeUInt32LE(maskedCrc(data));
  return Buffer.concat([head, data, tail]);
}

/** A record, and where it ends in its file. */
export interface FramedRecord {
  readonly data: Buffer;
  readonly end: number;
}

/** The records of a file, up to its end or to the first that is not whole. */
export function* framesOf(file: Buffer): Generator<FramedRecord, void, undefined> {
  for (let at = 0; at + HEAD + TAIL <= file.length;) {
    const head = file.subarray(at, at + 8);
    if (file.readUInt32LE(at + 8) !== maskedCrc(head)) return;
    const start = at + HEAD;
    const end = start + Number(head.readBigUInt64LE()) + TAIL;
    if (end > file.length) return;
    const data = file.subarray(start, end - TAIL);
    if (file.readUInt32LE(end - TAIL) !== maskedCrc(data)) return;
    yield { data, end };
    at = end;
  }
}

/** A checksum that is not the checksum of data which holds it: rotated, and a constant added. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** The remainders of all bytes by Castagnoli's polynomial, its bits in reverse. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0x82f63b78 : rest >>> 1;
  return rest;
});

/** CRC-32C (RFC 3720, appendix B.4). */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
