/** Datasets in COCO's format (Lin et al., ECCV 2014): an instances file for each split and a folder of pictures. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { InputError } from '../../errors';
import { ClassList } from './classes';
import { parseCocoFile } from './coco-file';
import { joinSplits, type DetectionData, type DetectionSplit } from './dataset';
import { openFileTree, type FileTree } from './files';

export class Coco implements DetectionData {
  readonly splits: readonly string[];
  private readonly opened = new Map<string, CocoPart>();

  /** @param files the instances files by the names of their splits */
  constructor(
    readonly path: string,
    private readonly files: ReadonlyMap<string, string>,
    private readonly images?: string,
  ) {
    this.splits = [...files.keys()];
  }

  async split(name: string): Promise<DetectionSplit> {
    const sets = name.split('+').map((set) => set.trim());
    return joinSplits(name, sets.map((set) => ({ split: this.part(set).split, source: set })));
  }

  /** Those of any split; all must name the same. */
  namedClasses(): ClassList {
    return ([...this.opened.values()][0] ?? this.part(this.splits[0]!)).classes;
  }

  fingerprint(): string {
    const hash = createHash('sha256');
    for (const [set, file] of this.files) hash.update(`${set} ${statSync(file).size} ${statSync(file).mtimeMs} ${this.part(set).pictures.fingerprint()}\n`);
    return hash.digest('hex');
  }

  close(): void {
    for (const { pictures } of this.opened.values()) pictures.tree.close();
  }

  private part(set: string): CocoPart {
    const file = this.files.get(set);
    if (file === undefined) throw new InputError(`Expected a set ${set} in ${this.path}, found ${this.splits.join(', ')}.`);
    const known = this.opened.get(set);
    if (known) return known;
    const part = openPart(set, file, this.images);
    const [other] = this.opened.values();
    if (other && other.classes.names.join() !== part.classes.names.join()) {
      throw new InputError(`Expected the categories of ${file} to be those of the other sets (${other.classes.names.join(', ')}), found ${part.classes.names.join(', ')}.`);
    }
    this.opened.set(set, part);
    return part;
  }
}

/**
 * Opens `annotations/instances_<set>.json` with `<set>/`, `images/<set>/`, `images/` or `<set>.zip` beside it,
 * `<set>/_annotations.coco.json` with its pictures in one folder, or one instances file.
 * @param images folder or archive of the pictures, where they are not at one of these places
 * @throws InputError when there is no instances file
 */
export function openCoco(path: string, images?: string): Coco {
  const files = findFiles(path);
  if (files.size > 0) return new Coco(path, files, images);
  throw new InputError(`Expected a dataset in COCO's format at ${path} (annotations/instances_<set>.json, or <set>/_annotations.coco.json, or one .json file), found none.`);
}

/** Whether a path looks like a dataset in COCO's format. */
export function isCoco(path: string): boolean {
  return findFiles(path).size > 0;
}

interface CocoPart {
  readonly classes: ClassList;
  readonly split: DetectionSplit;
  readonly pictures: PictureFolder;
}

/** Where the pictures of a split lie. */
interface PictureFolder {
  readonly tree: FileTree;
  nameOf(file: string): string;
  fingerprint(): string;
}

function findFiles(path: string): Map<string, string> {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info?.isFile()) return new Map(path.toLowerCase().endsWith('.json') ? [[basename(path).replace(/^instances_/, '').replace(/\.json$/i, ''), path]] : []);
  if (!info?.isDirectory()) return new Map();
  const annotations = join(path, 'annotations');
  const official = existsSync(annotations) ? readdirSync(annotations).sort().filter((name) => /^instances_.+\.json$/.test(name)) : [];
  if (official.length > 0) return new Map(official.map((name) => [name.slice('instances_'.length, -'.json'.length), join(annotations, name)]));
  const exported = readdirSync(path).sort().filter((set) => existsSync(join(path, set, '_annotations.coco.json')));
  return new Map(exported.map((set) => [set, join(path, set, '_annotations.coco.json')]));
}

function openPart(set: string, file: string, images: string | undefined): CocoPart {
  const { classes, pictures } = parseCocoFile(readFileSync(file), file);
  const folder = findPictures(set, file, pictures[0]?.file, images);
  return {
    classes: new ClassList(classes, file),
    pictures: folder,
    split: {
      name: set,
      ids: pictures.map(({ id }) => id),
      annotation: async (index) => pictures[index]!.annotation,
      hasPicture: (index) => folder.tree.has(folder.nameOf(pictures[index]!.file)),
      picture: (index) => readPicture(folder, pictures[index]!.file),
      describe: (index) => folder.tree.describe(folder.nameOf(pictures[index]!.file)),
    },
  };
}

/** The first of the usual places that has the first picture. */
function findPictures(set: string, file: string, first: string | undefined, images: string | undefined): PictureFolder {
  const [own, above] = [dirname(file), dirname(dirname(file))];
  const usual = [join(above, set), join(above, 'images', set), join(above, `${set}.zip`), join(own, set), join(own, 'images'), own, join(above, 'images')];
  const places = images === undefined ? usual : [images];
  for (const place of places.filter((one) => existsSync(one))) {
    const tree = openFileTree(place);
    for (const inner of ['', set]) {
      if (first === undefined || tree.has(posix.join(inner, first))) {
        return { tree, nameOf: (name) => posix.join(inner, name), fingerprint: () => tree.fingerprint([inner]) };
      }
    }
    tree.close();
  }
  throw new InputError(`Expected the pictures of ${file} in ${places.join(' or ')}, but none of these has ${first}.`);
}

async function readPicture({ tree, nameOf }: PictureFolder, file: string): Promise<Buffer> {
  if (tree.has(nameOf(file))) return tree.read(nameOf(file));
  throw new InputError(`Expected the picture ${tree.describe(nameOf(file))}, found none.`);
}
