import { createHash } from 'node:crypto';
import { readdirSync, statSync, type Dirent } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { SampleOrder } from '../../data/samplers';
import type { ShardOrderOptions } from '../../data/shards/shard-order';
import { ZipFile } from '../../data/zip';
import type { ZipMember } from '../../data/zip-index';
import { InputError } from '../../errors';
import type { Split } from './lists';

export interface FileCheck {
  readonly path: string;
  readonly bytes: number;
  readonly md5: string;
  /** Whether it is the official file of that name; null when there is none of that name. */
  readonly isOfficial: boolean | null;
}

/** The image files of a dataset, known by name without folders. */
export interface FaceImages {
  /** The folder or zip they lie in. */
  readonly path: string;
  readonly names: readonly string[];
  /** The file that a list means: that name, else the only one of the same name with another ending or in other letters. */
  find(name: string): string | undefined;
  /** The bytes of the file of one name. */
  read(name: string): Promise<Buffer>;
  /** Changes when an image is added, removed or changed. */
  fingerprint(): string;
  /** Whether each image was looked at when it was packed, so that none has to be read before the first is needed. @default false */
  readonly isChecked?: boolean;
  /** The order in which a split is best trained on; undefined where any order is as good. */
  order?(split: Split, options: ShardOrderOptions): SampleOrder | undefined;
  /** Is told which images of a split will be read in a pass, batch after batch. */
  expect?(split: Split, batches: readonly ArrayLike<number>[]): void;
  /** Compares the files with their checksums; a sentence for each that is damaged. */
  check?(): AsyncIterable<FileCheck & { readonly problem?: string }>;
  close(): void | Promise<void>;
}

/** As CelebA's own archives and the copies of others call the folder. */
const FOLDERS = ['img_align_celeba', 'img_align_celeba_png', 'img_celeba', 'images', 'img', 'faces'];
const FOLDER = FOLDERS[0]!;
const IMAGE = /\.(jpe?g|png|webp|bmp)$/i;

/**
 * Finds the images of CelebA: `img_align_celeba/` with all below it (the Kaggle copy unpacks into a folder of that name once
 * more), or `img_align_celeba.zip`, read where it lies. An unpacked folder is taken before a zip.
 * @throws InputError when there is none, or the zip is none
 */
export function openFaceImages(folders: readonly string[]): FaceImages {
  for (const path of folders.flatMap((folder) => FOLDERS.map((name) => join(folder, name)))) {
    const files = listImages(path);
    if (files.size > 0) return new FolderImages(path, files);
  }
  for (const folder of folders) {
    const zip = join(folder, `${FOLDER}.zip`);
    if (statSync(zip, { throwIfNoEntry: false })?.isFile()) return new ZipImages(new ZipFile(zip));
  }
  const beside = listImages(folders[0]!);
  if (beside.size > 0) return new FolderImages(folders[0]!, beside);
  throw new InputError(
    `Expected the images of CelebA in ${folders[0]}, as ${FOLDER}/ or ${FOLDER}.zip, found neither.`,
  );
}

/** By name, the path from the folder on; of two of one name the one that lies less deep. */
function listImages(folder: string, inner = ''): Map<string, string> {
  const path = join(folder, inner);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return new Map();
  // What begins with a dot is not what its name says: macOS leaves "._a.jpg" beside a.jpg.
  const entries = readdirSync(path, { withFileTypes: true }).filter(
    ({ name }) => !name.startsWith('.') && name !== '__MACOSX',
  );
  const files = new Map(
    entries
      .filter((entry) => IMAGE.test(entry.name) && isFile(entry, join(path, entry.name)))
      .map(({ name }) => [name, join(inner, name)]),
  );
  for (const entry of entries.filter((one) => one.isDirectory())) {
    for (const [name, file] of listImages(folder, join(inner, entry.name))) if (!files.has(name)) files.set(name, file);
  }
  return files;
}

/** A link to nothing is none, and reading a pipe or a device might never end. */
function isFile(entry: Dirent, path: string): boolean {
  return entry.isFile() || (entry.isSymbolicLink() && (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false));
}

/** Finds names in other letters or with another ending. */
class Names {
  #byStem: Map<string, string[]> | undefined;
  readonly #names: readonly string[];

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  like(name: string): string | undefined {
    this.#byStem ??= this.#index();
    const found = this.#byStem.get(stemOf(name)) ?? [];
    const sameEnding = found.filter((one) => one.toLowerCase() === name.toLowerCase());
    if (sameEnding.length === 1) return sameEnding[0];
    return found.length === 1 ? found[0] : undefined;
  }

  #index(): Map<string, string[]> {
    const byStem = new Map<string, string[]>();
    for (const name of this.#names) byStem.set(stemOf(name), [...(byStem.get(stemOf(name)) ?? []), name]);
    return byStem;
  }
}

function stemOf(name: string): string {
  return name.replace(IMAGE, '').normalize('NFC').toLowerCase();
}

class FolderImages implements FaceImages {
  readonly names: readonly string[];
  readonly #index: Names;

  readonly #files: ReadonlyMap<string, string>;

  /** @param files by name, the path from the folder on */
  constructor(
    readonly path: string,
    files: ReadonlyMap<string, string>,
  ) {
    this.#files = files;
    this.names = [...files.keys()].sort();
    this.#index = new Names(this.names);
  }

  find(name: string): string | undefined {
    return this.#files.has(name) ? name : this.#index.like(name);
  }

  read(name: string): Promise<Buffer> {
    return readFile(this.#fileOf(name));
  }

  fingerprint(): string {
    const hash = createHash('sha256');
    for (const name of this.names) {
      const { size, mtimeMs } = statSync(this.#fileOf(name));
      hash.update(`${name} ${size} ${mtimeMs}\n`);
    }
    return hash.digest('hex');
  }

  close(): void {}

  #fileOf(name: string): string {
    return join(this.path, this.#files.get(name) ?? name);
  }
}

class ZipImages implements FaceImages {
  readonly path: string;
  readonly names: readonly string[];
  readonly #members = new Map<string, ZipMember>();
  readonly #index: Names;
  readonly #zip: ZipFile;

  constructor(zip: ZipFile) {
    this.#zip = zip;
    this.path = zip.path;
    for (const member of zip.members.values()) {
      const name = posix.basename(member.name);
      // macOS adds a twin of each file under __MACOSX.
      if (!IMAGE.test(name) || name.startsWith('.') || member.name.startsWith('__MACOSX/')) continue;
      const other = this.#members.get(name);
      if (other) throw this.#refuse(`${zip.path} holds two images named ${name}: ${other.name} and ${member.name}.`);
      this.#members.set(name, member);
    }
    if (this.#members.size === 0)
      throw this.#refuse(`Expected the images of CelebA in ${zip.path}, found no .jpg or .png file in it.`);
    this.names = [...this.#members.keys()];
    this.#index = new Names(this.names);
  }

  find(name: string): string | undefined {
    return this.#members.has(name) ? name : this.#index.like(name);
  }

  read(name: string): Promise<Buffer> {
    return this.#zip.read(this.#members.get(name)?.name ?? name);
  }

  fingerprint(): string {
    const hash = createHash('sha256');
    for (const [name, { bytes, crc32 }] of this.#members) hash.update(`${name} ${bytes} ${crc32}\n`);
    return hash.digest('hex');
  }

  close(): void {
    this.#zip.close();
  }

  #refuse(message: string): InputError {
    this.#zip.close();
    return new InputError(message);
  }
}
