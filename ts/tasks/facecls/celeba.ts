/**
 * CelebA (Liu et al., "Deep Learning Face Attributes in the Wild", ICCV 2015), and any dataset in its
 * format: the official files, the Kaggle copy, the drawn faces of `synth.ts`.
 *
 * Images and labels are paired by file name and by nothing else.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../errors';
import { openFaceImages, type FaceImages } from './face-images';
import { parseAttributes, parsePartition, splits, type AttributeList, type PartitionList, type Rows, type Split } from './lists';

/** One labelled image. */
export interface Face {
  /** File name without folder. */
  readonly name: string;
  /** 0 or 1 for each attribute. */
  readonly labels: Uint8Array;
}

/** The list files come beside the images, or in the folders of the official download. */
const SUBFOLDERS = ['', 'Anno', 'Eval', 'Img', 'celeba'];

/** A dataset in CelebA's format, open for reading. */
export class CelebA {
  private readonly faces = new Map<Split, readonly Face[]>();

  constructor(
    /** The folder it was opened from. */
    readonly path: string,
    /** The list files, as they were found. */
    readonly files: { readonly attributes: string; readonly partition: string },
    private readonly list: AttributeList,
    private readonly partition: PartitionList,
    readonly images: FaceImages,
  ) {}

  /** Names of the attributes, in the order of the labels. */
  get attributes(): readonly string[] {
    return this.list.attributes;
  }

  /** The faces of one split, in the order of the attribute file. */
  split(name: Split): readonly Face[] {
    let faces = this.faces.get(name);
    if (!faces) this.faces.set(name, (faces = this.collect(splits.indexOf(name))));
    return faces;
  }

  /** The share of a split's faces that have each attribute, 0 to 1; undefined when the split is empty. */
  positiveRates(name: Split): number[] | undefined {
    const faces = this.split(name);
    if (faces.length === 0) return undefined;
    const counts = new Array<number>(this.attributes.length).fill(0);
    for (const { labels } of faces) for (let index = 0; index < counts.length; index++) counts[index]! += labels[index]!;
    return counts.map((positive) => positive / faces.length);
  }

  /** The bytes of one image file. */
  read(name: string): Promise<Buffer> {
    return this.images.read(name);
  }

  /** Closes the zip, if the images are in one. */
  close(): void {
    this.images.close();
  }

  private collect(split: number): Face[] {
    const { rows, labels, attributes } = this.list;
    const width = attributes.length;
    const faces: Face[] = [];
    rows.names.forEach((name, row) => {
      // Both files list the images in one order as a rule, which spares the look-up, never the comparison of names.
      const partitionRow = this.partition.rows.names[row] === name ? row : this.partition.rows.rowOf(name)!;
      if (this.partition.splits[partitionRow] === split) faces.push({ name, labels: labels.subarray(row * width, (row + 1) * width) });
    });
    return faces;
  }
}

/**
 * Opens a dataset in CelebA's format and checks that its parts fit each other: each row of the lists
 * has an image and each image a row. The 202,599 rows of CelebA take about a second.
 * @throws InputError naming file, line and image, for the first thing that does not fit
 */
export function openCelebA(path: string): CelebA {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new InputError(`Expected a folder with CelebA at ${path}, found ${existsSync(path) ? 'a file' : 'nothing'}.`);
  }
  const folders = SUBFOLDERS.map((sub) => join(path, sub));
  const files = { attributes: findList(folders, 'list_attr_celeba'), partition: findList(folders, 'list_eval_partition') };
  const list = parseAttributes(readFileSync(files.attributes), files.attributes);
  const partition = parsePartition(readFileSync(files.partition), files.partition);
  requireRows(list.rows, files.attributes, partition.rows, `no row in ${files.partition}`);
  requireRows(partition.rows, files.partition, list.rows, `no row in ${files.attributes}`);
  const images = openFaceImages(folders);
  try {
    requireRows(list.rows, files.attributes, images, `no image in ${images.path}`);
    requireImages(images, list.rows, files.attributes);
  } catch (error) {
    images.close();
    throw error;
  }
  return new CelebA(path, files, list, partition, images);
}

function findList(folders: readonly string[], name: string): string {
  const candidates = folders.flatMap((folder) => [join(folder, `${name}.txt`), join(folder, `${name}.csv`)]);
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found) return found;
  const present = readdirSync(folders[0]!).slice(0, 8).join(', ') || 'nothing';
  throw new InputError(`Expected ${name}.txt or ${name}.csv of CelebA in ${folders[0]}, found ${present}.`);
}

interface Named {
  readonly names: readonly string[];
  has(name: string): boolean;
}

function missingFrom(other: Named, names: readonly string[]): number[] {
  const missing: number[] = [];
  names.forEach((name, row) => {
    if (other.names[row] !== name && !other.has(name)) missing.push(row);
  });
  return missing;
}

function requireRows(rows: Rows, file: string, other: Named, lack: string): void {
  const missing = missingFrom(other, rows.names);
  const first = missing[0];
  if (first === undefined) return;
  throw new InputError(`${file} line ${rows.lines[first]}: ${rows.names[first]} has ${lack} (${missing.length} of ${rows.names.length} rows lack theirs).`);
}

function requireImages(images: FaceImages, rows: Rows, file: string): void {
  const missing = missingFrom(rows, images.names);
  const first = missing[0];
  if (first === undefined) return;
  throw new InputError(`${images.path}: ${images.names[first]} has no row in ${file} (${missing.length} of ${images.names.length} images lack theirs).`);
}
