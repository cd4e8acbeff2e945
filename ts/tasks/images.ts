/** The images that a user names, whatever the task. */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InputError } from '../errors';
import { type RgbImage, decodeImage, imageSize } from '../vision/image';
import { PixelBudget, prefetch } from './sources/prefetch';
import type { FetchOptions } from './sources/fetch';
import { type Source, expandSources } from './sources/sources';

/** An image that could not be read. */
export interface Failure {
  readonly source: string;
  readonly error: InputError;
}

/** A decoded image, or why there is none. */
export type Loaded = { readonly source: string; readonly image: RgbImage } | Failure;

/** Reads and decodes images a few ahead of their use, fewer where they are large. */
async function* loadImages(
  inputs: readonly string[],
  fetch?: FetchOptions,
  budget = new PixelBudget(),
): AsyncGenerator<Loaded, void, undefined> {
  for await (const { loaded, pixels } of prefetch(expandSources(inputs, fetch), 8, (source) => load(source, budget))) {
    yield loaded;
    budget.leave(pixels);
  }
}

/** Pixels of a batch, so that it is no larger than what is decoded ahead. */
const BATCH_PIXELS = 2 ** 25;

/** Decoded images in batches of `size`; the last one may be smaller, and so are those of large images. */
export async function* imageBatches(
  inputs: readonly string[],
  size: number,
  fetch?: FetchOptions,
): AsyncGenerator<Loaded[], void, undefined> {
  let batch: Loaded[] = [];
  let pixels = 0;
  for await (const item of loadImages(inputs, fetch)) {
    batch.push(item);
    if ('image' in item) pixels += item.image.width * item.image.height;
    if (batch.length < size && pixels < BATCH_PIXELS) continue;
    yield batch;
    [batch, pixels] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

/** Where a task's `visualize` writes, and how it gets its images. */
export interface VisualizationOptions {
  /** Folder for the images. */
  readonly output: string;
  /** How URLs are fetched. */
  readonly fetch?: FetchOptions;
}

/** An image that something was made of, and the file that shows it. */
export interface Visualization {
  readonly source: string;
  readonly file: string;
}

/** Writes the JPEG that `visualize` makes of each image. */
export async function* visualizations(
  inputs: readonly string[],
  { output, fetch }: VisualizationOptions,
  visualize: (image: RgbImage) => Promise<Buffer>,
): AsyncGenerator<Visualization | Failure, void, undefined> {
  await mkdir(output, { recursive: true });
  let number = 0;
  for await (const item of loadImages(inputs, fetch)) {
    if ('error' in item) {
      yield item;
      continue;
    }
    const file = join(output, outputName(++number, item.source));
    yield await orFailure(item.source, async () => {
      await writeFile(file, await visualize(item.image));
      return { source: item.source, file };
    });
  }
}

/** What `work` makes of one image; an error becomes its result, so that the other images go on. */
export async function orFailure<Result>(
  source: string,
  work: () => Result | Promise<Result>,
): Promise<Result | Failure> {
  try {
    return await work();
  } catch (cause) {
    return { source, error: new InputError(`${source}: ${(cause as Error).message}`, { cause }) };
  }
}

async function load(source: Source, budget: PixelBudget): Promise<{ loaded: Loaded; pixels: number }> {
  let pixels = 0;
  const content = source.read();
  const counted = content
    .then((bytes) => imageSize(bytes, source.name))
    .then(
      ({ width, height }) => (pixels = width * height),
      () => 0,
    );
  const loaded = await budget.enter(counted, async (): Promise<Loaded> => {
    try {
      return { source: source.name, image: await decodeImage(await content, source.name) };
    } catch (error) {
      if (error instanceof InputError) return { source: source.name, error };
      throw error;
    }
  });
  return { loaded, pixels };
}

/** `3-face.jpg` for `/some/where/face.png?size=2`: a name for what is made of the third image. */
export function outputName(number: number, source: string): string {
  const stem = basename(source.replace(/[?#].*$/, '')).replace(/\.\w+$/, '');
  return `${number}-${stem.replace(/[^\w.-]+/g, '_').slice(0, 80)}.jpg`;
}
