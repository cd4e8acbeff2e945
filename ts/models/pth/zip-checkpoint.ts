import { InputError } from '../../errors';
import type { ZipFile } from '../../data/zip';
import type { ZipMember } from '../../data/zip-index';
import { openBytes } from '../../native/byte-source';
import { ElementReader, type MapOptions } from '../../tensor/io/bytes';
import { itemSize } from '../../tensor/types/dtype';
import { Budget } from './budget';
import { checkpointConstructor } from './rebuild';
import { memoryType, Storage, storageId } from './storage';
import { Unpickler } from './unpickle';

/** A zip with the pickle `data.pkl` and a member a storage, below one folder. */
export class ZipCheckpoint {
  readonly #root: string;
  readonly #reader: ElementReader;
  readonly #storages = new Map<string, Storage>();

  readonly #zip: ZipFile;

  /** @throws InputError for a zip that is no checkpoint */
  constructor(zip: ZipFile, options: MapOptions) {
    this.#zip = zip;
    const pickle = [...zip.members.keys()].find((name) => name.endsWith('/data.pkl') || name === 'data.pkl');
    if (pickle === undefined)
      throw new InputError(`${zip.path}: expected a PyTorch checkpoint, found a zip without data.pkl.`);
    this.#root = pickle.slice(0, -'data.pkl'.length);
    if (zip.members.has(`${this.#root}constants.pkl`)) {
      throw new InputError(
        `${zip.path}: expected a checkpoint of torch.save, found a TorchScript module; read it by torch.jit.load.`,
      );
    }
    this.#reader = new ElementReader(zip.source, options);
  }

  load(): unknown {
    const { path, source, members } = this.#zip;
    if (members.has(`${this.#root}byteorder`) && this.#zip.readSync(`${this.#root}byteorder`).toString() !== 'little') {
      throw new InputError(
        `${path}: expected little-endian tensors, found big-endian ones; save it again on this kind of machine.`,
      );
    }
    const budget = new Budget(path, source.size);
    return new Unpickler(this.#zip.readSync(`${this.#root}data.pkl`), {
      label: path,
      budget,
      construct: checkpointConstructor(path, budget),
      persistentLoad: (id) => this.#storage(id),
    }).load();
  }

  #storage(id: unknown): Storage {
    const { path, members } = this.#zip;
    const { key, dtype, elements } = storageId(id, path);
    const known = this.#storages.get(key);
    if (known) return known;
    const member = members.get(`${this.#root}data/${key}`);
    if (!member) throw new InputError(`${path}: the checkpoint has no member data/${key.slice(0, 20)}; it is damaged.`);
    const type = memoryType(dtype);
    if (elements * itemSize(type) > member.bytes) {
      throw new InputError(
        `${path}: a tensor storage of ${elements} elements of ${type} does not fit into ${member.bytes} bytes; the file is damaged.`,
      );
    }
    const storage = new Storage(this.#content(member).read(type, this.#position(member), elements), dtype);
    this.#storages.set(key, storage);
    return storage;
  }

  /** Stored members are read where they lie, packed ones out of what they unpack to. */
  #content(member: ZipMember): ElementReader {
    return member.method === 'stored'
      ? this.#reader
      : new ElementReader(openBytes(this.#zip.readSync(member.name), 'a tensor storage'));
  }

  #position(member: ZipMember): number {
    return member.method === 'stored' ? this.#zip.contentPosition(member) : 0;
  }
}
