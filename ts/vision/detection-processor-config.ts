import type * as zod from 'zod';
import { InputError } from '../errors';
import type { AspectTarget, Rounding } from './steps';
import type { Extent } from './boxes';

/** What the `preprocessor_config.json` of a detector says, in our names. */
export interface DetectionProcessorOptions {
  /** @default true */
  readonly doResize: boolean;
  /** With the proportions kept, or to a fixed size. @default 800, at most 1333 */
  readonly size: AspectTarget | Extent;
  /** See `Rounding`. @default 'original' */
  readonly rounding: Rounding;
  /** Pillow's number of the filter: 2 bilinear, 3 bicubic, both antialiased. @default 2 */
  readonly resample: 2 | 3;
  /** Whether bytes are multiplied by `rescaleFactor`. @default true */
  readonly doRescale: boolean;
  /** @default 1 / 255 */
  readonly rescaleFactor: number;
  /** @default true */
  readonly doNormalize: boolean;
  /** By channel: red, green, blue. @default ImageNet's */
  readonly imageMean: readonly number[];
  readonly imageStd: readonly number[];
  /** The size that every image is padded to. @default that of the largest of its batch */
  readonly padSize?: Extent;
}

/** The paper's. */
export const detectionProcessorDefaults: DetectionProcessorOptions = {
  doResize: true,
  size: { shortestEdge: 800, longestEdge: 1333 },
  rounding: 'original',
  resample: 2,
  doRescale: true,
  rescaleFactor: 1 / 255,
  doNormalize: true,
  imageMean: [0.485, 0.456, 0.406],
  imageStd: [0.229, 0.224, 0.225],
};

const TYPE = 'DetrImageProcessor';

let schema: ReturnType<typeof fileSchema> | undefined;

/** What a file may hold; zod is loaded with the first one. */
function fileSchema() {
  const z = require('zod') as typeof zod;
  const side = z.int().min(1);
  const rectangle = z.object({ height: side, width: side });
  const channels = z.array(z.number()).length(3);
  const sizes = z.union(
    [side, rectangle, z.object({ shortest_edge: side, longest_edge: side.nullish() })],
    'expected a number, { height, width } or { shortest_edge, longest_edge }',
  );
  return z.object({
    image_processor_type: z.string().nullish(),
    feature_extractor_type: z.string().nullish(),
    do_resize: z.boolean().nullish(),
    size: sizes.nullish(),
    max_size: side.nullish(),
    rounding: z.enum(['original', 'transformers']).nullish(),
    resample: z.union([z.literal(2), z.literal(3)], 'expected 2 (bilinear) or 3 (bicubic)').nullish(),
    do_rescale: z.boolean().nullish(),
    rescale_factor: z.number().positive().nullish(),
    do_normalize: z.boolean().nullish(),
    image_mean: channels.nullish(),
    image_std: channels.nullish(),
    pad_size: rectangle.nullish(),
  });
}

/**
 * Reads the content of a `preprocessor_config.json` of DETR, of this or older versions of transformers. Files that do not
 * say how sizes are rounded are transformers' own.
 * @throws InputError naming the key that is wrong, or the class when it is another
 */
export function parseDetectionProcessorConfig(json: unknown, label: string): DetectionProcessorOptions {
  const parsed = (schema ??= fileSchema()).safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new InputError(`${label}: ${issue.path.length ? `${issue.path.join('.')}: ` : ''}${issue.message}.`);
  }
  const file = parsed.data;
  const named = file.image_processor_type ?? file.feature_extractor_type ?? TYPE;
  if (named.replace(/FeatureExtractor$/, 'ImageProcessor').replace(/(Fast|Pil)$/, '') !== TYPE) {
    throw new InputError(`${label}: expected image_processor_type to be ${TYPE}, found ${named}.`);
  }
  const defaults = detectionProcessorDefaults;
  return {
    doResize: file.do_resize ?? defaults.doResize,
    size: sizeOf(file.size, file.max_size ?? 1333) ?? defaults.size,
    rounding: file.rounding ?? 'transformers',
    resample: file.resample ?? defaults.resample,
    doRescale: file.do_rescale ?? defaults.doRescale,
    rescaleFactor: file.rescale_factor ?? defaults.rescaleFactor,
    doNormalize: file.do_normalize ?? defaults.doNormalize,
    imageMean: file.image_mean ?? defaults.imageMean,
    imageStd: file.image_std ?? defaults.imageStd,
    ...(file.pad_size ? { padSize: file.pad_size } : {}),
  };
}

/** The content of `preprocessor_config.json`, as transformers writes it; `rounding` is a key that it passes over. */
export function formatDetectionProcessorConfig(options: DetectionProcessorOptions): Record<string, unknown> {
  const { size, padSize } = options;
  return {
    do_normalize: options.doNormalize,
    do_pad: true,
    do_rescale: options.doRescale,
    do_resize: options.doResize,
    format: 'coco_detection',
    image_mean: [...options.imageMean],
    image_processor_type: TYPE,
    image_std: [...options.imageStd],
    ...(padSize ? { pad_size: { ...padSize } } : {}),
    resample: options.resample,
    rescale_factor: options.rescaleFactor,
    rounding: options.rounding,
    size:
      'shortestEdge' in size
        ? { longest_edge: size.longestEdge ?? null, shortest_edge: size.shortestEdge }
        : { height: size.height, width: size.width },
  };
}

/** @param longest what a file with a bare number, the way of older versions, limits the longer side to */
function sizeOf(
  size: zod.infer<ReturnType<typeof fileSchema>>['size'],
  longest: number,
): DetectionProcessorOptions['size'] | undefined {
  if (size === undefined || size === null) return undefined;
  if (typeof size === 'number') return { shortestEdge: size, longestEdge: longest };
  if ('height' in size) return size;
  return { shortestEdge: size.shortest_edge, ...(size.longest_edge ? { longestEdge: size.longest_edge } : {}) };
}
