import { type FileHandle, mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RgbImage } from '../../vision/image';
import { type Failure, type Loaded, orFailure, outputName, imageBatches } from '../images';
import type { FetchOptions } from '../sources/fetch';
import { annotatedImage, classColour } from './annotate';
import { ObjectDetector, type DetectorOptions } from './detector';
import type { Detections } from './evaluator';

export interface PredictOptions extends DetectorOptions {
  /** Keeps what is more likely than this. @default 0.5 */
  readonly threshold?: number;
  /**
   * Images that pass through the model together. With 1, and `compile: false`, an image gets the same bits whatever stands beside it;
   * more is faster on a GPU. @default 1
   */
  readonly batchSize?: number;
  /** Folder for annotated images and `annotated.json`. @default none are written */
  readonly output?: string;
  /** How URLs are fetched. */
  readonly fetch?: FetchOptions;
}

export interface Detection {
  readonly label: string;
  /** Probability, 0 to 1. */
  readonly score: number;
  /** xmin, ymin, xmax, ymax in pixels of the image. */
  readonly box: readonly [number, number, number, number];
}

/** What was found in one image, the likeliest first. */
export interface Prediction {
  /** The path or URL. */
  readonly source: string;
  readonly detections: readonly Detection[];
}

/** The same with the annotated image, in `annotated.json`. */
interface Annotated extends Prediction {
  /** Name of the image beside the file. */
  readonly file: string;
  readonly width: number;
  readonly height: number;
}

/**
 * Detections in files, folders, patterns and URLs, in order. An image that cannot be read yields a `Failure` in its
 * place, and the others go on.
 * @param weights a run folder, a hub folder, a hub name or a `.pth` file
 */
export async function* predict(
  weights: string,
  inputs: readonly string[],
  options: PredictOptions = {},
): AsyncGenerator<Prediction | Failure, void, undefined> {
  const { batchSize = 1, threshold = 0.5, output, fetch } = options;
  const detector = await ObjectDetector.load(weights, options);
  detector.model.optimizeForInference();
  const album = output === undefined ? undefined : await Album.open(output);
  try {
    for await (const batch of imageBatches(inputs, batchSize, fetch)) {
      for (const { item, found, image } of await detectBatch(detector, batch, threshold)) {
        yield await orFailure(item.source, async () => {
          if (found && image) await album?.add(item, image, found);
          return item;
        });
      }
    }
  } finally {
    await album?.close();
  }
}

interface Detected {
  readonly item: Prediction | Failure;
  readonly image?: RgbImage;
  readonly found?: Detections;
}

/** A batch that fails is tried once more image by image, so that one of them does not take the others with it. */
async function detectBatch(detector: ObjectDetector, batch: readonly Loaded[], threshold: number): Promise<Detected[]> {
  const images = batch.flatMap((item) => ('image' in item ? [item.image] : []));
  try {
    const found = images.length > 0 ? detector.detect(images, threshold) : [];
    return batch.map((item) => {
      if ('error' in item) return { item };
      const own = found.shift()!;
      return {
        item: { source: item.source, detections: detectionsOf(own, detector.names) },
        image: item.image,
        found: own,
      };
    });
  } catch (cause) {
    if (batch.length === 1) return [{ item: await orFailure(batch[0]!.source, () => Promise.reject(cause as Error)) }];
    return (await Promise.all(batch.map((item) => detectBatch(detector, [item], threshold)))).flat();
  }
}

function detectionsOf({ labels, scores, boxes: { data } }: Detections, names: readonly string[]): Detection[] {
  const boxOf = (row: number) =>
    Array.from(
      data.subarray(4 * row, 4 * row + 4),
      (value) => Math.round(100 * value) / 100,
    ) as unknown as Detection['box'];
  return Array.from(labels, (label, row) => ({ label: names[label]!, score: scores[row]!, box: boxOf(row) }));
}

const LIST_END = '\n]\n';

/** A folder of annotated images and `annotated.json`, the list of what stands in them. */
class Album {
  #count = 0;
  /** Where the next entry of the list goes: over its end. */
  #position = 1;
  readonly #folder: string;
  readonly #list: FileHandle;

  private constructor(folder: string, list: FileHandle) {
    this.#folder = folder;
    this.#list = list;
  }

  static async open(folder: string): Promise<Album> {
    await mkdir(folder, { recursive: true });
    const list = await open(join(folder, 'annotated.json'), 'w');
    await list.write(`[${LIST_END}`, 0);
    return new Album(folder, list);
  }

  close(): Promise<void> {
    return this.#list.close();
  }

  /** The list is whole after each image, whenever the process ends; what is in it already is not written again. */
  async add(item: Prediction | Failure, image: RgbImage, { labels }: Detections): Promise<void> {
    if ('error' in item) return;
    const { source, detections } = item;
    const file = outputName(++this.#count, source);
    const marks = detections.map(({ label, score, box }, row) => ({
      box,
      text: `${label} ${Math.round(100 * score)} %`,
      colour: classColour(labels[row]!),
    }));
    await writeFile(join(this.#folder, file), await annotatedImage(image, marks));
    const entry: Annotated = { source, file, width: image.width, height: image.height, detections };
    const text = `${this.#count > 1 ? ',' : ''}\n${JSON.stringify(entry)}`;
    await this.#list.write(text + LIST_END, this.#position);
    this.#position += Buffer.byteLength(text);
  }
}
