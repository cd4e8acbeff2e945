/** Writes values in Python's pickle format, protocol 2, as torch.save does; tensors by a reference to their storage. */
import { types } from 'node:util';
import { DisposedTensorError, InputError } from '../../errors';
import { asBuffer } from '../../native/byte-source';
import * as torch from '../../tensor';
import { Tensor } from '../../tensor';
import { isQuantized } from '../../tensor/types/dtype';
import { isPlainObject } from '../../native/realm';
import { StorageTable, UNTYPED, type StorageView } from './storage-table';

export interface Pickled {
  readonly bytes: Buffer;
  /** The elements of each storage, `0`, `1`, …: (elements). */
  readonly storages: readonly Tensor[];
}

/** Belongs to the running scope: the storages are views of the tensors, or copies. */
export function pickle(value: unknown): Pickled {
  const pickler = new Pickler();
  pickler.write(value);
  return {
    bytes: Buffer.concat([Buffer.of(0x80, 2), ...pickler.parts, Buffer.from('.')]),
    storages: pickler.storages.tensors,
  };
}

/** Deeper than what anyone keeps, and far from the end of the stack. */
const DEEPEST = 500;

class Pickler {
  readonly parts: Buffer[] = [];
  readonly storages = new StorageTable();
  /** The containers around what is written now. */
  readonly #around: unknown[] = [];

  write(value: unknown): void {
    if (typeof value !== 'object' || value === null || value instanceof Tensor) return this.#scalar(value);
    if (this.#around.includes(value))
      throw new InputError('savePth: expected containers that do not hold themselves, found one that does.');
    if (this.#around.length === DEEPEST)
      throw new InputError(`savePth: expected at most ${DEEPEST} containers inside one another.`);
    this.#around.push(value);
    this.#container(value);
    this.#around.pop();
  }

  #scalar(value: unknown): void {
    if (value === null) this.#code('N');
    else if (typeof value === 'boolean') this.#code(value ? '\x88' : '\x89');
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'bigint') this.#integer(value);
    else if (typeof value === 'string') this.#text(value);
    else if (value instanceof Tensor) this.#tensor(value);
    else throw unknownKind(value);
  }

  #container(value: object): void {
    const bytes = asBuffer(value);
    if (bytes) this.#bytes(bytes);
    else if (Array.isArray(value)) this.#list(value);
    else if (types.isMap(value)) this.#dict(value);
    else if (types.isSet(value)) this.#set(value);
    else if (isPlainObject(value)) this.#object(value);
    else throw unknownKind(value);
  }

  #code(text: string): void {
    this.parts.push(Buffer.from(text, 'latin1'));
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) return this.#integer(BigInt(value));
    this.#float(value);
  }

  #float(value: number): void {
    const bytes = Buffer.alloc(9);
    bytes.write('G');
    bytes.writeDoubleBE(value, 1);
    this.parts.push(bytes);
  }

  /** Four bytes where they suffice, else as many as it takes, least first. */
  #integer(value: bigint): void {
    if (BigInt.asIntN(32, value) === value) {
      const bytes = Buffer.alloc(5);
      bytes.write('J');
      bytes.writeInt32LE(Number(value), 1);
      this.parts.push(bytes);
      return;
    }
    const digits: number[] = [];
    for (let rest = value; BigInt.asIntN(8 * digits.length, value) !== value; rest >>= 8n)
      digits.push(Number(rest & 0xffn));
    this.parts.push(Buffer.of(0x8a, digits.length, ...digits));
  }

  #text(value: string): void {
    const bytes = Buffer.from(value, 'utf8');
    const head = Buffer.alloc(5);
    head.write('X');
    head.writeUInt32LE(bytes.length, 1);
    this.parts.push(head, bytes);
  }

  #list(items: readonly unknown[]): void {
    this.#code('](');
    for (const item of items) this.write(item);
    this.#code('e');
  }

  #object(object: Readonly<Record<string, unknown>>): void {
    const entries = Object.entries(object);
    // The state of an optimizer is found by the number of its parameter in Python; keys of an object are texts.
    const isOptimizer = isPlainObject(object['state']) && Array.isArray(object['param_groups']);
    this.#dict(entries.map(([key, item]) => [key, isOptimizer && key === 'state' ? numbered(item as object) : item]));
  }

  #dict(entries: Iterable<readonly [key: unknown, item: unknown]>): void {
    this.#code('}(');
    for (const [key, item] of entries) {
      if (typeof key === 'object' && key !== null)
        throw new InputError(
          `savePth: expected numbers, strings, booleans or null as the keys of a map, found ${kindOf(key)}.`,
        );
      this.write(key);
      this.write(item);
    }
    this.#code('u');
  }

  /** Python's `bytes`, as its protocol 2 writes them: a text and its encoding. */
  #bytes(value: Buffer): void {
    this.#code('c_codecs\nencode\n(');
    this.#text(value.toString('latin1'));
    this.#text('latin1');
    this.#code('tR');
  }

  #set(value: ReadonlySet<unknown>): void {
    this.#code('c__builtin__\nset\n(');
    this.#list([...value]);
    this.#code('tR');
  }

  #tuple(items: readonly unknown[]): void {
    this.#code('(');
    for (const item of items) this.write(item);
    this.#code('t');
  }

  #global(module: string, name: string): void {
    this.#code(`c${module}\n${name}\n`);
  }

  /** `function(…)` with what `body` writes as its arguments. */
  #call(module: string, name: string, body: () => void): void {
    this.#global(module, name);
    this.#code('(');
    body();
    this.#code('tR');
  }

  #tensor(tensor: Tensor): void {
    const { layout } = tensor;
    if (layout !== 'strided') return this.#sparse(tensor, layout);
    if (isNested(tensor)) return this.#nested(tensor);
    const { dtype } = tensor;
    if (isQuantized(dtype)) return this.#quantized(tensor);
    if (tensor.device === 'meta') return this.#meta(tensor);
    const view = this.storages.add(tensor);
    const isUntyped = view.storage === UNTYPED;
    this.#call('torch._utils', isUntyped ? '_rebuild_tensor_v3' : '_rebuild_tensor_v2', () => {
      this.#storage(view);
      this.#number(view.offset);
      this.#tuple(tensor.shape);
      this.#tuple(view.strides);
      this.#flagAndHooks();
      if (isUntyped) this.#global('torch', dtype);
    });
  }

  /** `requires_grad` is false, as in a state dict of Python's; hooks are none. */
  #flagAndHooks(): void {
    this.#code('\x89ccollections\nOrderedDict\n)R');
  }

  /** The reference that `persistent_load` gets. */
  #storage({ storage, key, length }: StorageView): void {
    this.#code('(');
    this.#text('storage');
    this.#global(storage === UNTYPED ? 'torch.storage' : 'torch', storage);
    this.#text(String(key));
    this.#text('cpu');
    this.#number(length);
    this.#code('tQ');
  }

  #layout(name: string): void {
    this.#call('torch.serialization', '_get_layout', () => this.#text(`torch.${name}`));
  }

  /** `_rebuild_sparse_tensor(layout, (indices…, values, size[, is_coalesced]))` */
  #sparse(tensor: Tensor, layout: string): void {
    const parts = SPARSE_PARTS[layout];
    if (!parts) throw new InputError(`savePth: expected a dense or sparse tensor, found one of layout ${layout}.`);
    this.#call('torch._utils', '_rebuild_sparse_tensor', () => {
      this.#layout(layout);
      this.#code('(');
      for (const part of parts) this.#tensor(aten(part, tensor));
      this.#size(tensor.shape);
      if (layout === 'sparse_coo') this.write(tensor.isCoalesced());
      this.#code('t');
    });
  }

  #size(shape: readonly number[]): void {
    this.#call('torch', 'Size', () => this.#tuple(shape));
  }

  /** `_rebuild_qtensor(storage, offset, size, stride, (scheme, …), requires_grad, hooks)` */
  #quantized(tensor: Tensor): void {
    const integers = aten('int_repr', tensor).contiguous();
    const view = this.storages.add(integers, tensor.dtype);
    this.#call('torch._utils', '_rebuild_qtensor', () => {
      this.#storage(view);
      this.#number(0);
      this.#tuple(tensor.shape);
      this.#tuple(view.strides);
      this.#code('(');
      this.#scheme(tensor);
      this.#code('t');
      this.#flagAndHooks();
    });
  }

  #scheme(tensor: Tensor): void {
    if (PER_CHANNEL.includes(scalarOf('qscheme', tensor))) {
      this.#global('torch', 'per_channel_affine');
      this.#tensor(aten('q_per_channel_scales', tensor));
      this.#tensor(aten('q_per_channel_zero_points', tensor));
      this.#number(scalarOf('q_per_channel_axis', tensor));
      return;
    }
    this.#global('torch', 'per_tensor_affine');
    this.#float(scalarOf('q_scale', tensor));
    this.#number(scalarOf('q_zero_point', tensor));
  }

  /** `_rebuild_nested_tensor(buffer, sizes, strides, offsets)` */
  #nested(tensor: Tensor): void {
    this.#call('torch._utils', '_rebuild_nested_tensor', () => {
      for (const part of ['values', '_nested_tensor_size', '_nested_tensor_strides', '_nested_tensor_storage_offsets'])
        this.#tensor(aten(part, tensor));
    });
  }

  /** `_rebuild_meta_tensor_no_storage(dtype, size, stride, requires_grad)` */
  #meta({ dtype, shape, strides }: Tensor): void {
    this.#call('torch._utils', '_rebuild_meta_tensor_no_storage', () => {
      this.#global('torch', dtype);
      this.#tuple(shape);
      this.#tuple(strides);
      this.#code('\x89');
    });
  }
}

const aten = (name: string, tensor: Tensor): Tensor => torch.ops['aten']![name]!['default']!(tensor) as Tensor;

const scalarOf = (name: string, tensor: Tensor): number => Number(torch.ops['aten']![name]!['default']!(tensor));

/** Codes of libtorch's schemes by channel (c10/core/QScheme.h): affine, symmetric, affine with scales and points as floats. */
const PER_CHANNEL: readonly number[] = [1, 3, 4];

/** libtorch tells of no shape where the parts of a tensor have one each. */
function isNested(tensor: Tensor): boolean {
  try {
    return tensor.shape === undefined;
  } catch (error) {
    if (error instanceof DisposedTensorError) throw error;
    return true;
  }
}

/** What a sparse tensor consists of, in the order of torch.save. */
const SPARSE_PARTS: Readonly<Record<string, readonly string[]>> = {
  sparse_coo: ['_indices', '_values'],
  sparse_csr: ['crow_indices', 'col_indices', 'values'],
  sparse_bsr: ['crow_indices', 'col_indices', 'values'],
  sparse_csc: ['ccol_indices', 'row_indices', 'values'],
  sparse_bsc: ['ccol_indices', 'row_indices', 'values'],
};

function numbered(state: object): ReadonlyMap<unknown, unknown> {
  return new Map(Object.entries(state).map(([key, item]) => [/^\d+$/.test(key) ? Number(key) : key, item]));
}

function unknownKind(value: unknown): InputError {
  return new InputError(
    `savePth: expected tensors, numbers, strings, booleans, null, bytes, arrays, sets, maps and plain objects, found ${kindOf(value)}.`,
  );
}

function kindOf(value: unknown): string {
  return typeof value === 'object' ? `a ${(value as object).constructor.name}` : `${typeof value}`;
}
