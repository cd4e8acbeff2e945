import { createHash } from 'node:crypto';
import { openByteCache } from '../../data/cache';
import { DataLoader } from '../../data/loader';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { decodeImage, type RgbImage } from '../../vision/image';
import type { ImageProcessor } from '../../vision/processor';
import type { CelebA } from './celeba';
import type { Split } from './lists';

/** Where the resized bytes of the faces of one split come from. */
export interface Images<Sample> {
  /** Loads what is needed of the face at this place of the split. */
  load(index: number): Promise<Sample>;
  /** (B, 3, H, W) uint8, of the samples that are there. */
  pixels(samples: Sample[]): Tensor;
  /** False for a face that could not be read. @default all could */
  isThere?(sample: Sample): boolean;
  /** See `Dataset.expect`. */
  expect?(batches: readonly ArrayLike<number>[]): void;
}

/** Decodes each face when it is loaded, and resizes the faces of a batch together. */
export function decodedImages(celeba: CelebA, split: Split, processor: ImageProcessor): Images<RgbImage> {
  const faces = celeba.split(split);
  return {
    load: async (index) => decodeImage(await celeba.read(faces[index]!.name), faces[index]!.name),
    pixels: (images) => processor.pixels(images),
    expect: (batches) => celeba.images.expect?.(split, batches),
  };
}

/** The same without the faces that cannot be read. */
export function readableImages<Sample>(
  images: Images<Sample>,
  onUnreadable: (reason: string) => void,
): Images<Sample | undefined> {
  const load = async (index: number) => {
    try {
      return await images.load(index);
    } catch (error) {
      onUnreadable((error as Error).message);
      return undefined;
    }
  };
  const there = (samples: (Sample | undefined)[]) => samples.filter((sample) => sample !== undefined) as Sample[];
  return {
    load,
    pixels: (samples) => images.pixels(there(samples)),
    isThere: (sample) => sample !== undefined,
    expect: (batches) => images.expect?.(batches),
  };
}

export interface CacheOptions {
  readonly folder: string;
  readonly size: { readonly height: number; readonly width: number };
  readonly onProgress: (done: number, all: number) => void;
}

/** Counts up when the same key would stand for other bytes. */
const VERSION = 1;
const FILL_BATCH = 32;

/**
 * Opens the faces of a split as they come out of `decodedImages`, kept on disk and mapped into memory; decodes them first when need be.
 * @returns (N, H, W, 3) uint8
 */
export async function openImageCache(
  celeba: CelebA,
  split: Split,
  processor: ImageProcessor,
  { folder, size, onProgress }: CacheOptions,
): Promise<Tensor> {
  const faces = celeba.split(split);
  const { load, pixels, expect } = decodedImages(celeba, split, processor);
  const dataset = { length: faces.length, load, expect, describe: (index: number) => faces[index]!.name };
  const bytesOf = (images: RgbImage[]) =>
    torch.scoped(() => pixels(images).permute([0, 2, 3, 1]).contiguous().data() as Uint8Array); // (B, 3, H, W) -> (B, H, W, 3)

  async function* produce(): AsyncGenerator<Uint8Array> {
    let done = 0;
    for await (const bytes of new DataLoader(dataset, bytesOf, { batchSize: FILL_BATCH }).epoch(0)) {
      yield bytes;
      onProgress((done = Math.min(done + FILL_BATCH, faces.length)), faces.length);
    }
  }

  const shape = [faces.length, size.height, size.width, 3];
  return torch.keep(await openByteCache({ folder, key: cacheKey(celeba, split, processor), shape, produce }));
}

/** All that the resized bytes depend on. */
function cacheKey(celeba: CelebA, split: Split, processor: ImageProcessor): string {
  const { doResize, size, resample, doCenterCrop, cropSize } = processor.options;
  const names = createHash('sha256')
    .update(
      celeba
        .split(split)
        .map(({ name }) => name)
        .join('\n'),
    )
    .digest('hex');
  return JSON.stringify({
    version: VERSION,
    images: celeba.images.fingerprint(),
    names,
    doResize,
    size,
    resample,
    doCenterCrop,
    cropSize,
  });
}

/** @param cache (N, H, W, 3) uint8 */
export function cachedImages(cache: Tensor): Images<number> {
  return {
    load: async (index) => index,
    pixels: (rows) =>
      torch.scoped(() => cache.indexSelect(0, torch.tensor(rows, { dtype: 'int64' })).permute([0, 3, 1, 2])), // (B, H, W, 3) -> (B, 3, H, W)
  };
}
