import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { InputError } from '../../errors';
import type { Annotation } from './annotation';
import type { DetectionSplit } from './dataset';
import type { FileTree } from './files';
import { parseVocAnnotation } from './voc-annotation';

/** A folder in VOC's layout; `VOC2007` lies in two places when its trainval and test are in two tars. */
export interface VocPlace {
  readonly tree: FileTree;
  /** Relative to the tree. */
  readonly folder: string;
}

/** The set of all annotated pictures, where a dataset has no sets of its own. */
const ALL = 'all';
const IMAGE = /\.(jpe?g|png|webp|bmp|tiff?)$/i;

/** One root of VOC's layout: a year of the challenge, as a rule. Pictures are known by id, the file name without ending. */
export class VocRoot {
  private readonly annotations: ReadonlyMap<string, File>;
  private readonly pictures: ReadonlyMap<string, File>;
  private readonly lists: ReadonlyMap<string, File>;

  constructor(
    readonly name: string,
    private readonly places: readonly VocPlace[],
  ) {
    this.annotations = filesById(places, 'Annotations', /\.xml$/i);
    this.pictures = filesById(places, 'JPEGImages', IMAGE);
    this.lists = new Map([...filesById(places, 'ImageSets', /\.txt$/i), ...filesById(places, 'ImageSets/Main', /\.txt$/i)]);
  }

  /** The year, for the challenge's own. */
  get shortName(): string {
    return this.name.replace(/^VOC(?=\d{4}$)/, '');
  }

  /** Names of the image sets, without those of single classes; `all` when there are none. */
  sets(): string[] {
    const names = [...this.lists.keys()];
    const isOfOneClass = (name: string) => names.some((set) => name !== set && name.endsWith(`_${set}`));
    return names.length > 0 ? names.filter((name) => !isOfOneClass(name)) : [ALL];
  }

  hasSet(set: string): boolean {
    return this.lists.has(set) || (this.lists.size === 0 && set === ALL);
  }

  async split(set: string): Promise<DetectionSplit> {
    const ids = await this.ids(set);
    return {
      name: set,
      ids,
      annotation: (index) => this.annotation(ids[index]!),
      hasPicture: (index) => this.pictures.has(ids[index]!),
      picture: (index) => this.picture(ids[index]!),
      describe: (index) => this.describePicture(ids[index]!),
    };
  }

  /** The pictures of a set, in its order; of a set of one class those that show it. */
  private async ids(set: string): Promise<string[]> {
    const list = this.lists.get(set);
    if (!list) return this.annotated();
    const text = (await list.tree.read(list.name)).toString('utf8');
    const ids = text.split(/\r?\n/).flatMap((line) => {
      const [id, mark] = line.trim().split(/\s+/);
      return id && mark !== '-1' ? [id] : [];
    });
    if (ids.length === 0) throw new InputError(`Expected ids of pictures in ${list.tree.describe(list.name)}, found none.`);
    return ids;
  }

  /** Ids of all annotations, sorted. */
  annotated(): string[] {
    return [...this.annotations.keys()].sort();
  }

  async annotation(id: string): Promise<Annotation> {
    const file = this.annotations.get(id);
    if (!file) throw new InputError(`Expected the annotation ${id}.xml in ${this.describe('Annotations')}, found none.`);
    return parseVocAnnotation(await file.tree.read(file.name), file.tree.describe(file.name));
  }

  picture(id: string): Promise<Buffer> {
    const file = this.pictures.get(id);
    if (!file) return Promise.reject(new InputError(`Expected the picture ${id}.jpg in ${this.describe('JPEGImages')}, found none.`));
    return file.tree.read(file.name);
  }

  describePicture(id: string): string {
    const file = this.pictures.get(id);
    const { tree, folder } = this.places[0]!;
    return file ? file.tree.describe(file.name) : tree.describe(posix.join(folder, 'JPEGImages', `${id}.jpg`));
  }

  fingerprint(): string {
    const hash = createHash('sha256');
    for (const { tree, folder } of this.places) {
      hash.update(tree.fingerprint(['Annotations', 'JPEGImages', 'ImageSets', 'ImageSets/Main'].map((sub) => posix.join(folder, sub))));
    }
    return hash.digest('hex');
  }

  close(): void {
    for (const { tree } of this.places) tree.close();
  }

  private describe(sub: string): string {
    return this.places.map(({ tree, folder }) => tree.describe(posix.join(folder, sub))).join(' or ');
  }
}

interface File {
  readonly tree: FileTree;
  readonly name: string;
}

/** The files of a folder by name without ending; of two with one name that of the first place. */
function filesById(places: readonly VocPlace[], sub: string, pattern: RegExp): Map<string, File> {
  const files = new Map<string, File>();
  for (const { tree, folder } of places) {
    for (const file of tree.list(posix.join(folder, sub))) {
      const id = file.replace(pattern, '');
      if (id !== file && !files.has(id)) files.set(id, { tree, name: posix.join(folder, sub, file) });
    }
  }
  return files;
}
