/**
 * Reads what Python's `torch.save` wrote, without running any of its code. Two containers exist: since PyTorch 1.6 a zip
 * with one pickle and one member a storage, before that a row of pickles with the storages behind them
 * (torch/serialization.py, `_load` and `_legacy_load`).
 */
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { readZipIndex, type ZipMember } from '../../data/zip-index';
import { InputError, TorchError } from '../../errors';
import * as torch from '../../tensor';
import type { DType, Tensor } from '../../tensor';
import { elementsOf, mapFile } from '../../tensor/bytes';
import { itemSize } from '../../tensor/dtype';
import { checkpointConstructor, plainValue, storageType, type Storage } from './rebuild';
import { Global, Unpickler, type PersistentLoad } from './unpickle';

/** A checkpoint's value: tensors, numbers, strings, booleans, null, arrays, objects. */
export type PthValue = Tensor | number | bigint | string | boolean | null | Uint8Array | PthValue[] | { [key: string]: PthValue };

/** `['storage', type, key, location, elements]` */
function storageId(id: unknown, label: string): { key: string; dtype: DType; untyped: boolean; elements: number } {
  if (!Array.isArray(id) || id[0] !== 'storage') throw new InputError(`${label}: the checkpoint refers to something that is no tensor storage.`);
  const [, type, key, , elements] = id as unknown[];
  return { key: String(key), dtype: storageType(type, label), untyped: (type as Global).name === 'UntypedStorage', elements: Number(elements) };
}

/** Elements of a storage. @throws InputError when it ends before them */
function elementsAt(bytes: Tensor, at: number, elements: number, dtype: DType, label: string): Tensor {
  const isInside = elements >= 0 && at + elements * itemSize(dtype) <= bytes.numel();
  if (!isInside) throw new InputError(`${label} ends before its tensors do; it is cut short, fetch it again.`);
  return elementsOf(bytes, dtype, at, elements);
}

class ZipCheckpoint {
  private readonly members: Map<string, ZipMember>;
  private readonly root: string;
  private readonly bytes: Tensor;
  private readonly storages = new Map<string, Storage>();

  constructor(private readonly path: string, private readonly file: number, size: number) {
    this.members = new Map(readZipIndex(file, size, path).map((member) => [member.name, member]));
    const pickle = [...this.members.keys()].find((name) => name.endsWith('/data.pkl') || name === 'data.pkl');
    if (pickle === undefined) throw new InputError(`${path}: expected a PyTorch checkpoint, found a zip without data.pkl.`);
    this.root = pickle.slice(0, -'data.pkl'.length);
    this.bytes = mapFile(path, size);
  }

  load(): unknown {
    if (this.members.has(`${this.root}byteorder`) && this.content('byteorder').toString() !== 'little') {
      throw new InputError(`${this.path}: expected little-endian tensors, found big-endian ones; save it again on this kind of machine.`);
    }
    return new Unpickler(this.content('data.pkl'), {
      label: this.path,
      construct: checkpointConstructor(this.path),
      persistentLoad: (id) => this.storage(id),
    }).load();
  }

  private member(name: string): ZipMember {
    const member = this.members.get(this.root + name);
    if (!member) throw new InputError(`${this.path}: the checkpoint has no member ${name}; it is damaged.`);
    return member;
  }

  /** Where the bytes of a member start: behind its local header, the name and the padding that aligns them. */
  private start(member: ZipMember): number {
    const header = Buffer.alloc(30);
    readSync(this.file, header, 0, 30, member.position);
    return member.position + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  }

  private content(name: string): Buffer {
    const member = this.member(name);
    const packed = Buffer.alloc(member.compressedBytes);
    readSync(this.file, packed, 0, packed.length, this.start(member));
    return member.method === 'stored' ? packed : inflateRawSync(packed);
  }

  private storage(id: unknown): Storage {
    const { key, dtype, untyped, elements } = storageId(id, this.path);
    const known = this.storages.get(key);
    if (known) return known;
    const member = this.member(`data/${key}`);
    const tensor = member.method === 'stored'
      ? elementsAt(this.bytes, this.start(member), elements, dtype, this.path)
      : elementsAt(torch.fromTypedArray(Uint8Array.from(this.content(`data/${key}`))), 0, elements, dtype, this.path);
    const storage = { tensor, untyped };
    this.storages.set(key, storage);
    return storage;
  }
}

const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;

class LegacyCheckpoint {
  constructor(private readonly path: string, private readonly content: Buffer) {}

  /** Magic number, protocol, machine facts, the value, the keys of the storages; then each storage's length and bytes. */
  load(): unknown {
    const header = [0, 1, 2].reduce((at) => this.read(at, () => null, true).end, 0);
    const value = this.read(header, (id) => storageId(id, this.path), true);
    const keys = this.read(value.end, () => null, true);
    const places = this.places(keys.value as unknown[], keys.end, value.ids);
    const bytes = mapFile(this.path, this.content.length);
    const storages = new Map<string, Storage>();
    return this.read(header, (id) => {
      const { key, dtype, untyped, elements } = storageId(id, this.path);
      const at = places.get(key);
      if (at === undefined) throw new InputError(`${this.path}: the checkpoint has no storage ${key}; it is damaged.`);
      const storage = storages.get(key) ?? { tensor: elementsAt(bytes, at, elements, dtype, this.path), untyped };
      storages.set(key, storage);
      return storage;
    }, false).value;
  }

  private read(start: number, persistentLoad: PersistentLoad, dry: boolean) {
    const ids = new Map<string, DType>();
    const unpickler = new Unpickler(this.content, {
      label: this.path,
      construct: checkpointConstructor(this.path, dry),
      persistentLoad: (id) => {
        const storage = storageId(id, this.path);
        ids.set(storage.key, storage.dtype);
        return persistentLoad(id);
      },
    }, start);
    const value = unpickler.load();
    return { value, end: unpickler.end, ids };
  }

  private places(keys: readonly unknown[], start: number, types: ReadonlyMap<string, DType>): Map<string, number> {
    const places = new Map<string, number>();
    let at = start;
    for (const key of keys.map(String)) {
      if (at + 8 > this.content.length) throw new InputError(`${this.path} ends before its tensors do; it is cut short, fetch it again.`);
      const elements = Number(this.content.readBigInt64LE(at));
      places.set(key, at + 8);
      at += 8 + elements * itemSize(types.get(key) ?? 'uint8');
    }
    return places;
  }
}

function isLegacy(path: string, start: Buffer): boolean {
  if (start[0] !== 0x80) return false;
  const unpickler = new Unpickler(start, { label: path, construct: checkpointConstructor(path, true), persistentLoad: () => null });
  return unpickler.load() === LEGACY_MAGIC;
}

/**
 * The value of a `.pth`/`.pt` file: usually an object of tensors. Their memory is the file's, mapped copy-on-write.
 * No code of the file runs: a pickle that names anything but tensors and plain containers is refused with that name.
 * @throws InputError for a file that is absent, damaged, no checkpoint, or refused
 */
export function loadPth(path: string): PthValue {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw new InputError(`${path}: expected a PyTorch checkpoint, found none that can be opened (${(error as Error).message}).`, { cause: error });
  }
  try {
    return torch.scoped(() => plainValue(read(path, file, statSync(path).size)) as PthValue);
  } catch (error) {
    if (error instanceof TorchError) throw error;
    // Damaged bytes can ask anything of the readers; whatever they trip over has this one cause.
    throw new InputError(`${path} cannot be read as a PyTorch checkpoint: its content is damaged.`, { cause: error });
  } finally {
    closeSync(file);
  }
}

function read(path: string, file: number, size: number): unknown {
  const start = Buffer.alloc(Math.min(64, size));
  readSync(file, start, 0, start.length, 0);
  if (start.subarray(0, 2).toString('latin1') === 'PK') return new ZipCheckpoint(path, file, size).load();
  if (isLegacy(path, start)) return new LegacyCheckpoint(path, readFileSync(path)).load();
  throw new InputError(`${path}: expected a PyTorch checkpoint (a zip or a pickle of torch.save), found ${size} bytes of something else.`);
}
