/**
 * From decoded images to the input of DETR: resize on bytes with the proportions kept, `(x - 255 mean) / (255 std)`, and
 * zeros to the right and below up to the size of the largest image of the batch. As transformers' DetrImageProcessor
 * (release 5, torchvision backend) and the original authors' transforms, which differ in a rounding only (`Rounding`).
 *
 * Training, evaluation, prediction and serving all go through `changes`, `changePixels` and `batch`.
 */
import { ShapeError } from '../errors';
import { resolveOptions } from '../options';
import * as torch from '../tensor';
import type { Tensor } from '../tensor';
import { changePixels } from './resize';
import type { Extent } from './boxes';
import {
  detectionProcessorDefaults,
  formatDetectionProcessorConfig,
  parseDetectionProcessorConfig,
  type DetectionProcessorOptions,
} from './detection-processor-config';
import type { RgbImage } from './image';
import { ImageProcessor } from './processor';
import { PROCESSOR_FILE, readProcessorFile } from './processor-config';
import { aspectSize, type Step } from './steps';

/** Images of several sizes in one tensor. */
export interface PaddedBatch {
  /** (B, 3, H, W) float32; zero beside the images */
  readonly pixelValues: Tensor;
  /** (B, H, W) bool; false beside the images */
  readonly pixelMask: Tensor;
}

/** From images of any size to the input of a detector: one tensor, padded, with a mask. */
export class DetectionProcessor {
  /** Those given, over the values of the paper. */
  readonly options: DetectionProcessorOptions;
  readonly #colours: ImageProcessor;

  /** Options that are left out have the values of the paper. */
  constructor(options: Partial<DetectionProcessorOptions> = {}) {
    const known: DetectionProcessorOptions = { ...detectionProcessorDefaults, padSize: undefined };
    const { padSize, ...rest } = resolveOptions('DetectionProcessor', known, options);
    this.options = padSize === undefined ? rest : { ...rest, padSize };
    const { doRescale, rescaleFactor, doNormalize, imageMean, imageStd } = this.options;
    this.#colours = new ImageProcessor({ doRescale, rescaleFactor, doNormalize, imageMean, imageStd });
  }

  /**
   * A processor with the options of a file.
   * @param json the content of a `preprocessor_config.json`
   * @param label what to call the file in errors
   * @throws InputError for values or classes that are not supported
   */
  static fromConfig(json: unknown, label = PROCESSOR_FILE): DetectionProcessor {
    return new DetectionProcessor(parseDetectionProcessorConfig(json, label));
  }

  /**
   * Reads `preprocessor_config.json` in a checkpoint folder.
   * @throws InputError when it is missing or broken
   */
  static fromFolder(folder: string): Promise<DetectionProcessor> {
    return readProcessorFile(folder, DetectionProcessor.fromConfig);
  }

  /** The content of a `preprocessor_config.json`. */
  toJSON(): Record<string, unknown> {
    return formatDetectionProcessorConfig(this.options);
  }

  /** What evaluation and prediction do to the geometry of an image. */
  changes(extent: Extent): Step[] {
    const { doResize, size, rounding } = this.options;
    if (!doResize) return [];
    const target =
      'shortestEdge' in size ? aspectSize(extent, size, rounding) : { width: size.width, height: size.height };
    return [{ kind: 'resize', ...target }];
  }

  /**
   * Resizes and normalises images, and puts them into one tensor.
   * @throws ShapeError when there is no image, or one does not fit into `padSize`
   */
  preprocess(images: RgbImage | readonly RgbImage[]): PaddedBatch {
    const all = Array.isArray(images) ? (images as readonly RgbImage[]) : [images as RgbImage];
    return torch.scoped(() => this.batch(all.map((image) => this.change(image, this.changes(image)))));
  }

  /** An image after some changes of its geometry: (1, 3, H, W) uint8. */
  change({ data, width, height }: RgbImage, steps: readonly Step[]): Tensor {
    return torch.scoped(() => {
      const pixels = torch.fromTypedArray(data, [1, height, width, 3], { copy: false }).permute([0, 3, 1, 2]); // (1, H, W, 3) -> (1, 3, H, W)
      return changePixels(steps, pixels, this.options.resample);
    });
  }

  /**
   * Normalises images and puts them into one tensor.
   * @param images each (1, 3, H, W) uint8
   * @throws ShapeError when there is none, or one does not fit into `padSize`
   */
  batch(images: readonly Tensor[]): PaddedBatch {
    const { height, width } = this.#paddedSize(images);
    return torch.scoped(() => {
      const pixelValues = torch.zeros([images.length, 3, height, width]);
      const pixelMask = torch.zeros([images.length, height, width], { dtype: 'bool' });
      images.forEach((pixels, index) => {
        const [, , h, w] = pixels.shape as [number, number, number, number];
        pixelValues.narrow(0, index, 1).narrow(2, 0, h).narrow(3, 0, w).copy_(this.#colours.normalize(pixels));
        pixelMask.select(0, index).narrow(0, 0, h).narrow(1, 0, w).fill_(true);
      });
      return { pixelValues, pixelMask };
    });
  }

  /** @internal For `nn.deepcopy`: nothing in it can change, so a copy would be no other. */
  deepCopy(): this {
    return this;
  }

  #paddedSize(images: readonly Tensor[]): Extent {
    if (images.length === 0) throw new ShapeError('Expected at least one image to preprocess, found none.');
    const largest = {
      height: Math.max(...images.map(({ shape }) => shape[2]!)),
      width: Math.max(...images.map(({ shape }) => shape[3]!)),
    };
    const { padSize = largest } = this.options;
    if (padSize.height >= largest.height && padSize.width >= largest.width) return padSize;
    throw new ShapeError(
      `Expected images of at most ${padSize.width} x ${padSize.height} (pad_size), found ${largest.width} x ${largest.height} after the resize; make the size smaller.`,
    );
  }
}
