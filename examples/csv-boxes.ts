/**
 * A dataset format for vocdet: a folder with `boxes.csv`, one line a box, and the images that it names.
 *
 *     image,split,class,xmin,ymin,xmax,ymax
 *     harbour.jpg,train,boat,12,40,310,207
 */
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from 'torchts';
import { registerFormat, type AnnotatedObject, type DetectionData, type DetectionSplit } from 'torchts/vocdet';

interface Row extends AnnotatedObject {
  readonly image: string;
  readonly split: string;
}

const HEADER = 'image,split,class,xmin,ymin,xmax,ymax';

function readRows(file: string): Row[] {
  const [header, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  if (header!.trim() !== HEADER) throw new InputError(`${file}: expected the columns ${HEADER}, found ${header}.`);
  return lines.map((line, i) => {
    const location = `${file}:${i + 2}`;
    const [image = '', split = '', name = '', ...sides] = line.trim().split(',');
    const box = sides.map(Number);
    if (box.length !== 4 || !box.every(Number.isFinite))
      throw new InputError(`${location}: expected four numbers for a box, found ${sides.join(',') || 'none'}.`);
    return { image, split, name, box: box as unknown as Row['box'], difficult: false, crowd: false, location };
  });
}

class CsvBoxes implements DetectionData {
  readonly #rows: readonly Row[];
  readonly splits: readonly string[];

  constructor(
    readonly path: string,
    readonly file: string,
  ) {
    this.#rows = readRows(file);
    this.splits = [...new Set(this.#rows.map(({ split }) => split))];
  }

  split(name: string): Promise<DetectionSplit> {
    const wanted = name.split('+');
    const unknown = wanted.find((part) => !this.splits.includes(part));
    if (unknown !== undefined)
      return Promise.reject(
        new InputError(`${this.file}: expected one of the splits ${this.splits.join(', ')}, found ${unknown}.`),
      );
    const rows = this.#rows.filter(({ split }) => wanted.includes(split));
    const ids = [...new Set(rows.map(({ image }) => image))];
    const pathOf = (index: number) => join(this.path, ids[index]!);
    return Promise.resolve({
      name,
      ids,
      annotation: (index) => {
        const objects = rows.filter(({ image }) => image === ids[index]);
        return Promise.resolve({ location: objects[0]!.location, objects });
      },
      hasImage: (index) => existsSync(pathOf(index)),
      image: (index) => readFile(pathOf(index)),
      imageStart: (index) => readFile(pathOf(index)),
      describe: pathOf,
      key: pathOf,
    });
  }

  /** All classes that the file has. */
  namedClasses(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  issues(): [] {
    return [];
  }

  close(): void {}
}

registerFormat((path) => {
  const file = join(path, 'boxes.csv');
  return existsSync(file) ? new CsvBoxes(path, file) : undefined;
});
