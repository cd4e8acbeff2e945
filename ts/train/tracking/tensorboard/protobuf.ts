/** The wire format of protocol buffers (protobuf.dev/programming-guides/encoding), as far as event files need it. */

/** The value of a field as it stands on the wire: a number, or the bytes of a text, a message or packed numbers. */
export type FieldValue = bigint | number | Buffer;

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** An int32, int64, bool or enum. */
export function integerField(field: number, value: number): Buffer {
  return Buffer.concat([key(field, VARINT), varint(BigInt(value))]);
}

export function doubleField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([key(field, FIXED64), bytes]);
}

export function floatField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([key(field, FIXED32), bytes]);
}

/** A text, bytes, or a message made of the fields of another. */
export function bytesField(field: number, value: string | Uint8Array | readonly Buffer[]): Buffer {
  const bytes =
    typeof value === 'string' ? Buffer.from(value) : value instanceof Uint8Array ? value : Buffer.concat(value);
  return Buffer.concat([key(field, BYTES), varint(BigInt(bytes.length)), bytes]);
}

/** Repeated doubles, packed. */
export function doublesField(field: number, values: ArrayLike<number>): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  for (let i = 0; i < values.length; i++) bytes.writeDoubleLE(values[i]!, 8 * i);
  return bytesField(field, bytes);
}

/**
 * The fields of a message, in order: the field's number and what it holds.
 * @throws RangeError for bytes that end too soon
 */
export function* fieldsOf(message: Buffer): Generator<readonly [field: number, value: FieldValue], void, undefined> {
  for (let at = 0; at < message.length;) {
    const head = readVarint(message, at);
    const kind = Number(head.value & 7n);
    const field = Number(head.value >> 3n);
    at = head.end;
    if (kind === VARINT) {
      const { value, end } = readVarint(message, at);
      yield [field, value];
      at = end;
    } else if (kind === BYTES) {
      const { value, end } = readVarint(message, at);
      at = end + Number(value);
      if (at > message.length) throw new RangeError('a field ends behind its message');
      yield [field, message.subarray(end, at)];
    } else if (kind === FIXED64) {
      yield [field, message.readDoubleLE(at)];
      at += 8;
    } else {
      yield [field, message.readFloatLE(at)];
      at += 4;
    }
  }
}

function key(field: number, kind: number): Buffer {
  return varint(BigInt(8 * field + kind));
}

/** Seven bits a byte, the lowest first; negative numbers as 64 bits. */
function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    if (rest < 0x80n) return Buffer.from([...bytes, low]);
    bytes.push(low | 0x80);
  }
}

function readVarint(bytes: Buffer, start: number): { value: bigint; end: number } {
  let value = 0n;
  for (let at = start, shift = 0n; ; at++, shift += 7n) {
    const byte = bytes.readUInt8(at);
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return { value, end: at + 1 };
  }
}
