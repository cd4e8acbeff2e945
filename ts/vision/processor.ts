/**
 * From decoded images to the input of a Vision Transformer, as transformers' ViTImageProcessor
 * (release 5, torchvision backend) does it: resize on bytes, crop, then `(x - 255 mean) / (255 std)`.
 *
 * Training, evaluation and prediction all go through `pixels` and `normalize`.
 */
import { ShapeError } from '../errors';
import { resolveOptions } from '../options';
import * as torch from '../tensor';
import type { Tensor } from '../tensor';
import { centerCrop, resize } from './resize';
import { aspectSize } from './steps';
import type { RgbImage } from './image';
import {
  formatProcessorConfig,
  parseProcessorConfig,
  processorDefaults,
  type ProcessorOptions,
  PROCESSOR_FILE,
  readProcessorFile,
} from './processor-config';

/** From images to the input of a classifier, as a checkpoint's `preprocessor_config.json` says. */
export class ImageProcessor {
  /** Those given, over the values of ViTImageProcessor. */
  readonly options: ProcessorOptions;

  /** Options that are left out have the values of ViTImageProcessor. */
  constructor(options: Partial<ProcessorOptions> = {}) {
    this.options = resolveOptions('ImageProcessor', processorDefaults, options);
  }

  /**
   * A processor with the options of a file.
   * @param json the content of a `preprocessor_config.json`
   * @param label what to call the file in errors
   * @throws InputError for values or classes that are not supported
   */
  static fromConfig(json: unknown, label = PROCESSOR_FILE): ImageProcessor {
    return new ImageProcessor(parseProcessorConfig(json, label));
  }

  /**
   * Reads `preprocessor_config.json` in a checkpoint folder.
   * @throws InputError when it is missing or broken
   */
  static fromFolder(folder: string): Promise<ImageProcessor> {
    return readProcessorFile(folder, ImageProcessor.fromConfig);
  }

  /** The content of a `preprocessor_config.json`. */
  toJSON(): Record<string, unknown> {
    return formatProcessorConfig(this.options);
  }

  /** Height and width of every result; undefined when they depend on the image. */
  get outputSize(): { readonly height: number; readonly width: number } | undefined {
    const { doResize, size, doCenterCrop, cropSize } = this.options;
    if (doCenterCrop) return cropSize;
    return doResize && !('shortestEdge' in size) ? size : undefined;
  }

  /**
   * Resizes, crops and normalises images.
   * @returns (B, 3, H, W) float32
   * @throws ShapeError when there is no image, or the results differ in size
   */
  preprocess(images: RgbImage | readonly RgbImage[]): Tensor {
    return torch.scoped(() => this.normalize(this.pixels(Array.isArray(images) ? images : [images as RgbImage])));
  }

  /**
   * Resizes and crops. Images of one size go through in one call; a batch gives what each image alone gives.
   * @returns (B, 3, H, W) uint8
   * @throws ShapeError when there is no image, or the results differ in size
   */
  pixels(images: readonly RgbImage[]): Tensor {
    if (images.length === 0) throw new ShapeError('Expected at least one image to preprocess, found none.');
    return torch.scoped(() => {
      const groups = groupBySize(images);
      const parts = groups.map((group) => this.#fit(stack(group.map((index) => images[index]!))));
      if (parts.length === 1) return parts[0]!;
      requireOneSize(
        parts,
        groups.map((group) => images[group[0]!]!),
      );
      const order = new BigInt64Array(images.length);
      groups.flat().forEach((index, position) => (order[index] = BigInt(position)));
      return torch.cat(parts, 0).indexSelect(0, torch.fromTypedArray(order));
    });
  }

  /**
   * `(x - 255 mean) / (255 std)`, or what of it the options ask for.
   * @param pixels (B, 3, H, W) uint8
   * @returns (B, 3, H, W) float32, contiguous
   */
  normalize(pixels: Tensor): Tensor {
    const { doRescale, doNormalize, rescaleFactor, imageMean, imageStd } = this.options;
    return torch.scoped(() => {
      const scale = doRescale ? 1 / rescaleFactor : 1;
      const [mean, std] = [byChannel(imageMean, scale), byChannel(imageStd, scale)];
      const values = torch.empty(pixels.shape, { device: pixels.device });
      // Image by image: one of them stays in the processor's cache from step to step, a batch does not.
      for (let i = 0; i < pixels.shape[0]!; i++) {
        const value = values.select(0, i).copy_(pixels.select(0, i).contiguous()); // (B, 3, H, W) -> (3, H, W)
        if (doNormalize) value.sub_(mean).div_(std);
        else if (doRescale) value.mul_(rescaleFactor);
      }
      return values;
    });
  }

  /** @internal For `nn.deepcopy`: nothing in it can change, so a copy would be no other. */
  deepCopy(): this {
    return this;
  }

  #fit(images: Tensor): Tensor {
    const { doResize, size, resample, doCenterCrop, cropSize } = this.options;
    const { height, width } = doResize
      ? targetSize(size, images.shape[2]!, images.shape[3]!)
      : { height: images.shape[2]!, width: images.shape[3]! };
    const resized = resize(images, height, width, resample);
    return doCenterCrop ? centerCrop(resized, cropSize.height, cropSize.width) : resized;
  }
}

/** Indices of the images of each size. */
function groupBySize(images: readonly RgbImage[]): number[][] {
  const groups = new Map<string, number[]>();
  images.forEach(({ width, height }, index) => {
    const key = `${width} ${height}`;
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  });
  return [...groups.values()];
}

/** Images of one size -> (B, 3, H, W) uint8, which lies in memory as (B, H, W, 3), the order that the resize is fast in. */
function stack(images: readonly RgbImage[]): Tensor {
  const { width, height } = images[0]!;
  const bytes = new Uint8Array(images.length * height * width * 3);
  images.forEach(({ data }, index) => bytes.set(data, index * height * width * 3));
  return torch.fromTypedArray(bytes, [images.length, height, width, 3], { copy: false }).permute([0, 3, 1, 2]); // (B, H, W, 3) -> (B, 3, H, W)
}

function requireOneSize(parts: readonly Tensor[], images: readonly RgbImage[]): void {
  const [first, ...rest] = parts.map(({ shape }) => `${shape[2]} x ${shape[3]}`);
  const odd = rest.findIndex((size) => size !== first);
  if (odd < 0) return;
  const [one, other] = [images[0]!, images[odd + 1]!];
  throw new ShapeError(
    `A batch needs images of one size after resizing, but ${one.height} x ${one.width} became ${first} and ${other.height} x ${other.width} became ${rest[odd]}; preprocess them one by one, or set a center crop.`,
  );
}

function targetSize(size: ProcessorOptions['size'], height: number, width: number): { height: number; width: number } {
  if (!('shortestEdge' in size)) return size;
  if (size.longestEdge !== undefined) return aspectSize({ width, height }, size, 'transformers');
  const { shortestEdge: short } = size;
  const long = Math.floor((short * Math.max(height, width)) / Math.min(height, width));
  return height < width ? { height: short, width: long } : { height: long, width: short };
}

/** (3, 1, 1) float32; multiplied in float32, as the reference does. */
function byChannel(values: readonly number[], scale: number): Tensor {
  return torch.fromTypedArray(
    Float32Array.from(values, (value) => Math.fround(value) * Math.fround(scale)),
    [3, 1, 1],
  );
}
