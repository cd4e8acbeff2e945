/** Datasets in COCO's format (Lin et al., ECCV 2014): an instances file for each split and a folder of images. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, posix, relative, resolve } from 'node:path';
import { InputError } from '../../../errors';
import { ClassList } from './classes';
import { parseCocoFile, type CocoFile, type CocoImage } from './coco-file';
import { findImage, imageIndex, setNameOf, type ImageIndex } from './coco-layout';
import { joinSplits, type DetectionData, type DetectionSplit } from './dataset';
import { openFileTree, openFileTrees, type FileTree } from './files';
import type { Issue } from './issues';
import type { TreeFile } from './voc-layout';

/** What a COCO dataset consists of. */
export interface CocoParts {
  readonly path: string;
  /** The instances files by the names of their splits. */
  readonly files: ReadonlyMap<string, TreeFile>;
  /** Where the images are looked for. */
  readonly trees: readonly FileTree[];
  /** To be closed with the dataset. */
  readonly opened: readonly FileTree[];
}

/** A dataset in COCO's format, open for reading. A file is parsed when its split is asked for. */
export class Coco implements DetectionData {
  readonly path: string;
  readonly splits: readonly string[];
  readonly #read = new Map<string, Promise<CocoSplit>>();
  #last: Promise<unknown> = Promise.resolve();
  readonly #found: Issue[] = [];
  #index: ImageIndex | undefined;
  #classes: ClassList | undefined;
  readonly #parts: CocoParts;

  constructor(parts: CocoParts) {
    this.#parts = parts;
    this.path = parts.path;
    this.splits = [...parts.files.keys()];
  }

  /** @param name of a split, of its file, or several of these joined by "+" */
  async split(name: string): Promise<DetectionSplit> {
    const sets = name.split('+').map((set) => this.#setOf(set.trim()));
    return joinSplits(
      name,
      await Promise.all(sets.map(async (set) => ({ split: await this.#part(set), source: set }))),
    );
  }

  /** Those of the splits that were read, else of any that can be: the longest list, which has to have the names of all. */
  async namedClasses(): Promise<ClassList> {
    const failures: unknown[] = [];
    for (const set of [...this.#read.keys(), ...this.splits]) {
      if (this.#classes) break;
      await this.#part(set).catch((error: unknown) => failures.push(error));
    }
    if (this.#classes) return this.#classes;
    throw failures[0];
  }

  issues(): readonly Issue[] {
    return this.#found;
  }

  close(): void {
    for (const tree of this.#parts.opened) tree.close();
  }

  #setOf(name: string): string {
    const { files } = this.#parts;
    const set =
      [name, setNameOf(basename(name)), setNameOf(name)].find((one) => files.has(one)) ??
      [...files].find(([, file]) => file.name === posix.normalize(name))?.[0];
    if (set !== undefined) return set;
    throw new InputError(`Expected a set ${name} in ${this.path}, found ${this.splits.join(', ')}.`);
  }

  #part(set: string): Promise<CocoSplit> {
    const known = this.#read.get(set);
    if (known) return known;
    // One after another: what does not go with the rest is said of the set that was asked for later.
    const part = this.#last.then(() => this.#open(set));
    this.#last = part.catch(() => {});
    this.#read.set(set, part);
    return part;
  }

  async #open(set: string): Promise<CocoSplit> {
    const { tree, name } = this.#parts.files.get(set)!;
    const file = parseCocoFile(await tree.read(name), tree.describe(name));
    this.#requireSameClasses(file, tree.describe(name));
    this.#index ??= imageIndex(this.#parts.trees);
    const split = new CocoSplit(set, { images: file.images, index: this.#index, root: this.#parts.trees[0]! });
    this.#found.push(...file.issues, ...split.repeated());
    return split;
  }

  /** Tools that export a file for each split may leave out of one what does not occur in it. */
  #requireSameClasses({ classes }: CocoFile, label: string): void {
    const list = new ClassList(classes, label);
    const known = this.#classes ?? list;
    const [longer, shorter] = list.length > known.length ? [list, known] : [known, list];
    const strange = shorter.names.filter((name) => longer.idOf(name) === undefined);
    if (strange.length > 0) {
      throw new InputError(
        `Expected the categories of ${label} to be those of the other sets (${known.names.join(', ')}), found ${classes.join(', ')}.`,
      );
    }
    this.#classes = longer;
  }
}

interface CocoSplitParts {
  readonly images: readonly CocoImage[];
  readonly index: ImageIndex;
  /** Where an image that is missing would lie. */
  readonly root: FileTree;
}

class CocoSplit implements DetectionSplit {
  readonly ids: readonly string[];
  readonly #files: readonly (TreeFile | undefined)[];
  readonly #parts: CocoSplitParts;

  constructor(
    readonly name: string,
    parts: CocoSplitParts,
  ) {
    this.#parts = parts;
    this.ids = parts.images.map(({ id }) => id);
    this.#files = parts.images.map(({ file }) => findImage(parts.index, file, name));
  }

  async annotation(index: number): Promise<CocoImage['annotation']> {
    return this.#parts.images[index]!.annotation;
  }

  hasImage(index: number): boolean {
    return this.#files[index] !== undefined;
  }

  async image(index: number): Promise<Buffer> {
    const { tree, name } = this.#require(index);
    return tree.read(name);
  }

  async imageStart(index: number, bytes: number): Promise<Buffer> {
    const { tree, name } = this.#require(index);
    return tree.readStart(name, bytes);
  }

  describe(index: number): string {
    const file = this.#files[index];
    return file
      ? file.tree.describe(file.name)
      : this.#parts.root.describe(posix.join(this.name, this.#parts.images[index]!.file));
  }

  key(index: number): string {
    return this.#parts.images[index]!.annotation.location;
  }

  /** Files that come under several ids. */
  repeated(): Issue[] {
    const seen = new Map<string, number>();
    return this.ids.flatMap((id, index): Issue[] => {
      const location = this.describe(index);
      const before = seen.get(location);
      seen.set(location, before ?? index);
      if (before === undefined) return [];
      return [
        {
          kind: 'image twice in one split',
          message: `${this.key(index)}: ${location} is the image of the ids ${this.ids[before]!} and ${id}, each with its own objects.`,
        },
      ];
    });
  }

  #require(index: number): TreeFile {
    const file = this.#files[index];
    if (file) return file;
    throw new InputError(`Expected the image ${this.describe(index)}, found none.`);
  }
}

/**
 * The dataset that instances files make, wherever they lie.
 * @param files by the names of their splits; without any, one for the name of each file
 * @param images folder or archive of the images, where they do not lie beside the files
 * @throws InputError when one of the files is not there
 */
export function openCocoFiles(paths: readonly string[], images?: string): Coco {
  const missing = paths.find((path) => !existsSync(path));
  if (missing !== undefined) throw new InputError(`Expected a file in COCO's format at ${missing}, found nothing.`);
  const folder = commonFolder(paths.map((path) => dirname(resolve(path))));
  const above = /^(annotations?|labels?)$/i.test(basename(folder)) ? dirname(folder) : folder;
  const root = openFileTree(relative('', above) || '.');
  const trees = images === undefined ? openFileTrees(root.path) : openFileTrees(images);
  const names = paths.map((path) => setNameOf(basename(path)));
  const nameOf = (index: number) =>
    names.indexOf(names[index]!) === names.lastIndexOf(names[index]!) ? names[index]! : setNameOf(paths[index]!);
  const files = new Map(
    paths.map((path, index) => [
      nameOf(index),
      { tree: root, name: relative(above, resolve(path)).replaceAll('\\', '/') },
    ]),
  );
  return new Coco({ path: paths.join(', '), files, trees, opened: [root, ...trees] });
}

function commonFolder(folders: readonly string[]): string {
  const [first, ...others] = folders as [string, ...string[]];
  const isCommon = (folder: string) => others.every((other) => other === folder || other.startsWith(join(folder, '/')));
  let folder = first;
  while (!isCommon(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
