import { statSync } from 'node:fs';
import { InputError } from '../../../errors';
import { Coco, openCocoFiles } from './coco';
import { otherCocoFiles, usualCocoFiles } from './coco-layout';
import type { DetectionData } from './dataset';
import { openDetectionShards } from './shards';
import { isSharded, type ShardsOptions } from '../../../data/shards/sharded-dataset';
import { openFileTrees, type FileTree, contentsOf } from './files';
import { findVoc } from './voc';
import type { TreeFile } from './voc-layout';
import { decodeText, textLines } from '../../../data/text';
import { ANNOTATION_ENDING, isAnnotationFolder, foldersOf, IMAGE_ENDING } from './names';

/** Opens a dataset that is in the format; gives undefined for any other. */
export type DatasetFormat = (path: string) => DetectionData | undefined | Promise<DetectionData | undefined>;

const formats: DatasetFormat[] = [];

/** Makes a format of your own known; it is asked before those that are built in. */
export function registerFormat(format: DatasetFormat): void {
  if (!formats.includes(format)) formats.push(format);
}

/**
 * Opens a dataset for detection in VOC's layout, in COCO's format, in shards or in a registered format, whichever is there: a
 * folder, an archive, one instances file, or the address of shards.
 * @param images folder or archive of a COCO file's images, where they do not lie beside it
 * @param shards where those are kept that are fetched from elsewhere
 * @throws InputError when there is none of these, with what there is
 */
export async function openDetectionData(
  path: string,
  images?: string,
  shards: ShardsOptions = {},
): Promise<DetectionData> {
  for (const format of formats) {
    const data = await format(path);
    if (data) return data;
  }
  if (isSharded(path)) return openDetectionShards(path, shards);
  if (/\.json$/i.test(path) && statSync(path, { throwIfNoEntry: false })?.isFile())
    return openCocoFiles([path], images);
  const trees = openFileTrees(path);
  try {
    const usual = usualCocoFiles(trees);
    const data = usual.size > 0 || images !== undefined ? undefined : findVoc(path, trees);
    if (data) return data;
    const files = usual.size > 0 ? usual : await otherCocoFiles(trees);
    if (files.size > 0) return openCoco(path, trees, files, images);
    throw new InputError(await nearestLayout(path, trees));
  } catch (error) {
    for (const tree of trees) tree.close();
    throw error;
  }
}

function openCoco(
  path: string,
  trees: readonly FileTree[],
  files: ReadonlyMap<string, TreeFile>,
  images: string | undefined,
): Coco {
  const imageTrees = images === undefined ? trees : openFileTrees(images);
  return new Coco({ path, files, trees: imageTrees, opened: images === undefined ? trees : [...trees, ...imageTrees] });
}

const READ =
  "vocdet reads annotations in the layout of Pascal VOC (Annotations/*.xml with JPEGImages/) and in COCO's format (a .json with its images)";

/** Of so many files of a kind the first bytes are looked at, for a guess. */
const MOST_OPENED = 8;
const START = 4096;

/** Why a folder is no dataset for detection: what lies in it, and what that is nearest to. */
async function nearestLayout(path: string, trees: readonly FileTree[]): Promise<string> {
  const files = trees.flatMap((tree) => tree.files.map((name) => ({ tree, name })));
  const images = files.filter(({ name }) => IMAGE_ENDING.test(name)).length;
  const start = `Expected a dataset with boxes in ${path}, found ${contentsOf(path)}`;
  const end = (guess: string) => `${start}: ${guess}. ${READ}.`;
  const packed = files.find(({ name }) => /\.(tgz|tar\.\w+|rar|7z|parquet|arrow|tfrecord)$/i.test(name));
  const table = files.find(({ name }) => /\.(csv|jsonl)$/i.test(name));
  const json = files.filter(({ name }) => /\.json$/i.test(name));
  const text = files.filter(({ name }) => /\.txt$/i.test(name));
  // Without it they would have been read.
  if (files.some(({ name }) => ANNOTATION_ENDING.test(name)))
    return end(
      "a folder of images is named, which is for COCO's format, and the annotations here are .xml; leave the images out",
    );
  if (packed) return end(`${packed.name} has to be unpacked or exported first`);
  for (const file of json.slice(0, MOST_OPENED)) {
    const kind = jsonKind(await startOf(file));
    if (kind) return end(`${file.name} looks like ${kind}; export it as COCO or Pascal VOC`);
  }
  for (const file of text.slice(0, MOST_OPENED)) {
    if (isYolo(await startOf(file)))
      return end(`${file.name} looks like a label of YOLO; export the dataset as COCO or Pascal VOC`);
  }
  if (table) return end(`${table.name} is a table of its own kind; make COCO's format or Pascal VOC's of it`);
  if (json.length > 0) return end(`none of its .json files has images, annotations and categories, as COCO's have`);
  const empty = files.find(({ name }) => foldersOf(name).some(isAnnotationFolder));
  if (empty) return end(`the folder of annotations has no .xml, but ${empty.name}`);
  return end(images > 0 ? `${images} images without annotations` : 'neither images nor annotations');
}

async function startOf({ tree, name }: TreeFile): Promise<string> {
  return decodeText((await tree.readStart(name, START)).subarray(0, START));
}

function jsonKind(start: string): string | undefined {
  if (/"shapes"\s*:/.test(start)) return 'an annotation of LabelMe';
  if (/"_via_|"regions"\s*:/.test(start)) return 'a project of the VGG Image Annotator';
  if (/"annotations"\s*:\s*\[\s*\{[^}]*"coordinates"/.test(start)) return "Create ML's format";
  if (/"(predictions|completions|annotations)"\s*:[\s\S]*"(from_name|rectanglelabels)"/.test(start))
    return "Label Studio's own JSON";
  return undefined;
}

/** Lines of a class number and four shares; the last of the start may be cut off. */
function isYolo(start: string): boolean {
  const lines = textLines(start)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, 3);
  return lines.length > 0 && lines.every((line) => /^\d+(\s+-?\d*\.?\d+(e-?\d+)?){4,}$/i.test(line));
}
