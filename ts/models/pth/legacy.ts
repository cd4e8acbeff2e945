import { InputError } from '../../errors';
import type { ByteSource } from '../../native/byte-source';
import type { DType } from '../../tensor';
import { ElementReader, type MapOptions } from '../../tensor/io/bytes';
import { itemSize } from '../../tensor/types/dtype';
import { Budget } from './budget';
import { checkpointConstructor } from './rebuild';
import { isCount, memoryType, Storage, storageId, type StorageId } from './storage';
import { Unpickler } from './unpickle';

const MAGIC = 0x1950a86a20f9469cfc6cn;

/** Pickles are small beside the tensors; what is longer than this before the first tensor is no checkpoint. */
const LONGEST_PICKLES = 2 ** 26;

/** Where the elements of a storage lie. */
interface Extent {
  readonly position: number;
  readonly elements: number;
}

/** Magic number, protocol, machine facts, the value, the keys of the storages; then each storage's length and bytes. */
export class LegacyCheckpoint {
  readonly #pickles: Buffer;
  readonly #reader: ElementReader;
  readonly #budget: Budget;
  readonly #source: ByteSource;

  constructor(source: ByteSource, options: MapOptions) {
    this.#source = source;
    this.#pickles = source.upTo(0, LONGEST_PICKLES);
    this.#reader = new ElementReader(source, options);
    this.#budget = new Budget(source.label, source.size);
  }

  load(): unknown {
    const { label } = this.#source;
    const header = [0, 1, 2].reduce((at) => this.#read(at, () => null, true).end, 0);
    // The lengths of the storages come behind the value, their types in it: it is read twice, the first time without tensors.
    const ids = new Map<string, StorageId>();
    const value = this.#read(header, (id) => ids.set(id.key, id), true);
    const keys = this.#read(value.end, () => null, true);
    const extents = this.#extents(keys.value, keys.end, ids);
    const storages = new Map<string, Storage>();
    return this.#read(
      header,
      ({ key, dtype, elements }) => {
        const extent = extents.get(key);
        if (!extent)
          throw new InputError(`${label}: the checkpoint has no storage ${key.slice(0, 20)}; it is damaged.`);
        if (elements > extent.elements) throw this.#source.cutShort();
        const storage =
          storages.get(key) ?? new Storage(this.#reader.read(memoryType(dtype), extent.position, elements), dtype);
        storages.set(key, storage);
        return storage;
      },
      false,
    ).value;
  }

  #read(start: number, persistentLoad: (id: StorageId) => unknown, dry: boolean) {
    const { label } = this.#source;
    const unpickler = new Unpickler(
      this.#pickles,
      {
        label,
        budget: this.#budget,
        construct: checkpointConstructor(label, this.#budget, dry),
        persistentLoad: (id) => persistentLoad(storageId(id, label)),
      },
      start,
    );
    const value = unpickler.load();
    return { value, end: unpickler.end };
  }

  #extents(keys: unknown, start: number, ids: ReadonlyMap<string, StorageId>): Map<string, Extent> {
    if (!Array.isArray(keys))
      throw new InputError(`${this.#source.label}: the list of its storages is malformed; the file is damaged.`);
    const extents = new Map<string, Extent>();
    let at = start;
    for (const key of keys as unknown[]) {
      const elements = Number(this.#source.read(at, 8).readBigInt64LE());
      const name = typeof key === 'string' || typeof key === 'number' ? String(key) : '';
      const bytes = elements * this.#itemSize(ids.get(name)?.dtype);
      if (!isCount(elements) || !isCount(bytes)) throw this.#source.cutShort();
      this.#source.requireInside(at + 8, bytes);
      extents.set(name, { position: at + 8, elements });
      at += 8 + bytes;
    }
    return extents;
  }

  #itemSize(dtype: DType | undefined): number {
    return itemSize(memoryType(dtype));
  }
}

/** @param start the first bytes of the file */
export function isLegacy(label: string, start: Buffer): boolean {
  if (start[0] !== 0x80) return false;
  const budget = new Budget(label, 0);
  const unpickler = new Unpickler(start, {
    label,
    budget,
    construct: checkpointConstructor(label, budget, true),
    persistentLoad: () => null,
  });
  return unpickler.load() === MAGIC;
}
