/** Pickles and checkpoints made by hand, for what no Python would write. */
import { writeZip } from '../../data/zip-writer';

/** `[code, …]`: texts are opcodes in latin1, buffers stand as they are. */
export function pickleOf(...parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat([
    Buffer.of(0x80, 2),
    ...parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
    Buffer.from('.'),
  ]);
}

/** BINUNICODE */
export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const head = Buffer.alloc(5);
  head.write('X');
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** BININT, or LONG1 of eight bytes. */
export function integer(value: number | bigint): Buffer {
  const number = BigInt(value);
  const small = BigInt.asIntN(32, number) === number;
  const bytes = Buffer.alloc(small ? 5 : 10);
  bytes.write(small ? 'J' : '\x8a', 'latin1');
  if (small) bytes.writeInt32LE(Number(number), 1);
  else {
    bytes[1] = 8;
    bytes.writeBigInt64LE(BigInt.asIntN(64, number), 2);
  }
  return bytes;
}

/** A tuple of integers. */
export const integers = (values: readonly (number | bigint)[]): Buffer =>
  Buffer.concat([Buffer.from('('), ...values.map(integer), Buffer.from('t')]);

/** BINPERSID of `('storage', class, '0', 'cpu', elements)` */
export function storage(elements: number | bigint, type = 'FloatStorage'): Buffer {
  return Buffer.concat([
    Buffer.from('('),
    text('storage'),
    Buffer.from(`ctorch\n${type}\n`),
    text('0'),
    text('cpu'),
    integer(elements),
    Buffer.from('tQ'),
  ]);
}

/** `_rebuild_tensor_v2(storage, offset, size, stride, False, None)` */
export function tensor(
  elements: number | bigint,
  offset: number | bigint,
  size: readonly (number | bigint)[],
  stride: readonly (number | bigint)[],
): Buffer {
  return Buffer.concat([
    Buffer.from('ctorch._utils\n_rebuild_tensor_v2\n('),
    storage(elements),
    integer(offset),
    integers(size),
    integers(stride),
    Buffer.from('\x89NtR', 'latin1'),
  ]);
}

/** A checkpoint of this pickle, with one storage of so many bytes. */
export function checkpoint(pickle: Buffer, bytes = 16): Buffer {
  return writeZip({ 'archive/data.pkl': pickle, 'archive/data/0': Buffer.alloc(bytes, 1) });
}
