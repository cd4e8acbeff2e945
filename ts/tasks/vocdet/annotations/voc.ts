/**
 * Pascal VOC (Everingham et al., IJCV 2010) and any dataset in its layout: `Annotations/<id>.xml`,
 * `JPEGImages/<id>.jpg` and `ImageSets/Main/<set>.txt`, in folders or in archives that are read in place.
 */
import { basename, posix, resolve } from 'node:path';
import { InputError } from '../../../errors';
import { vocClasses, type ClassList } from './classes';
import { joinSplits, type DetectionData, type DetectionSplit } from './dataset';
import { contentsOf, openFileTrees, type FileTree } from './files';
import type { Issue } from './issues';
import { vocFolders, type VocFolder } from './voc-layout';
import { VocRoot } from './voc-root';

/** Names for sets that are put together. */
const ALIASES: Readonly<Record<string, string>> = {
  '07+12': '2007/trainval+2012/trainval',
};

/** A dataset in VOC's layout, open for reading. */
export class Voc implements DetectionData {
  readonly splits: readonly string[];
  readonly #trees: readonly FileTree[];

  constructor(
    readonly path: string,
    readonly roots: readonly VocRoot[],
    trees: readonly FileTree[],
  ) {
    this.#trees = trees;
    this.splits = roots.flatMap((root) => root.sets().map((set) => `${root.shortName}/${set}`));
  }

  /**
   * @param name `2007/trainval`; or `trainval` where only one root has such a set; several joined by "+"; `07+12` for trainval of both years
   */
  async split(name: string): Promise<DetectionSplit> {
    const parts = (ALIASES[name] ?? name).split('+').map((part) => this.#find(part.trim()));
    return joinSplits(
      name,
      await Promise.all(parts.map(async ({ root, set }) => ({ split: await root.split(set), source: root.name }))),
    );
  }

  /** Only its annotations tell. */
  namedClasses(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** The challenge's twenty, for what is called as its years are. */
  get officialClasses(): ClassList | undefined {
    return this.roots.every(({ name }) => /^VOC20(07|08|09|10|11|12)$/.test(name)) ? vocClasses : undefined;
  }

  issues(): Issue[] {
    return this.roots.flatMap((root) => root.issues());
  }

  close(): void {
    for (const tree of this.#trees) tree.close();
  }

  #find(part: string): { root: VocRoot; set: string } {
    const slash = part.lastIndexOf('/');
    const [rootName, set] = slash < 0 ? [undefined, part] : [part.slice(0, slash), part.slice(slash + 1)];
    const roots = this.roots.filter(
      (root) => (rootName === undefined || [root.name, root.shortName].includes(rootName)) && root.hasSet(set),
    );
    if (roots.length === 1) return { root: roots[0]!, set };
    if (roots.length === 0)
      throw new InputError(`Expected a set ${part} in ${this.path}, found ${this.splits.join(', ')}.`);
    const choices = roots.map((root) => `${root.shortName}/${set}`);
    throw new InputError(
      `The set ${part} is in ${choices.length} parts of ${this.path}: name one, as ${choices[0]}, or all, as ${choices.join('+')}.`,
    );
  }
}

/**
 * Opens a devkit, one of its years, an archive of it, or a folder with any of these: `VOCdevkit/VOC2007`,
 * `VOCtrainval_06-Nov-2007.tar` and `VOCtest_06-Nov-2007.tar` side by side are one VOC2007.
 * @param trees become the dataset's, to be closed with it
 * @returns undefined when they hold no annotations in XML
 */
export function findVoc(path: string, trees: readonly FileTree[]): Voc | undefined {
  const foldersByYear = new Map<string, VocFolder[]>();
  for (const tree of trees) {
    for (const folder of vocFolders(tree)) {
      const name = folder === '' ? nameOf(tree) : posix.basename(folder);
      foldersByYear.set(name, [...(foldersByYear.get(name) ?? []), { tree, folder }]);
    }
  }
  if (foldersByYear.size === 0) return undefined;
  return new Voc(
    path,
    [...foldersByYear].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, own]) => new VocRoot(name, own)),
    trees,
  );
}

/** @throws InputError when there is no such layout, or an archive cannot be read */
export function openVoc(path: string): Voc {
  const trees = openFileTrees(path);
  const voc = findVoc(path, trees);
  if (voc) return voc;
  for (const tree of trees) tree.close();
  throw new InputError(
    `Expected a dataset in the layout of Pascal VOC in ${path} (a folder Annotations, alone or in VOCdevkit/VOC2007, or a .tar with one), found ${contentsOf(path)}.`,
  );
}

function nameOf(tree: FileTree): string {
  return basename(resolve(tree.path)).replace(/\.(tar|zip)$/i, '');
}
