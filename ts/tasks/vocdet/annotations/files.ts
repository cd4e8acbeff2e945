import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { basename, join, posix } from 'node:path';
import { TarFile } from '../../../data/tar';
import { ZipFile } from '../../../data/zip';
import { InputError } from '../../../errors';

/** A folder, or an archive that stands for one and is read in place. Names are relative to it, with forward slashes. */
export interface FileTree {
  readonly path: string;
  /** All regular files in it, sorted; what systems and tools leave beside the files of a dataset is not among them. */
  readonly files: readonly string[];
  /** The whole of a file. */
  read(name: string): Promise<Buffer>;
  /** Its first bytes, where they can be had without the rest; else the whole of it. */
  readStart(name: string, bytes: number): Promise<Buffer>;
  /** What to call a file in messages. */
  describe(name: string): string;
  close(): void;
}

const PACKED = /\.(tgz|t[bx]z2?|gz|bz2|xz|zst|7z|rar)$/i;

const isArchive = (path: string): boolean => /\.(tar|zip)$/i.test(path);

/** @throws InputError when a path that ends in .tar or .zip is no such archive */
export function openFileTree(path: string): FileTree {
  return isArchive(path) ? new ArchiveTree(path) : new FolderTree(path);
}

/**
 * A folder and the archives that lie directly in it, or one archive.
 * @throws InputError when there is neither
 */
export function openFileTrees(path: string): FileTree[] {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info?.isFile() && isArchive(path)) return [openFileTree(path)];
  if (!info?.isDirectory())
    throw new InputError(
      `Expected a folder, a .tar, a .zip or a .json with a dataset at ${path}, found ${info ? (PACKED.test(path) ? 'a packed file; unpack it first' : 'a file of another kind') : 'nothing'}.`,
    );
  const archives = readdirSync(path)
    .filter((name) => isArchive(name) && !name.startsWith('.'))
    .sort();
  return [openFileTree(path), ...archives.map((name) => openFileTree(join(path, name)))];
}

/** Deeper folders are not looked into. */
const DEPTH = 8;

class FolderTree implements FileTree {
  #known: readonly string[] | undefined;

  constructor(readonly path: string) {}

  get files(): readonly string[] {
    return (this.#known ??= this.#list('', DEPTH, new Set([realpathSync(this.path)])).sort());
  }

  read(name: string): Promise<Buffer> {
    return readFile(join(this.path, name));
  }

  async readStart(name: string, bytes: number): Promise<Buffer> {
    const file = await open(join(this.path, name));
    try {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(bytes), 0, bytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  describe(name: string): string {
    return join(this.path, name);
  }

  close(): void {}

  /** @param above folders that a link must not lead back into */
  #list(folder: string, depth: number, above: ReadonlySet<string>): string[] {
    return readdirSync(join(this.path, folder), { withFileTypes: true }).flatMap((entry) => {
      const name = posix.join(folder, entry.name);
      if (!isContent(entry.name)) return [];
      // A link is asked what it leads to; asking so of every file would take long in a folder of images.
      const target = entry.isSymbolicLink() ? statSync(join(this.path, name), { throwIfNoEntry: false }) : entry;
      // A link to nothing is no file, and reading a pipe or a device might never end.
      if (!target?.isDirectory()) return target?.isFile() ? [name] : [];
      const real = entry.isSymbolicLink() ? realpathSync(join(this.path, name)) : join(this.path, name);
      return depth === 0 || above.has(real) ? [] : this.#list(name, depth - 1, new Set([...above, real]));
    });
  }
}

class ArchiveTree implements FileTree {
  readonly files: readonly string[];
  readonly #archive: TarFile | ZipFile;

  constructor(readonly path: string) {
    this.#archive = /\.tar$/i.test(path) ? new TarFile(path) : new ZipFile(path);
    this.files = [...this.#archive.members.keys()]
      .filter((name) => !name.endsWith('/') && name.split('/').every(isContent))
      .sort();
  }

  read(name: string): Promise<Buffer> {
    return this.#archive.read(name);
  }

  readStart(name: string, bytes: number): Promise<Buffer> {
    return this.#archive instanceof TarFile ? this.#archive.readStart(name, bytes) : this.#archive.read(name);
  }

  describe(name: string): string {
    return `${name} in ${this.path}`;
  }

  close(): void {
    this.#archive.close();
  }
}

/** What macOS, Windows and editors leave beside other files: "._a.jpg" is not what its name says. */
function isContent(name: string): boolean {
  return !name.startsWith('.') && !/^(__MACOSX|node_modules|thumbs\.db|desktop\.ini)$/i.test(name);
}

/** The first names of what lies in a folder or an archive, for messages. */
export function contentsOf(path: string): string {
  if (!existsSync(path)) return 'nothing';
  const names = statSync(path).isDirectory() ? readdirSync(path).filter(isContent).sort() : [basename(path)];
  return names.length > 8
    ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more`
    : names.join(', ') || 'nothing';
}
