import { InputError } from '../../errors';
import { TarFile } from '../tar';

/** The members of one sample, by ending. */
type Members = ReadonlyMap<string, string>;

/** A shard that is open for reading: its samples in order, and where their members lie. */
export class OpenShard {
  readonly #tar: TarFile;
  readonly #label: string;
  readonly #samples: readonly { readonly key: string; readonly members: Members }[];

  /**
   * @param label what to call it in errors
   * @param count how many samples the index says that there are
   * @throws InputError when it is no tar, or has another number of samples
   */
  constructor(path: string, label: string, count: number) {
    this.#tar = new TarFile(path);
    this.#label = label;
    this.#samples = samplesOf(this.#tar);
    if (this.#samples.length === count) return;
    this.#tar.close();
    throw new InputError(
      `${label}: expected ${count} samples, as its index says, found ${this.#samples.length}; write the shards or their index anew.`,
    );
  }

  key(sample: number): string {
    return this.#samples[sample]!.key;
  }

  /** The endings of the members of a sample. */
  endings(sample: number): string[] {
    return [...this.#samples[sample]!.members.keys()];
  }

  /** The first bytes of a member. @throws InputError where the sample has none of that ending */
  async read(sample: number, ending: string, bytes?: number): Promise<Buffer> {
    const { key, members } = this.#samples[sample]!;
    const name = members.get(ending);
    if (name === undefined)
      throw new InputError(
        `Expected a member .${ending} of the sample ${key} in ${this.#label}, found ${[...members.keys()].map((one) => `.${one}`).join(', ')}.`,
      );
    return bytes === undefined ? this.#tar.read(name) : this.#tar.readStart(name, bytes);
  }

  close(): void {
    this.#tar.close();
  }
}

/** Members that follow each other and have the same name up to the first dot of their last part are a sample. */
function samplesOf(tar: TarFile): { key: string; members: Map<string, string> }[] {
  const samples: { key: string; members: Map<string, string> }[] = [];
  for (const name of tar.members.keys()) {
    const [, key, ending] = /^((?:.*\/)?[^./][^/.]*)\.([^/]*)$/s.exec(name) ?? [];
    if (key === undefined || ending === undefined) continue;
    if (samples.at(-1)?.key !== key) samples.push({ key, members: new Map() });
    samples.at(-1)!.members.set(ending, name);
  }
  return samples;
}
