import { InputError } from '../errors';
import type { ByteSource, FileInput } from '../native/byte-source';
import { openArchive } from './archive-file';
import { readTarIndex, type TarMember } from './tar-index';

/** A tar whose members are read where they lie, any number at a time; its headers are read once (`readTarIndex`). */
export class TarFile {
  /** By path inside the archive. */
  readonly members: ReadonlyMap<string, TarMember>;
  /** What messages call the archive: its path, where it has one. */
  readonly path: string;
  readonly #file: ByteSource;

  /**
   * @param input path of the archive, or its bytes
   * @throws InputError when there is no such file, or it is a web page or no tar; the message says which
   */
  constructor(input: FileInput) {
    this.#file = openArchive(input, 'tar');
    this.path = this.#file.label;
    try {
      this.members = new Map(readTarIndex(this.#file).map((member) => [member.name, member]));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * The content of one member.
   * @throws InputError when there is no such member, or the file was cut since it was opened
   */
  async read(name: string): Promise<Buffer> {
    const member = this.#member(name);
    const content = await this.#file.upToAsync(member.position, member.bytes);
    if (content.length < member.bytes)
      throw new InputError(
        `${name} in ${this.path} is damaged: the file ends before it does. Download the archive again.`,
      );
    return content;
  }

  /**
   * The first `bytes` bytes of one member, or all of it when it has fewer.
   * @throws InputError when there is no such member
   */
  readStart(name: string, bytes: number): Promise<Buffer> {
    const member = this.#member(name);
    return this.#file.upToAsync(member.position, Math.min(bytes, member.bytes));
  }

  /** Closes the file; reads after it fail. Closing twice does nothing. */
  close(): void {
    this.#file.close();
  }

  #member(name: string): TarMember {
    const member = this.members.get(name);
    if (!member) throw new InputError(`${this.path} has no member ${name}.`);
    return member;
  }
}
