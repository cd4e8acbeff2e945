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
import {
  parseAttributes,
  parsePartition,
  splits,
  type AttributeList,
  type PartitionList,
  type Rows,
  type Split,
} from './lists';

/** One labelled image. */
export interface Face {
  /** File name without folder. */
  readonly name: string;
  /** 0 or 1 for each attribute. */
  readonly labels: Uint8Array;
}

/** What the lists and images of a dataset have that is not used, because the others lack it. */
export interface LeftOut {
  /** Images without a row of attributes and a split. */
  readonly images: number;
  /** Rows of attributes without a split. */
  readonly attributeRows: number;
  /** Splits of images without attributes. */
  readonly partitionRows: number;
}

/** The list files come beside the images, or in the folders of the official download. */
const SUBFOLDERS = ['', 'Anno', 'Eval', 'Img', 'celeba', 'CelebA', 'celeba-dataset'];

const PARTITION_FILE = 'list_eval_partition';

interface CelebAParts {
  readonly list: AttributeList;
  readonly partition: PartitionList;
  readonly images: FaceImages;
  readonly leftOut: LeftOut;
  /** The number of the split that a name in a row of attributes is in; undefined when it is in none. */
  readonly splitOf: (name: string, row: number) => number | undefined;
}

/** A dataset in CelebA's format, open for reading. */
export class CelebA {
  readonly #faces = new Map<Split, readonly Face[]>();
  readonly #parts: CelebAParts;

  constructor(
    /** The folder it was opened from. */
    readonly path: string,
    /** The list files, as they were found: attributes and splits. */
    readonly files: readonly string[],
    parts: CelebAParts,
  ) {
    this.#parts = parts;
  }

  /** The image files. */
  get images(): FaceImages {
    return this.#parts.images;
  }

  /** What is not used of lists and images. */
  get leftOut(): LeftOut {
    return this.#parts.leftOut;
  }

  /** Names of the attributes, in the order of the labels. */
  get attributes(): readonly string[] {
    return this.#parts.list.attributes;
  }

  /** The faces of one split, in the order of the attribute file. */
  split(name: Split): readonly Face[] {
    let faces = this.#faces.get(name);
    if (!faces) this.#faces.set(name, (faces = this.#collect(splits.indexOf(name))));
    return faces;
  }

  /** The share of a split's faces that have each attribute, 0 to 1; undefined when the split is empty. */
  positiveRates(name: Split): number[] | undefined {
    const faces = this.split(name);
    if (faces.length === 0) return undefined;
    const counts = new Array<number>(this.attributes.length).fill(0);
    for (const { labels } of faces)
      for (let index = 0; index < counts.length; index++) counts[index]! += labels[index]!;
    return counts.map((positive) => positive / faces.length);
  }

  /** The bytes of one image file. */
  read(name: string): Promise<Buffer> {
    return this.images.read(name);
  }

  /** Closes the zip or the shards, if the images are in such. */
  async close(): Promise<void> {
    await this.images.close();
  }

  #collect(split: number): Face[] {
    const {
      list: { rows, labels, attributes },
      images,
      splitOf,
    } = this.#parts;
    const width = attributes.length;
    const faces: Face[] = [];
    rows.names.forEach((name, row) => {
      // One without a split is left out.
      if (splitOf(name, row) === split)
        faces.push({ name: images.find(name)!, labels: labels.subarray(row * width, (row + 1) * width) });
    });
    return faces;
  }
}

/**
 * Opens a dataset in CelebA's format and checks that its parts fit each other: what has a row in both lists is used, and has
 * to have an image; the rest is counted (`leftOut`), so that a shorter list chooses what to use. The 202,599 rows of CelebA
 * take about a second.
 * @throws InputError naming file, line and image, for the first thing that does not fit
 */
export function openCelebA(path: string): CelebA {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new InputError(`Expected a folder with CelebA at ${path}, found ${existsSync(path) ? 'a file' : 'nothing'}.`);
  }
  const folders = SUBFOLDERS.map((sub) => join(path, sub));
  const attributes = findList(folders, 'list_attr_celeba');
  const list = parseAttributes(readFileSync(attributes), attributes);
  const { file, partition } = partitionOf(folders, attributes, list);
  const files = { attributes, partition: file };
  const images = openFaceImages(folders);
  try {
    return joined(path, files, { list, partition, images });
  } catch (error) {
    void images.close();
    throw error;
  }
}

/** @throws InputError when nothing is in both lists, or an image is missing */
function joined(
  path: string,
  files: { readonly attributes: string; readonly partition: string },
  { list, partition, images }: Omit<CelebAParts, 'leftOut' | 'splitOf'>,
): CelebA {
  const splitOf = splitFinder(partition, images);
  const used = [...list.rows.names.keys()].filter((row) => splitOf(list.rows.names[row]!, row) !== undefined);
  if (used.length === 0)
    throw new InputError(
      `Expected images that have a row in ${files.attributes} and one in ${files.partition}, found none in both: the names are ${nameIn(list.rows)} in one and ${nameIn(partition.rows)} in the other.`,
    );
  requireImages(used, { rows: list.rows, file: files.attributes, images });
  const leftOut = {
    images: images.names.length - used.length,
    attributeRows: list.rows.names.length - used.length,
    partitionRows: partition.rows.names.length - used.length,
  };
  return new CelebA(path, [files.attributes, files.partition], { list, partition, images, leftOut, splitOf });
}

/** Looks a name up in the partition: as it is written, else by the image that both names mean. */
function splitFinder({ rows, splits: numbers }: PartitionList, images: FaceImages): CelebAParts['splitOf'] {
  let byImage: Map<string | undefined, number> | undefined;
  return (name, row) => {
    // Both files list the images in one order as a rule, which spares the look-up, never the comparison of names.
    const same = rows.names[row] === name ? row : rows.rowOf(name);
    if (same !== undefined) return numbers[same];
    byImage ??= new Map(rows.names.map((other, at) => [images.find(other), at]));
    const image = images.find(name);
    const found = image === undefined ? undefined : byImage.get(image);
    return found === undefined ? undefined : numbers[found];
  };
}

/** What is left out of a dataset, in a sentence; undefined when nothing is. */
export function describeLeftOut({ path, leftOut }: CelebA): string | undefined {
  const { images, attributeRows, partitionRows } = leftOut;
  const parts = [
    images > 0 ? `${images} images without a row in both lists` : '',
    attributeRows > 0 ? `${attributeRows} rows of attributes without a split` : '',
    partitionRows > 0 ? `${partitionRows} rows of splits without attributes` : '',
  ].filter((part) => part !== '');
  return parts.length > 0 ? `Left out of ${path}: ${parts.join(', ')}.` : undefined;
}

/** The splits: of their own file, else of the column of the attribute file that says them. */
function partitionOf(
  folders: readonly string[],
  attributes: string,
  list: AttributeList,
): { file: string; partition: PartitionList } {
  const own = existingList(folders, PARTITION_FILE);
  if (own === undefined && list.partition) return { file: attributes, partition: list.partition };
  const file = own ?? findList(folders, PARTITION_FILE, `, or a column split in ${attributes}`);
  return { file, partition: parsePartition(readFileSync(file), file) };
}

function existingList(folders: readonly string[], name: string): string | undefined {
  return folders
    .flatMap((folder) => [join(folder, `${name}.txt`), join(folder, `${name}.csv`)])
    .find((candidate) => existsSync(candidate));
}

function findList(folders: readonly string[], name: string, orElse = ''): string {
  const found = existingList(folders, name);
  if (found) return found;
  const present = readdirSync(folders[0]!).slice(0, 8).join(', ') || 'nothing';
  throw new InputError(`Expected ${name}.txt or ${name}.csv of CelebA in ${folders[0]}${orElse}, found ${present}.`);
}

function nameIn({ names }: Rows): string {
  return names[0] === undefined ? 'none' : `like ${names[0]}`;
}

interface Listed {
  readonly rows: Rows;
  readonly file: string;
  readonly images: FaceImages;
}

/** @throws InputError when a row that is used has no image, or two have one */
function requireImages(used: readonly number[], { rows, file, images }: Listed): void {
  const rowOf = new Map<string, number>();
  const missing: number[] = [];
  for (const row of used) {
    const name = images.find(rows.names[row]!);
    const other = name === undefined ? undefined : rowOf.get(name);
    if (other !== undefined)
      throw new InputError(
        `${file} line ${rows.lines[row]}: expected each image once, found ${name} for ${rows.names[row]} and for ${rows.names[other]} in line ${rows.lines[other]}.`,
      );
    if (name === undefined) missing.push(row);
    else rowOf.set(name, row);
  }
  const first = missing[0];
  if (first === undefined) return;
  throw new InputError(
    `${file} line ${rows.lines[first]}: ${rows.names[first]} has no image in ${images.path} (${missing.length} of ${used.length} rows lack theirs).`,
  );
}
