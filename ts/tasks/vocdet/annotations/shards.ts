/** Annotated images in shards, as `vocdet data shard` writes them. */
import { type ShardedDataset, Shards, type ShardsOptions } from '../../../data/shards/sharded-dataset';
import { InputError } from '../../../errors';
import { isPlainObject } from '../../../native/realm';
import { endingOf, fieldOf, isNumber, isText, isTexts } from '../../shards';
import type { AnnotatedObject, Annotation } from './annotation';
import { ClassList } from './classes';
import { joinSplits, type DetectionData, type DetectionSplit } from './dataset';
import type { Issue } from './issues';

/** What a sample's JSON says of its objects; flags that are not set are left out. */
interface ObjectRecord {
  readonly name: string;
  /** Left, top, right, bottom in continuous pixels from 0. */
  readonly box: readonly number[];
  readonly difficult?: true;
  readonly crowd?: true;
  /** Square pixels of the segmented area. */
  readonly area?: number;
}

/** What a shard says of an image beside its file and size. */
export function recordOf(id: string, { objects }: Annotation): Readonly<Record<string, unknown>> {
  const records = objects.map(({ name, box, difficult, crowd, area }): ObjectRecord => ({
    name,
    box,
    ...(difficult && { difficult }),
    ...(crowd && { crowd }),
    ...(area !== undefined && { area }),
  }));
  return { id, objects: records };
}

/**
 * Opens shards of annotated images.
 * @param source their folder or address
 * @throws InputError when they are others; DownloadError when they cannot be fetched
 */
export async function openDetectionShards(source: string, options: ShardsOptions): Promise<DetectionData> {
  const shards = await Shards.open(source, options);
  const { info } = shards.index;
  const names = info['classes'];
  if (info['task'] === 'vocdet' && isTexts(names))
    return new DetectionShards(shards, new ClassList(names, shards.label));
  await shards.close();
  throw new InputError(
    `Expected shards of annotated images in ${shards.label}, found others; write them by \`vocdet data shard\`.`,
  );
}

class DetectionShards implements DetectionData {
  readonly path: string;
  readonly splits: readonly string[];
  readonly #read = new Map<string, Promise<DetectionSplit>>();
  readonly #shards: Shards;
  readonly #classes: ClassList;

  constructor(shards: Shards, classes: ClassList) {
    this.#shards = shards;
    this.#classes = classes;
    this.path = shards.label;
    this.splits = shards.index.datasets.map(({ name }) => name);
  }

  async split(name: string): Promise<DetectionSplit> {
    const names = name.split('+').map((part) => part.trim());
    const parts = await Promise.all(names.map((part) => this.#part(part)));
    return parts.length === 1
      ? parts[0]!
      : joinSplits(
          name,
          parts.map((split) => ({ split, source: split.name })),
        );
  }

  async namedClasses(): Promise<ClassList> {
    return this.#classes;
  }

  issues(): readonly Issue[] {
    return [];
  }

  async *check(): AsyncGenerator<string, void, undefined> {
    for (const name of this.splits)
      for await (const { problem } of this.#shards.split(name).check()) if (problem !== undefined) yield problem;
  }

  close(): Promise<void> {
    return this.#shards.close();
  }

  #part(name: string): Promise<DetectionSplit> {
    const known = this.#read.get(name);
    if (known) return known;
    const split = readSplit(this.#shards, name);
    split.catch(() => {}); // whoever asks for it is told
    this.#read.set(name, split);
    return split;
  }
}

/** What is known of an image before its shard is there. */
interface KnownImage {
  readonly id: string;
  readonly file: string;
  readonly annotation: Annotation & Required<Pick<Annotation, 'size'>>;
}

async function readSplit(shards: Shards, name: string): Promise<DetectionSplit> {
  const samples: ShardedDataset = shards.split(name);
  const images: KnownImage[] = [];
  for await (const record of samples.records()) images.push(knownImage(record, shards.label));
  const ids = images.map(({ id }) => id);
  const seen = new Set<string>();
  const twice = ids.find((id) => seen.size === seen.add(id).size);
  if (twice !== undefined)
    throw new InputError(`${shards.label}: expected every image once in ${name}, found ${twice} twice.`);
  const read = (index: number, bytes?: number) => samples.read(index, endingOf(images[index]!.file), bytes);
  return {
    name,
    ids,
    annotation: async (index) => images[index]!.annotation,
    extent: (index) => images[index]!.annotation.size,
    hasImage: () => true,
    image: (index) => read(index),
    imageStart: read,
    describe: (index) => `${images[index]!.file} in ${shards.label}, ${samples.describe(index)}`,
    key: (index) => `${name}/${ids[index]!}`,
    order: (options) => samples.order(options),
    expect: (batches) => samples.expect(batches),
  };
}

function knownImage(record: Readonly<Record<string, unknown>>, label: string): KnownImage {
  const id = fieldOf(record, 'id', isText, label);
  const location = `${id} in ${label}`;
  const [width, height] = [fieldOf(record, 'width', isNumber, label), fieldOf(record, 'height', isNumber, label)];
  const objects = fieldOf(record, 'objects', isObjects, label).map(
    ({ name, box, difficult = false, crowd = false, area }): AnnotatedObject => ({
      name,
      box: box as [number, number, number, number],
      difficult,
      crowd,
      ...(area !== undefined && { area }),
      location,
    }),
  );
  return {
    id,
    file: fieldOf(record, 'file', isText, label),
    annotation: { size: { width, height }, location, objects },
  };
}

function isObjects(value: unknown): value is ObjectRecord[] {
  return Array.isArray(value) && value.every(isObject);
}

function isObject(value: unknown): value is ObjectRecord {
  if (!isPlainObject(value)) return false;
  const { name, box, difficult, crowd, area } = value;
  const isFlag = (flag: unknown) => flag === undefined || flag === true;
  return (
    isText(name) &&
    Array.isArray(box) &&
    box.length === 4 &&
    box.every(isNumber) &&
    isFlag(difficult) &&
    isFlag(crowd) &&
    (area === undefined || isNumber(area))
  );
}
