import { join } from 'node:path';
import { DataLoader, type Batches, type EpochOptions } from '../../data/loader';
import type { Pass } from '../../data/dataset';
import { Rng } from '../../data/rng';
import { shuffled } from '../../data/samplers';
import { InputError } from '../../errors';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { augment, changesNothing, type AugmentOptions } from '../../vision/augment';
import type { ImageProcessor } from '../../vision/processor';
import { openCelebA, type CelebA, type Face } from './celeba';
import { splits, type Split } from './lists';
import { cachedImages, decodedImages, openImageCache, readableImages, type Images } from './decoded-images';

/** One batch of faces. */
export interface FaceBatch {
  /** (B, 3, H, W) float32. */
  readonly pixelValues: Tensor;
  /** (B, attributes) float32, 0 or 1. */
  readonly labels: Tensor;
  /** File names. */
  readonly names: readonly string[];
}

export interface FaceDataOptions {
  /** Samples in a training batch. @default 64 */
  readonly batchSize?: number;
  /** Samples in an evaluation batch. @default 128 */
  readonly evaluationBatchSize?: number;
  /** Seed of order and augmentation. @default 0 */
  readonly seed?: number;
  /** Random changes of the training images. @default none */
  readonly augment?: AugmentOptions;
  /** Batches loaded ahead. @default 4 */
  readonly prefetch?: number;
  /** Whether the training batches are divided among several processes, of which one may have no image that can be read. @default false */
  readonly isPart?: boolean;
  /** How far samples of shards are moved when they are shuffled; null shuffles all among each other. @default 10 000 */
  readonly shuffleBuffer?: number | null;
  /** See `ShardOrderOptions`. @default 8 */
  readonly streams?: number;
  /** Resized images are kept on disk when those of all splits fit into so many bytes; 0 keeps none. @default 4 GiB */
  readonly cacheBytes?: number;
  /** Where they are kept. @default data/interim/faces */
  readonly cacheFolder?: string;
  /** Told while images are decoded for the cache. */
  readonly onCaching?: (split: Split, done: number, all: number) => void;
}

const defaults = {
  batchSize: 64,
  evaluationBatchSize: 128,
  seed: 0,
  augment: {},
  prefetch: 4,
  isPart: false,
  shuffleBuffer: 10_000,
  streams: 8,
  cacheBytes: 4 * 2 ** 30,
  cacheFolder: join('data', 'interim', 'faces'),
  onCaching: () => {},
} as const satisfies Required<FaceDataOptions>;

/**
 * A dataset in CelebA's format as batches for a model. All pixels come from one path: decode, `processor.pixels`,
 * for training `augment`, `processor.normalize`. The cache keeps the result of the second step and changes no bit.
 */
export class FaceData {
  readonly #options: Required<FaceDataOptions>;
  readonly #caches = new Map<Split, Promise<Tensor>>();
  readonly #processor: ImageProcessor;

  private constructor(
    readonly celeba: CelebA,
    processor: ImageProcessor,
    options: FaceDataOptions,
  ) {
    this.#processor = processor;
    this.#options = { ...defaults, ...options };
  }

  /** @throws InputError for a dataset that cannot be used, as `openCelebA` does */
  static open(path: string, processor: ImageProcessor, options: FaceDataOptions = {}): FaceData {
    return new FaceData(openCelebA(path), processor, options);
  }

  /** @param celeba is closed with it */
  static of(celeba: CelebA, processor: ImageProcessor, options: FaceDataOptions = {}): FaceData {
    return new FaceData(celeba, processor, options);
  }

  get attributes(): readonly string[] {
    return this.celeba.attributes;
  }

  /**
   * Batches of the training split, shuffled and augmented anew in each epoch.
   * @param onUnreadable told of an image that cannot be read and is left out; left out itself, it ends the pass
   */
  train(onUnreadable?: (reason: string) => void): Promise<Batches<FaceBatch>> {
    const { batchSize, shuffleBuffer, streams, augment: changes } = this.#options;
    const sharded =
      shuffleBuffer === null ? undefined : this.celeba.images.order?.('train', { batchSize, shuffleBuffer, streams });
    const order = { batchSize, sampler: sharded ?? shuffled };
    return this.#batches('train', order, onUnreadable, changesNothing(changes) ? undefined : changes);
  }

  /**
   * Batches of a split in the order of the attribute file, unchanged.
   * @param onUnreadable told of an image that cannot be read and is left out; left out itself, it ends the pass
   */
  evaluation(split: Split, onUnreadable?: (reason: string) => void): Promise<Batches<FaceBatch>> {
    return this.#batches(split, { batchSize: this.#options.evaluationBatchSize }, onUnreadable);
  }

  /** Batches of a split; without the images that cannot be read where somebody is told of them. */
  async #batches(
    split: Split,
    options: EpochOptions,
    onUnreadable?: (reason: string) => void,
    changes?: AugmentOptions,
  ): Promise<Batches<FaceBatch>> {
    const { seed, prefetch } = this.#options;
    const all = { ...options, seed, prefetch };
    const cache = await this.#cache(split).catch((error: unknown) => {
      // A damaged image keeps its whole split out of the cache.
      if (onUnreadable && error instanceof InputError) return undefined;
      throw error;
    });
    if (cache) return this.#load(split, cachedImages(cache), all, changes);
    const images = decodedImages(this.celeba, split, this.#processor);
    return onUnreadable
      ? this.#load(split, readableImages(images, onUnreadable), all, changes)
      : this.#load(split, images, all, changes);
  }

  /** Closes files and frees the caches. */
  async close(): Promise<void> {
    const caches = await Promise.allSettled(this.#caches.values());
    for (const cache of caches) if (cache.status === 'fulfilled') cache.value.dispose();
    this.#caches.clear();
    await this.celeba.close();
  }

  #load<Sample>(
    split: Split,
    images: Images<Sample>,
    options: EpochOptions,
    changes?: AugmentOptions,
  ): Batches<FaceBatch> {
    const faces = this.celeba.split(split);
    const dataset = {
      length: faces.length,
      load: images.load,
      describe: (index: number) => faces[index]!.name,
      ...(images.expect && { expect: images.expect }),
    };
    const collate = (samples: Sample[], { seed, epoch }: Pass, all: Uint32Array): FaceBatch =>
      torch.scoped(() => {
        const indices = all.filter((_, i) => images.isThere?.(samples[i]!) ?? true);
        const chosen = Array.from(indices, (index) => faces[index]!);
        // An evaluation passes over an empty batch; a step has no gradient of one.
        if (chosen.length === 0 && options.sampler !== undefined && !this.#options.isPart)
          throw nothingToRead(Array.from(all, (i) => faces[i]!));
        if (chosen.length === 0)
          return {
            pixelValues: torch.zeros([0, 3, 1, 1]),
            labels: torch.zeros([0, this.attributes.length]),
            names: [],
          };
        const pixels = images.pixels(samples);
        const changed = changes
          ? augment(
              pixels,
              Array.from(indices, (index) => new Rng(seed, epoch, index)),
              changes,
            )
          : pixels;
        return {
          pixelValues: this.#processor.normalize(changed),
          labels: labelsOf(chosen),
          names: chosen.map(({ name }) => name),
        };
      });
    return new DataLoader(dataset, collate, { ...options, pinMemory: true });
  }

  /** The resized images of a split; undefined when they are not to be kept. */
  async #cache(split: Split): Promise<Tensor | undefined> {
    const { cacheBytes, cacheFolder, onCaching } = this.#options;
    const size = this.#processor.outputSize;
    const count = splits.reduce((sum, each) => sum + this.celeba.split(each).length, 0);
    if (!size || this.celeba.split(split).length === 0 || count * 3 * size.height * size.width > cacheBytes)
      return undefined;
    const known = this.#caches.get(split);
    if (known) return known;
    const onProgress = (done: number, all: number) => onCaching(split, done, all);
    const cache = openImageCache(this.celeba, split, this.#processor, { folder: cacheFolder, size, onProgress });
    this.#caches.set(split, cache);
    return cache;
  }
}

function nothingToRead(faces: readonly Face[]): InputError {
  const names = faces.map(({ name }) => name).join(', ');
  return new InputError(`Expected an image that can be read in a batch of training, found none among ${names}.`);
}

/** (B, attributes) float32. */
function labelsOf(faces: readonly Face[]): Tensor {
  const width = faces[0]!.labels.length;
  const values = new Float32Array(faces.length * width);
  faces.forEach(({ labels }, index) => values.set(labels, index * width));
  return torch.fromTypedArray(values, [faces.length, width]);
}
