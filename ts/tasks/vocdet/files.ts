import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { TarFile } from '../../data/tar';
import { ZipFile } from '../../data/zip';

/** A folder, or an archive that stands for one and is read in place. Names are relative to it, with forward slashes. */
export interface FileTree {
  readonly path: string;
  /** Folders that hold a folder of this name, at most three deep; '' is the tree itself. */
  findFoldersWith(name: string): string[];
  has(name: string): boolean;
  /** Names of the files directly in a folder, sorted; none when there is no such folder. */
  list(folder: string): string[];
  read(name: string): Promise<Buffer>;
  /** What to call a file in messages. */
  describe(name: string): string;
  /** Changes when the files of the tree change. */
  fingerprint(folders: readonly string[]): string;
  close(): void;
}

export const isArchive = (path: string): boolean => /\.(tar|zip)$/i.test(path);

/** @throws InputError when a path that ends in .tar or .zip is no such archive */
export function openFileTree(path: string): FileTree {
  return isArchive(path) ? new ArchiveTree(path) : new FolderTree(path);
}

const DEPTH = 3;

class FolderTree implements FileTree {
  constructor(readonly path: string) {}

  findFoldersWith(name: string): string[] {
    const search = (folder: string, depth: number): string[] => {
      if (this.isFolder(posix.join(folder, name))) return [folder];
      if (depth === 0) return [];
      const entries = readdirSync(join(this.path, folder), { withFileTypes: true }).filter(({ name }) => isContent(name));
      // A link is asked what it leads to; asking so of every file would take long in a folder of pictures.
      const inner = entries.filter((entry) => entry.isDirectory() || (entry.isSymbolicLink() && this.isFolder(posix.join(folder, entry.name))));
      return inner.map((entry) => posix.join(folder, entry.name)).sort().flatMap((path) => search(path, depth - 1));
    };
    return search('', DEPTH);
  }

  has(name: string): boolean {
    return existsSync(join(this.path, name));
  }

  list(folder: string): string[] {
    const path = join(this.path, folder);
    if (!existsSync(path)) return [];
    return readdirSync(path, { withFileTypes: true }).filter((entry) => !entry.isDirectory() && isContent(entry.name)).map((entry) => entry.name).sort();
  }

  read(name: string): Promise<Buffer> {
    return readFile(join(this.path, name));
  }

  describe(name: string): string {
    return join(this.path, name);
  }

  fingerprint(folders: readonly string[]): string {
    const hash = createHash('sha256');
    for (const name of folders.flatMap((folder) => this.list(folder).map((file) => posix.join(folder, file)))) {
      const { size, mtimeMs } = statSync(join(this.path, name));
      hash.update(`${name} ${size} ${mtimeMs}\n`);
    }
    return hash.digest('hex');
  }

  close(): void {}

  private isFolder(name: string): boolean {
    return statSync(join(this.path, name), { throwIfNoEntry: false })?.isDirectory() ?? false;
  }
}

class ArchiveTree implements FileTree {
  private readonly archive: TarFile | ZipFile;
  private readonly folders = new Map<string, string[]>();

  constructor(readonly path: string) {
    this.archive = /\.tar$/i.test(path) ? new TarFile(path) : new ZipFile(path);
    for (const name of this.archive.members.keys()) {
      const folder = posix.dirname(name) === '.' ? '' : posix.dirname(name);
      const files = this.folders.get(folder);
      if (files) files.push(posix.basename(name));
      else this.folders.set(folder, [posix.basename(name)]);
    }
  }

  findFoldersWith(name: string): string[] {
    const inside = [...this.folders.keys()].flatMap((folder) => {
      const parts = folder.split('/');
      const at = parts.indexOf(name);
      // macOS adds a twin of each file under __MACOSX.
      return at < 0 || at > DEPTH || parts[0] === '__MACOSX' ? [] : [parts.slice(0, at).join('/')];
    });
    return [...new Set(inside)].sort();
  }

  has(name: string): boolean {
    return this.archive.members.has(name);
  }

  list(folder: string): string[] {
    return (this.folders.get(folder) ?? []).filter(isContent).sort();
  }

  read(name: string): Promise<Buffer> {
    return this.archive.read(name);
  }

  describe(name: string): string {
    return `${name} in ${this.path}`;
  }

  /** The archive as a whole: it is written once. */
  fingerprint(): string {
    const { size, mtimeMs } = statSync(this.path);
    return createHash('sha256').update(`${size} ${mtimeMs}`).digest('hex');
  }

  close(): void {
    this.archive.close();
  }
}

/** macOS leaves files that begin with "._" beside others; they are not what their names say. */
function isContent(name: string): boolean {
  return !name.startsWith('.');
}
