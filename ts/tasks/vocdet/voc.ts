/**
 * Pascal VOC (Everingham et al., IJCV 2010) and any dataset in its layout: `Annotations/<id>.xml`,
 * `JPEGImages/<id>.jpg` and `ImageSets/Main/<set>.txt`, in folders or in archives that are read in place.
 */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { basename, join, posix, resolve } from 'node:path';
import { InputError } from '../../errors';
import { vocClasses, type ClassList } from './classes';
import { joinSplits, type DetectionData, type DetectionSplit } from './dataset';
import { isArchive, openFileTree, type FileTree } from './files';
import { VocRoot, type VocPlace } from './voc-root';

/** Names for sets that are put together. */
const ALIASES: Readonly<Record<string, string>> = {
  '07+12': '2007/trainval+2012/trainval',
};

/** A dataset in VOC's layout, open for reading. */
export class Voc implements DetectionData {
  readonly splits: readonly string[];

  constructor(
    readonly path: string,
    readonly roots: readonly VocRoot[],
  ) {
    this.splits = roots.flatMap((root) => root.sets().map((set) => `${root.shortName}/${set}`));
  }

  /**
   * @param name `2007/trainval`; or `trainval` where only one root has such a set; several joined by "+"; `07+12` for trainval of both years
   */
  async split(name: string): Promise<DetectionSplit> {
    const parts = (ALIASES[name] ?? name).split('+').map((part) => this.find(part.trim()));
    return joinSplits(name, await Promise.all(parts.map(async ({ root, set }) => ({ split: await root.split(set), source: root.name }))));
  }

  /** The challenge's twenty, for its own years. */
  namedClasses(): ClassList | undefined {
    return this.roots.every(({ name }) => /^VOC20(07|08|09|10|11|12)$/.test(name)) ? vocClasses : undefined;
  }

  fingerprint(): string {
    const hash = createHash('sha256');
    for (const root of this.roots) hash.update(`${root.name} ${root.fingerprint()}\n`);
    return hash.digest('hex');
  }

  close(): void {
    for (const root of this.roots) root.close();
  }

  private find(part: string): { root: VocRoot; set: string } {
    const slash = part.lastIndexOf('/');
    const [rootName, set] = slash < 0 ? [undefined, part] : [part.slice(0, slash), part.slice(slash + 1)];
    const roots = this.roots.filter((root) => (rootName === undefined || [root.name, root.shortName].includes(rootName)) && root.hasSet(set));
    if (roots.length === 1) return { root: roots[0]!, set };
    if (roots.length === 0) throw new InputError(`Expected a set ${part} in ${this.path}, found ${this.splits.join(', ')}.`);
    const choices = roots.map((root) => `${root.shortName}/${set}`);
    throw new InputError(`The set ${part} is in ${choices.length} parts of ${this.path}: name one, as ${choices[0]}, or all, as ${choices.join('+')}.`);
  }
}

/**
 * Opens a devkit, one of its years, an archive of it, or a folder with any of these: `VOCdevkit/VOC2007`,
 * `VOCtrainval_06-Nov-2007.tar` and `VOCtest_06-Nov-2007.tar` side by side are one VOC2007.
 * @throws InputError when there is no such layout, or an archive cannot be read
 */
export function openVoc(path: string): Voc {
  const trees = openTrees(path);
  const places = new Map<string, VocPlace[]>();
  for (const tree of trees) {
    const folders = tree.findFoldersWith('Annotations');
    if (folders.length === 0) tree.close();
    for (const folder of folders) {
      const name = folder === '' ? nameOf(tree) : posix.basename(folder);
      places.set(name, [...(places.get(name) ?? []), { tree, folder }]);
    }
  }
  if (places.size === 0) {
    const present = trees.flatMap((tree) => tree.list('')).slice(0, 8).join(', ') || 'nothing';
    throw new InputError(`Expected a dataset in the layout of Pascal VOC in ${path} (a folder Annotations, alone or in VOCdevkit/VOC2007, or a .tar with one), found ${present}.`);
  }
  return new Voc(path, [...places].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, own]) => new VocRoot(name, own)));
}

function openTrees(path: string): FileTree[] {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info?.isFile() && isArchive(path)) return [openFileTree(path)];
  if (!info?.isDirectory()) throw new InputError(`Expected a folder or a .tar with Pascal VOC at ${path}, found ${info ? 'a file of another kind' : 'nothing'}.`);
  const archives = readdirSync(path).filter((name) => isArchive(name) && !name.startsWith('.')).sort();
  return [openFileTree(path), ...archives.map((name) => openFileTree(join(path, name)))];
}

function nameOf(tree: FileTree): string {
  return basename(resolve(tree.path)).replace(/\.(tar|zip)$/i, '');
}
