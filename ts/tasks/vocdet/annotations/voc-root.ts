import { posix } from 'node:path';
import { decodeText, textLines } from '../../../data/text';
import { InputError } from '../../../errors';
import type { Annotation } from './annotation';
import type { DetectionSplit } from './dataset';
import type { Issue } from './issues';
import { roleOf, IMAGE_ENDING } from './names';
import { parseVocAnnotation } from './voc-annotation';
import { idOf, vocFiles, type TreeFile, type VocFiles, type VocFolder } from './voc-layout';

/** The set of all annotated images, where a dataset has no sets of its own. */
const ALL = 'all';

/** One root of VOC's layout: a year of the challenge, as a rule. Images are known by id (`idOf`). */
export class VocRoot {
  readonly #files: VocFiles;
  /** Ids of the sets that folders make, where there are no lists. */
  readonly #folderSets: ReadonlyMap<string, readonly string[]>;
  readonly #parsed = new Map<string, Promise<Annotation>>();
  readonly #folders: readonly VocFolder[];

  constructor(
    readonly name: string,
    folders: readonly VocFolder[],
  ) {
    this.#folders = folders;
    this.#files = vocFiles(folders);
    this.#folderSets = setsByFolder(this.annotated(), (id) => this.#files.images.find(id)?.name);
  }

  /** The year, for the challenge's own. */
  get shortName(): string {
    return this.name.replace(/^VOC(?=\d{4}$)/, '');
  }

  /** Names of the image sets, without those of single classes; those of the folders, or `all`, when there are none. */
  sets(): string[] {
    const names = [...this.#files.lists.keys()].sort();
    const isOfOneClass = (name: string) => names.some((set) => name !== set && name.endsWith(`_${set}`));
    return names.length > 0 ? names.filter((name) => !isOfOneClass(name)) : [...this.#folderSets.keys()];
  }

  hasSet(set: string): boolean {
    return this.#files.lists.has(set) || (this.#files.lists.size === 0 && this.#folderSets.has(set));
  }

  async split(set: string): Promise<DetectionSplit> {
    const ids = await this.#ids(set);
    return {
      name: set,
      ids,
      annotation: (index) => this.#annotation(ids[index]!),
      hasImage: (index) => this.#imageOf(ids[index]!) !== undefined,
      image: (index) => this.#image(ids[index]!),
      imageStart: (index, bytes) => this.#imageStart(ids[index]!, bytes),
      describe: (index) => this.#describeImage(ids[index]!),
      key: (index) => `${this.name}/${ids[index]!}`,
    };
  }

  /** Annotations that two images have, and images that have none. */
  issues(): Issue[] {
    const { annotations, images, twins } = this.#files;
    const doubled = twins.map(({ id, taken, other }): Issue => ({
      kind: 'two images for one annotation',
      message: `${id} is ${this.#describeFile(taken)} and ${this.#describeFile(other)}: the first is taken.`,
    }));
    const annotated = new Set(annotations.names().map((id) => this.#imageOf(id)?.name));
    const bare = images
      .names()
      .map((id) => images.get(id)!)
      .filter(({ name }) => !annotated.has(name));
    return [
      ...doubled,
      ...bare.map((file): Issue => ({
        kind: 'image without annotation',
        message: `${this.#describeFile(file)} has none: it is in no split.`,
      })),
    ];
  }

  /** Ids of all annotations, sorted. */
  annotated(): string[] {
    return this.#files.annotations.names().sort();
  }

  /** The images of a set, in its order; of a set of one class those that show it. */
  async #ids(set: string): Promise<readonly string[]> {
    const list = this.#files.lists.get(set);
    if (!list) return this.#folderSets.get(set) ?? [];
    const { annotations, images } = this.#files;
    const known = (name: string) => (annotations.find(name, set) ?? images.find(name, set))?.name;
    return parseImageSet(
      decodeText(await list.tree.read(list.name)),
      this.#describeFile(list),
      (written) => known(written) ?? known(idOf(written)),
    );
  }

  #annotation(id: string): Promise<Annotation> {
    const known = this.#parsed.get(id);
    if (known) return known;
    const annotation = this.#parse(id);
    annotation.catch(() => {});
    this.#parsed.set(id, annotation);
    return annotation;
  }

  async #parse(id: string): Promise<Annotation> {
    const file = this.#files.annotations.get(id);
    if (!file)
      throw new InputError(`Expected the annotation ${id}.xml in ${this.#describeFolder('Annotations')}, found none.`);
    return parseVocAnnotation(await file.tree.read(file.name), this.#describeFile(file));
  }

  async #image(id: string): Promise<Buffer> {
    const { tree, name } = this.#requireImage(id);
    return tree.read(name);
  }

  async #imageStart(id: string, bytes: number): Promise<Buffer> {
    const { tree, name } = this.#requireImage(id);
    return tree.readStart(name, bytes);
  }

  #requireImage(id: string): TreeFile {
    const file = this.#imageOf(id);
    if (file) return file;
    throw new InputError(`Expected the image ${id}.jpg in ${this.#describeFolder('JPEGImages')}, found none.`);
  }

  /** Tools that keep the ending of an image in the name of its annotation (`a.jpg.xml`) mean the same image. */
  #imageOf(id: string): TreeFile | undefined {
    const { images } = this.#files;
    return images.get(id) ?? (images.find(id) ?? images.find(idOf(id)))?.value;
  }

  #describeImage(id: string): string {
    const file = this.#imageOf(id);
    const { tree, folder } = this.#folders[0]!;
    return file ? this.#describeFile(file) : tree.describe(posix.join(folder, 'JPEGImages', `${id}.jpg`));
  }

  #describeFile({ tree, name }: TreeFile): string {
    return tree.describe(name);
  }

  #describeFolder(sub: string): string {
    return this.#folders.map(({ tree, folder }) => tree.describe(posix.join(folder, sub))).join(' or ');
  }
}

/** By the folder of the annotation, else of the image, that is called as a split is; the others are one set. */
function setsByFolder(ids: readonly string[], imageOf: (id: string) => string | undefined): Map<string, string[]> {
  const sets = new Map<string, string[]>();
  const splitIn = (name: string) =>
    name
      .split('/')
      .slice(0, -1)
      .find((part) => roleOf(part) !== undefined);
  for (const id of ids) {
    const folder = splitIn(id) ?? splitIn(imageOf(id) ?? '') ?? ALL;
    const set = sets.get(folder);
    if (set) set.push(id);
    else sets.set(folder, [id]);
  }
  return sets.size > 0 ? sets : new Map([[ALL, []]]);
}

/**
 * Reads a list of images as VOC has them in `ImageSets/Main`: an id a line, which may have blanks in it. Lists of one class
 * have a mark behind it: 1 shows the class, 0 is hard to tell, -1 does not show it and is left out.
 * @param label what to call the file in errors
 * @param idOf the id that a written name means; undefined when the dataset has no such image
 * @throws InputError with the line, for what is neither, or an id that comes twice
 */
function parseImageSet(text: string, label: string, idOf: (written: string) => string | undefined): string[] {
  const lines = new Map<string, number>();
  textLines(text).forEach((raw, index) => {
    const line = raw.replace(/^\ufeff/, '').trim();
    if (line === '') return;
    const id = idOfLine(line, `${label} line ${index + 1}`, idOf);
    if (id === undefined) return;
    const before = lines.get(id);
    if (before !== undefined)
      throw new InputError(
        `${label} line ${index + 1}: expected every image once, found ${id}, which is in line ${before} too.`,
      );
    lines.set(id, index + 1);
  });
  return [...lines.keys()];
}

/** Undefined for an image that is left out. */
function idOfLine(line: string, where: string, idOf: (written: string) => string | undefined): string | undefined {
  const known = idOf(line);
  if (known !== undefined) return known;
  if (line.startsWith('#')) return undefined;
  const marked = /^(.*\S)\s+(-1|0|1)$/.exec(line);
  if (marked) {
    const [, name, mark] = marked as unknown as [string, string, string];
    return mark === '-1' ? undefined : (idOf(name) ?? requireOne(name, where));
  }
  // PaddleDetection writes image and annotation side by side.
  const pair = /^(.*\S)\s+(\S.*\.xml)$/i.exec(line);
  if (pair && IMAGE_ENDING.test(pair[1]!)) return idOf(pair[1]!) ?? requireOne(pair[1]!, where);
  return requireOne(line.replace(/^"(.*)"$/, '$1'), where, idOf);
}

/** A name that no file has: one without blanks and commas is an image that is missing, of others nobody can tell. */
function requireOne(name: string, where: string, idOf?: (written: string) => string | undefined): string {
  const known = idOf?.(name);
  if (known !== undefined) return known;
  if (!/[\s,;]/.test(name)) return name.replace(IMAGE_ENDING, '');
  throw new InputError(
    `${where}: expected the id of an image that is there, found '${name.slice(0, 80)}'; each id stands in a line of its own, with -1, 0 or 1 behind it in the list of one class.`,
  );
}
