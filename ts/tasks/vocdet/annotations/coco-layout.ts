/** Where the files of a dataset in COCO's format lie: as published, as hubs export them, or wherever. */
import { posix } from 'node:path';
import { isCocoFile, parseJson } from './coco-file';
import type { FileTree } from './files';
import { foldersOf, isKindOfFile, IMAGE_ENDING, roleOf } from './names';
import { NameIndex } from './name-index';
import type { TreeFile } from './voc-layout';

/** As COCO and Roboflow call them: no other files need to be opened to know. */
const USUAL = [/(^|\/)annotations\/instances_[^/]+\.json$/i, /(^|\/)_annotations\.coco\.json$/i];
/** Of a folder with a JSON file for each image, as LabelMe writes them, these say enough. */
const MOST_OPENED = 20;

/** The instances files by the names of their splits, if they are called as usual. */
export function usualCocoFiles(trees: readonly FileTree[]): Map<string, TreeFile> {
  const found = USUAL.map((pattern) => jsonFiles(trees).filter(({ name }) => pattern.test(name))).find(
    (files) => files.length > 0,
  );
  return bySet(found ?? []);
}

/** Those under other names, known by their content. */
export async function otherCocoFiles(trees: readonly FileTree[]): Promise<Map<string, TreeFile>> {
  const files = jsonFiles(trees)
    .sort((a, b) => foldersOf(a.name).length - foldersOf(b.name).length)
    .slice(0, MOST_OPENED);
  const found: TreeFile[] = [];
  for (const file of files) if (await isCoco(file)) found.push(file);
  return bySet(found);
}

/** The images of some trees. */
export interface ImageIndex {
  readonly byName: NameIndex<TreeFile>;
  /** Without their endings; of two that differ in nothing else neither. */
  readonly byStem: NameIndex<TreeFile>;
}

/** The images of some trees, by name; those of `val2017.zip` as if they lay in `val2017/`. */
export function imageIndex(trees: readonly FileTree[]): ImageIndex {
  const images = trees.flatMap((tree) => {
    const archive = trees.length > 1 ? /([^/\\]+)\.(tar|zip)$/i.exec(tree.path)?.[1] : undefined;
    const names = tree.files.filter((name) => IMAGE_ENDING.test(name));
    return names.map((name) => ({
      name: archive === undefined ? name : posix.join(archive, name),
      file: { tree, name },
    }));
  });
  const stems = new Map<string, number>();
  const stemOf = (name: string) => name.replace(IMAGE_ENDING, '');
  for (const { name } of images) stems.set(stemOf(name), (stems.get(stemOf(name)) ?? 0) + 1);
  const index: ImageIndex = { byName: new NameIndex(), byStem: new NameIndex() };
  for (const { name, file } of images) {
    index.byName.add(name, file);
    if (stems.get(stemOf(name)) === 1) index.byStem.add(stemOf(name), file);
  }
  return index;
}

/** The image that a file name of a split means; some exports leave its ending out, or have another. */
export function findImage({ byName, byStem }: ImageIndex, file: string, set: string): TreeFile | undefined {
  return (byName.find(file, set) ?? byStem.find(file.replace(IMAGE_ENDING, ''), set))?.value;
}

/** `train2017` for `annotations/instances_train2017.json`, `valid` for `valid/_annotations.coco.json`. */
export function setNameOf(file: string): string {
  const stem = posix.basename(file).replace(/\.json$/i, '');
  const parts = stem
    .split(/[-_.]/)
    .filter(
      (part) =>
        part !== '' && !/^(instances|annotations?|coco|labels?|bbox|detections?|person|keypoints?)$/i.test(part),
    );
  const roles = parts.filter((part) => roleOf(part) !== undefined);
  if (roles.length === 1) return roles[0]!;
  if (parts.length > 0) return parts.join('_');
  return (
    foldersOf(file)
      .reverse()
      .find((folder) => !isKindOfFile(folder)) ?? stem.replace(/^_/, '')
  );
}

function jsonFiles(trees: readonly FileTree[]): TreeFile[] {
  return trees.flatMap((tree) => tree.files.filter((name) => /\.json$/i.test(name)).map((name) => ({ tree, name })));
}

async function isCoco({ tree, name }: TreeFile): Promise<boolean> {
  try {
    return isCocoFile(parseJson(await tree.read(name), name));
  } catch {
    return false;
  }
}

/** Two that would get one name keep their own. */
function bySet(files: readonly TreeFile[]): Map<string, TreeFile> {
  const names = files.map(({ name }) => setNameOf(name));
  const isAlone = (name: string) => names.filter((other) => other === name).length === 1;
  return new Map(
    files.map((file, index) => [isAlone(names[index]!) ? names[index]! : file.name.replace(/\.json$/i, ''), file]),
  );
}
