/**
 * The layout of Pascal VOC and what tools make of it: `Annotations/` and `JPEGImages/` under other names, images and
 * annotations in one folder, in subfolders, or in a folder for each split.
 */
import { posix } from 'node:path';
import type { FileTree } from './files';
import {
  ANNOTATION_ENDING,
  foldersOf,
  isAnnotationFolder,
  isKindOfFile,
  isMaskFolder,
  isImageFolder,
  IMAGE_ENDING,
  roleOf,
} from './names';
import { NameIndex } from './name-index';

/** A folder in VOC's layout; `VOC2007` lies in two places when its trainval and test are in two tars. */
export interface VocFolder {
  readonly tree: FileTree;
  /** Relative to the tree. */
  readonly folder: string;
}

/** A file of a tree. */
export interface TreeFile {
  readonly tree: FileTree;
  readonly name: string;
}

/** Two images that one annotation may be for. */
export interface Twins {
  readonly id: string;
  /** What the image is taken from, and what is passed over. */
  readonly taken: TreeFile;
  readonly other: TreeFile;
}

/** The files of a dataset, by id: the path of a file without ending and without the folders that only say what lies in them. */
export interface VocFiles {
  readonly annotations: NameIndex<TreeFile>;
  readonly images: NameIndex<TreeFile>;
  /** By the name of the set. */
  readonly lists: ReadonlyMap<string, TreeFile>;
  readonly twins: readonly Twins[];
}

/** The folders of a tree that a dataset in VOC's layout begins in; '' is the tree itself. */
export function vocFolders(tree: FileTree): string[] {
  const annotations = tree.files.filter((name) => ANNOTATION_ENDING.test(name));
  const sorted = annotations.filter((name) => foldersOf(name).some(isKindOfFile));
  if (sorted.length > 0) return [...new Set(sorted.map(rootOf))].sort();
  const roots = new Set(annotations.map(rootOf));
  return roots.size > 1 ? [commonFolder([...roots])] : [...roots];
}

/** The files of one dataset; of two with one name that of the first place. */
export function vocFiles(folders: readonly VocFolder[]): VocFiles {
  const annotations = new NameIndex<TreeFile>();
  const images = new NameIndex<TreeFile>();
  const twins: Twins[] = [];
  for (const folder of folders) {
    for (const [id, file] of filesOf(folder, ANNOTATION_ENDING, isAnnotationFolder)) annotations.add(id, file);
    for (const [id, file] of filesOf(folder, IMAGE_ENDING, isImageFolder)) {
      if (images.add(id, file)) continue;
      const taken = images.get(id)!;
      if (taken.tree === folder.tree) twins.push({ id, taken, other: file });
    }
  }
  return { annotations, images, twins, lists: new Map([...folders].reverse().flatMap(listsOf)) };
}

/** An id as it is written in a list: without the folders that only say what lies in them, and without an ending of files. */
export function idOf(path: string): string {
  const parts = path.replaceAll('\\', '/').split('/');
  return [
    ...parts.slice(0, -1).filter((folder) => !isKindOfFile(folder)),
    parts.at(-1)!.replace(IMAGE_ENDING, '').replace(ANNOTATION_ENDING, ''),
  ].join('/');
}

/** The files with an ending; where some lie in folders of the usual names, only these. */
function filesOf(
  { tree, folder }: VocFolder,
  ending: RegExp,
  isUsualFolder: (name: string) => boolean,
): [string, TreeFile][] {
  const inner = tree.files.filter((name) => ending.test(name) && (folder === '' || name.startsWith(`${folder}/`)));
  const relative = (name: string) => (folder === '' ? name : name.slice(folder.length + 1));
  const isUsual = (name: string) => foldersOf(relative(name)).some(isUsualFolder);
  const isMask = (name: string) => foldersOf(relative(name)).some(isMaskFolder);
  const chosen = inner.some(isUsual) ? inner.filter(isUsual) : inner;
  return chosen.filter((name) => !isMask(name)).map((name) => [idOf(relative(name)), { tree, name }]);
}

/** Those of ImageSets/Main, else of ImageSets, else lists called as splits are in the folder itself. */
function listsOf({ tree, folder }: VocFolder): [string, TreeFile][] {
  const inner = tree.files.filter((name) => /\.txt$/i.test(name) && (folder === '' || name.startsWith(`${folder}/`)));
  const lists = (parent: RegExp) => inner.filter((name) => parent.test(posix.dirname(posix.relative(folder, name))));
  const named = (name: string): [string, TreeFile] => [posix.basename(name).replace(/\.txt$/i, ''), { tree, name }];
  const official = [...lists(/^imagesets?$/i), ...lists(/^imagesets?\/main$/i)].map(named);
  return official.length > 0
    ? official
    : lists(/^\.$/)
        .map(named)
        .filter(([set]) => roleOf(set) !== undefined);
}

/** Where the dataset of an annotation begins: before the first folder for a kind of file, or for a split. */
function rootOf(annotation: string): string {
  const folders = foldersOf(annotation);
  const kind = folders.findIndex(isKindOfFile);
  const own = kind < 0 ? folders : folders.slice(0, kind);
  while (own.length > 0 && roleOf(own.at(-1)!) !== undefined) own.pop();
  return own.join('/');
}

function commonFolder(folders: readonly string[]): string {
  const [first, ...others] = folders.map((folder) => folder.split('/'));
  const length = first!.findIndex((part, at) => others.some((other) => other[at] !== part));
  return first!.slice(0, length < 0 ? undefined : length).join('/');
}
