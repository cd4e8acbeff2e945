import { InputError } from '../errors';
import { ArchiveFile } from './archive-file';
import { readTarIndex, type TarMember } from './tar-index';

/** A tar whose members are read where they lie, any number at a time; its headers are read once (`readTarIndex`). */
export class TarFile {
  /** By path inside the archive. */
  readonly members: ReadonlyMap<string, TarMember>;
  private readonly file: ArchiveFile;

  /**
   * @param path of the archive
   * @throws InputError when there is no such file, or it is a web page or no tar; the message says which
   */
  constructor(readonly path: string) {
    this.file = new ArchiveFile(path, 'tar');
    try {
      this.members = new Map(readTarIndex(this.file).map((member) => [member.name, member]));
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
    const member = this.members.get(name);
    if (!member) throw new InputError(`${this.path} has no member ${name}.`);
    const content = await this.file.read(member.position, member.bytes);
    if (content.length < member.bytes) throw new InputError(`${name} in ${this.path} is damaged: the file ends before it does. Download the archive again.`);
    return content;
  }

  /** Closes the file; reads after it fail. Closing twice does nothing. */
  close(): void {
    this.file.close();
  }
}
