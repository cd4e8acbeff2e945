import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { ZipFile } from '../../data/zip';
import type { ZipMember } from '../../data/zip-index';
import { InputError } from '../../errors';

/** The image files of a dataset, known by name without folders. */
export interface FaceImages {
  /** The folder or zip they lie in. */
  readonly path: string;
  readonly names: readonly string[];
  has(name: string): boolean;
  /** The bytes of the file of one name. */
  read(name: string): Promise<Buffer>;
  /** Changes when an image is added, removed or changed. */
  fingerprint(): string;
  close(): void;
}

const FOLDER = 'img_align_celeba';
const IMAGE = /\.(jpe?g|png)$/i;

/**
 * Finds the images of CelebA: `img_align_celeba/`, the same nested once more (as the Kaggle copy unpacks),
 * or `img_align_celeba.zip`, read where it lies. An unpacked folder is taken before a zip.
 * @throws InputError when there is none, or the zip is none
 */
export function openFaceImages(folders: readonly string[]): FaceImages {
  for (const folder of folders) {
    for (const images of [join(folder, FOLDER), join(folder, FOLDER, FOLDER)]) {
      const names = listImages(images);
      if (names.length > 0) return new FolderImages(images, names);
    }
  }
  for (const folder of folders) {
    const zip = join(folder, `${FOLDER}.zip`);
    if (statSync(zip, { throwIfNoEntry: false })?.isFile()) return new ZipImages(new ZipFile(zip));
  }
  throw new InputError(`Expected the images of CelebA in ${folders[0]}, as ${FOLDER}/ or ${FOLDER}.zip, found neither.`);
}

function listImages(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder).filter((name) => IMAGE.test(name)).sort();
}

class FolderImages implements FaceImages {
  private readonly known: ReadonlySet<string>;

  constructor(
    readonly path: string,
    readonly names: readonly string[],
  ) {
    this.known = new Set(names);
  }

  has(name: string): boolean {
    return this.known.has(name);
  }

  read(name: string): Promise<Buffer> {
    return readFile(join(this.path, name));
  }

  fingerprint(): string {
    const hash = createHash('sha256');
    for (const name of this.names) {
      const { size, mtimeMs } = statSync(join(this.path, name));
      hash.update(`${name} ${size} ${mtimeMs}\n`);
    }
    return hash.digest('hex');
  }

  close(): void {}
}

class ZipImages implements FaceImages {
  readonly path: string;
  readonly names: readonly string[];
  private readonly members = new Map<string, ZipMember>();

  constructor(private readonly zip: ZipFile) {
    this.path = zip.path;
    for (const member of zip.members.values()) {
      // macOS adds a twin of each file under __MACOSX.
      if (!IMAGE.test(member.name) || member.name.startsWith('__MACOSX/')) continue;
      const name = posix.basename(member.name);
      const other = this.members.get(name);
      if (other) throw this.refuse(`${zip.path} holds two images named ${name}: ${other.name} and ${member.name}.`);
      this.members.set(name, member);
    }
    if (this.members.size === 0) throw this.refuse(`Expected the images of CelebA in ${zip.path}, found no .jpg or .png file in it.`);
    this.names = [...this.members.keys()];
  }

  has(name: string): boolean {
    return this.members.has(name);
  }

  read(name: string): Promise<Buffer> {
    return this.zip.read(this.members.get(name)?.name ?? name);
  }

  fingerprint(): string {
    const hash = createHash('sha256');
    for (const [name, { bytes, crc32 }] of this.members) hash.update(`${name} ${bytes} ${crc32}\n`);
    return hash.digest('hex');
  }

  close(): void {
    this.zip.close();
  }

  private refuse(message: string): InputError {
    this.zip.close();
    return new InputError(message);
  }
}
