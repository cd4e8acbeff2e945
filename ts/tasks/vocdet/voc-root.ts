import { posix } from 'node:path';
import { decodeText } from '../../data/text';
import { InputError } from '../../errors';
import type { Annotation } from './annotation';
import type { DetectionSplit } from './dataset';
import type { Issue } from './findings';
import { parseImageSet } from './image-set';
import { roleOf } from './split-roles';
import { parseVocAnnotation } from './voc-annotation';
import { idOf, vocFiles, type TreeFile, type VocFiles, type VocPlace } from './voc-layout';

/** The set of all annotated pictures, where a dataset has no sets of its own. */
export const ALL = 'all';

/** One root of VOC's layout: a year of the challenge, as a rule. Pictures are known by id (`idOf`). */
export class VocRoot {
  private readonly files: VocFiles;
  /** Ids of the sets that folders make, where there are no lists. */
  private readonly folderSets: ReadonlyMap<string, readonly string[]>;
  private readonly parsed = new Map<string, Promise<Annotation>>();

  constructor(
    readonly name: string,
    private readonly places: readonly VocPlace[],
  ) {
    this.files = vocFiles(places);
    this.folderSets = setsByFolder(this.annotated(), (id) => this.files.pictures.find(id)?.name);
  }

  /** The year, for the challenge's own. */
  get shortName(): string {
    return this.name.replace(/^VOC(?=\d{4}$)/, '');
  }

  /** Names of the image sets, without those of single classes; those of the folders, or `all`, when there are none. */
  sets(): string[] {
    const names = [...this.files.lists.keys()].sort();
    const isOfOneClass = (name: string) => names.some((set) => name !== set && name.endsWith(`_${set}`));
    return names.length > 0 ? names.filter((name) => !isOfOneClass(name)) : [...this.folderSets.keys()];
  }

  hasSet(set: string): boolean {
    return this.files.lists.has(set) || (this.files.lists.size === 0 && this.folderSets.has(set));
  }

  async split(set: string): Promise<DetectionSplit> {
    const ids = await this.ids(set);
    return {
      name: set,
      ids,
      annotation: (index) => this.annotation(ids[index]!),
      hasPicture: (index) => this.pictureOf(ids[index]!) !== undefined,
      picture: (index) => this.picture(ids[index]!),
      pictureStart: (index, bytes) => this.pictureStart(ids[index]!, bytes),
      describe: (index) => this.describePicture(ids[index]!),
      key: (index) => `${this.name}/${ids[index]!}`,
    };
  }

  /** Annotations that two pictures have, and pictures that have none. */
  issues(): Issue[] {
    const { annotations, pictures, twins } = this.files;
    const doubled = twins.map(({ id, taken, other }): Issue => ({
      kind: 'two pictures for one annotation', message: `${id} is ${this.describeFile(taken)} and ${this.describeFile(other)}: the first is taken.`,
    }));
    const annotated = new Set(annotations.names().map((id) => this.pictureOf(id)?.name));
    const bare = pictures.names().map((id) => pictures.get(id)!).filter(({ name }) => !annotated.has(name));
    return [...doubled, ...bare.map((file): Issue => ({ kind: 'picture without annotation', message: `${this.describeFile(file)} has none: it is in no split.` }))];
  }

  /** Ids of all annotations, sorted. */
  annotated(): string[] {
    return this.files.annotations.names().sort();
  }

  /** The pictures of a set, in its order; of a set of one class those that show it. */
  private async ids(set: string): Promise<readonly string[]> {
    const list = this.files.lists.get(set);
    if (!list) return this.folderSets.get(set) ?? [];
    const { annotations, pictures } = this.files;
    const known = (name: string) => (annotations.find(name, set) ?? pictures.find(name, set))?.name;
    return parseImageSet(decodeText(await list.tree.read(list.name)), this.describeFile(list), (written) => known(written) ?? known(idOf(written)));
  }

  private annotation(id: string): Promise<Annotation> {
    const known = this.parsed.get(id);
    if (known) return known;
    const annotation = this.parse(id);
    annotation.catch(() => {});
    this.parsed.set(id, annotation);
    return annotation;
  }

  private async parse(id: string): Promise<Annotation> {
    const file = this.files.annotations.get(id);
    if (!file) throw new InputError(`Expected the annotation ${id}.xml in ${this.describeFolder('Annotations')}, found none.`);
    return parseVocAnnotation(await file.tree.read(file.name), this.describeFile(file));
  }

  private async picture(id: string): Promise<Buffer> {
    const { tree, name } = this.requirePicture(id);
    return tree.read(name);
  }

  private async pictureStart(id: string, bytes: number): Promise<Buffer> {
    const { tree, name } = this.requirePicture(id);
    return tree.readStart(name, bytes);
  }

  private requirePicture(id: string): TreeFile {
    const file = this.pictureOf(id);
    if (file) return file;
    throw new InputError(`Expected the picture ${id}.jpg in ${this.describeFolder('JPEGImages')}, found none.`);
  }

  /** Tools that keep the ending of a picture in the name of its annotation (`a.jpg.xml`) mean the same picture. */
  private pictureOf(id: string): TreeFile | undefined {
    const { pictures } = this.files;
    return pictures.get(id) ?? (pictures.find(id) ?? pictures.find(idOf(id)))?.value;
  }

  private describePicture(id: string): string {
    const file = this.pictureOf(id);
    const { tree, folder } = this.places[0]!;
    return file ? this.describeFile(file) : tree.describe(posix.join(folder, 'JPEGImages', `${id}.jpg`));
  }

  private describeFile({ tree, name }: TreeFile): string {
    return tree.describe(name);
  }

  private describeFolder(sub: string): string {
    return this.places.map(({ tree, folder }) => tree.describe(posix.join(folder, sub))).join(' or ');
  }
}

/** By the folder of the annotation, else of the picture, that is called as a split is; the others are one set. */
function setsByFolder(ids: readonly string[], pictureOf: (id: string) => string | undefined): Map<string, string[]> {
  const sets = new Map<string, string[]>();
  const splitIn = (name: string) => name.split('/').slice(0, -1).find((part) => roleOf(part) !== undefined);
  for (const id of ids) {
    const folder = splitIn(id) ?? splitIn(pictureOf(id) ?? '') ?? ALL;
    const set = sets.get(folder);
    if (set) set.push(id);
    else sets.set(folder, [id]);
  }
  return sets.size > 0 ? sets : new Map([[ALL, []]]);
}
