/** Writes values in Python's pickle format, protocol 2, as torch.save does; tensors by a reference to their storage. */
import { InputError } from '../../errors';
import { Tensor } from '../../tensor';
import type { DType } from '../../tensor';
import { isPlainObject } from '../../tensor/plain-object';

const STORAGES: Partial<Record<DType, string>> = {
  float32: 'FloatStorage', float64: 'DoubleStorage', float16: 'HalfStorage', bfloat16: 'BFloat16Storage', int64: 'LongStorage', int32: 'IntStorage',
  int16: 'ShortStorage', int8: 'CharStorage', uint8: 'ByteStorage', bool: 'BoolStorage', complex64: 'ComplexFloatStorage', complex128: 'ComplexDoubleStorage',
};

export interface Pickled {
  readonly bytes: Buffer;
  /** The tensors in the order of their storages, `0`, `1`, … */
  readonly tensors: readonly Tensor[];
}

export function pickle(value: unknown): Pickled {
  const pickler = new Pickler();
  pickler.write(value);
  return { bytes: Buffer.concat([Buffer.of(0x80, 2), ...pickler.parts, Buffer.from('.')]), tensors: pickler.tensors };
}

class Pickler {
  readonly parts: Buffer[] = [];
  readonly tensors: Tensor[] = [];

  write(value: unknown): void {
    if (value === null) this.code('N');
    else if (typeof value === 'boolean') this.code(value ? '\x88' : '\x89');
    else if (typeof value === 'number') this.number(value);
    else if (typeof value === 'bigint') this.integer(value);
    else if (typeof value === 'string') this.text(value);
    else if (value instanceof Tensor) this.tensor(value);
    else if (Array.isArray(value)) this.list(value);
    else if (value instanceof Map) this.dict(value);
    else if (isPlainObject(value)) this.object(value);
    else throw new InputError(`savePth: expected tensors, numbers, strings, booleans, null, arrays, maps and plain objects, found ${kindOf(value)}.`);
  }

  private code(text: string): void {
    this.parts.push(Buffer.from(text, 'latin1'));
  }

  private number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) return this.integer(BigInt(value));
    const bytes = Buffer.alloc(9);
    bytes.write('G');
    bytes.writeDoubleBE(value, 1);
    this.parts.push(bytes);
  }

  /** Four bytes where they suffice, else as many as it takes, least first. */
  private integer(value: bigint): void {
    if (BigInt.asIntN(32, value) === value) {
      const bytes = Buffer.alloc(5);
      bytes.write('J');
      bytes.writeInt32LE(Number(value), 1);
      this.parts.push(bytes);
      return;
    }
    const digits: number[] = [];
    for (let rest = value; BigInt.asIntN(8 * digits.length, value) !== value; rest >>= 8n) digits.push(Number(rest & 0xffn));
    this.parts.push(Buffer.of(0x8a, digits.length, ...digits));
  }

  private text(value: string): void {
    const bytes = Buffer.from(value, 'utf8');
    const head = Buffer.alloc(5);
    head.write('X');
    head.writeUInt32LE(bytes.length, 1);
    this.parts.push(head, bytes);
  }

  private list(items: readonly unknown[]): void {
    this.code('](');
    for (const item of items) this.write(item);
    this.code('e');
  }

  private object(object: Readonly<Record<string, unknown>>): void {
    const entries = Object.entries(object);
    // The state of an optimizer is found by the number of its parameter in Python; keys of an object are texts.
    const isOptimizer = isPlainObject(object['state']) && Array.isArray(object['param_groups']);
    this.dict(entries.map(([key, item]) => [key, isOptimizer && key === 'state' ? numbered(item as object) : item]));
  }

  private dict(entries: Iterable<readonly [key: unknown, item: unknown]>): void {
    this.code('}(');
    for (const [key, item] of entries) {
      if (typeof key === 'object' && key !== null) throw new InputError(`savePth: expected numbers, strings, booleans or null as the keys of a map, found ${kindOf(key)}.`);
      this.write(key);
      this.write(item);
    }
    this.code('u');
  }

  private tuple(items: readonly number[]): void {
    this.code('(');
    for (const item of items) this.number(item);
    this.code('t');
  }

  /** `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)` */
  private tensor(tensor: Tensor): void {
    const { shape, dtype } = tensor;
    const storage = STORAGES[dtype];
    if (!storage) throw new InputError(`savePth: expected a type that torch.save has a storage for, found ${dtype}; convert the tensor first.`);
    const strides = shape.map((_, dim) => shape.slice(dim + 1).reduce((product, size) => product * size, 1));
    this.code('ctorch._utils\n_rebuild_tensor_v2\n((');
    this.text('storage');
    this.code(`ctorch\n${storage}\n`);
    this.text(String(this.tensors.push(tensor) - 1));
    this.text('cpu');
    this.number(shape.reduce((product, size) => product * size, 1));
    this.code('tQ');
    this.number(0);
    this.tuple(shape);
    this.tuple(strides);
    this.code('\x89ccollections\nOrderedDict\n)RtR');
  }
}

function numbered(state: object): ReadonlyMap<unknown, unknown> {
  return new Map(Object.entries(state).map(([key, item]) => [/^\d+$/.test(key) ? Number(key) : key, item]));
}

function kindOf(value: unknown): string {
  return typeof value === 'object' ? `a ${value!.constructor.name}` : `${typeof value}`;
}
