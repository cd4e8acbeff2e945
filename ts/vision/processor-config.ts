import type * as zod from 'zod';
import { InputError } from '../errors';
import type { AspectTarget } from './steps';
import type { Extent } from './boxes';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Target of a resize: both sides; or the shorter one with the ratio kept, up to a longest one where there is such. */
export type Size = Extent | AspectTarget;

/** What `preprocessor_config.json` says, in our names. */
export interface ProcessorOptions {
  /** The class of transformers that the file was written by. @default 'ViTImageProcessor' */
  readonly type: string;
  /** @default true */
  readonly doResize: boolean;
  /** @default 224 x 224 */
  readonly size: Size;
  /** Pillow's number of the filter: 2 bilinear, 3 bicubic, both antialiased. @default 2 */
  readonly resample: 2 | 3;
  /** @default false */
  readonly doCenterCrop: boolean;
  readonly cropSize: { readonly height: number; readonly width: number };
  /** Whether bytes are multiplied by `rescaleFactor`. @default true */
  readonly doRescale: boolean;
  /** @default 1 / 255 */
  readonly rescaleFactor: number;
  /** @default true */
  readonly doNormalize: boolean;
  /** By channel: red, green, blue. @default 0.5 each */
  readonly imageMean: readonly number[];
  readonly imageStd: readonly number[];
}

const half = [0.5, 0.5, 0.5];
const square = (side: number) => ({ height: side, width: side });

const vitDefaults: ProcessorOptions = {
  type: 'ViTImageProcessor',
  doResize: true,
  size: square(224),
  resample: 2,
  doCenterCrop: false,
  cropSize: square(224),
  doRescale: true,
  rescaleFactor: 1 / 255,
  doNormalize: true,
  imageMean: half,
  imageStd: half,
};

/** What each class of transformers takes for a key that its file does not have. */
const defaultsByType: Readonly<Record<string, ProcessorOptions>> = {
  ViTImageProcessor: vitDefaults,
  DeiTImageProcessor: {
    ...vitDefaults,
    type: 'DeiTImageProcessor',
    size: square(256),
    resample: 3,
    doCenterCrop: true,
  },
};

export const processorDefaults: ProcessorOptions = vitDefaults;

let schema: ReturnType<typeof fileSchema> | undefined;

/** What a file may hold. The package zod is loaded with the first file: a program without checkpoints does without 10 MB of memory. */
function fileSchema() {
  const z = require('zod') as typeof zod;
  const side = z.int().min(1);
  const rectangle = z.object({ height: side, width: side });
  const channels = z.array(z.number()).length(3);
  return z.object({
    image_processor_type: z.string().nullish(),
    feature_extractor_type: z.string().nullish(),
    do_resize: z.boolean().nullish(),
    size: z
      .union(
        [side, rectangle, z.object({ shortest_edge: side, longest_edge: side.nullish() })],
        'expected a number, { height, width } or { shortest_edge } with or without longest_edge',
      )
      .nullish(),
    resample: z.union([z.literal(2), z.literal(3)], 'expected 2 (bilinear) or 3 (bicubic)').nullish(),
    do_center_crop: z.boolean().nullish(),
    crop_size: z.union([side, rectangle], 'expected a number or { height, width }').nullish(),
    do_rescale: z.boolean().nullish(),
    rescale_factor: z.number().positive().nullish(),
    do_normalize: z.boolean().nullish(),
    image_mean: channels.nullish(),
    image_std: channels.nullish(),
    do_pad: z.literal(false, 'expected false: padding is not done here').nullish(),
  });
}

type Json = zod.infer<ReturnType<typeof fileSchema>>;

/**
 * Reads the content of a `preprocessor_config.json`, of this or older versions of transformers.
 * @throws InputError naming the key that is wrong, or the class when it is not one known here
 */
export function parseProcessorConfig(json: unknown, label: string): ProcessorOptions {
  const parsed = (schema ??= fileSchema()).safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new InputError(`${label}: ${issue.path.length ? `${issue.path.join('.')}: ` : ''}${issue.message}.`);
  }
  const file = parsed.data;
  const defaults = defaultsOf(file, label);
  return {
    type: defaults.type,
    doResize: file.do_resize ?? defaults.doResize,
    size: sizeOf(file.size) ?? defaults.size,
    resample: file.resample ?? defaults.resample,
    doCenterCrop: file.do_center_crop ?? defaults.doCenterCrop,
    cropSize: typeof file.crop_size === 'number' ? square(file.crop_size) : (file.crop_size ?? defaults.cropSize),
    doRescale: file.do_rescale ?? defaults.doRescale,
    rescaleFactor: file.rescale_factor ?? defaults.rescaleFactor,
    doNormalize: file.do_normalize ?? defaults.doNormalize,
    imageMean: file.image_mean ?? defaults.imageMean,
    imageStd: file.image_std ?? defaults.imageStd,
  };
}

/** The content of `preprocessor_config.json`, as transformers writes it: keys in order, nothing that has no effect. */
export function formatProcessorConfig(options: ProcessorOptions): Record<string, unknown> {
  const { size, cropSize } = options;
  return {
    ...(options.doCenterCrop ? { crop_size: { ...cropSize }, do_center_crop: true } : {}),
    do_normalize: options.doNormalize,
    do_rescale: options.doRescale,
    do_resize: options.doResize,
    image_mean: [...options.imageMean],
    image_processor_type: options.type,
    image_std: [...options.imageStd],
    resample: options.resample,
    rescale_factor: options.rescaleFactor,
    size:
      'shortestEdge' in size
        ? {
            ...(size.longestEdge !== undefined && { longest_edge: size.longestEdge }),
            shortest_edge: size.shortestEdge,
          }
        : { height: size.height, width: size.width },
  };
}

/** Older files call the class a feature extractor, or name its fast or Pillow twin. */
function defaultsOf(file: Json, label: string): ProcessorOptions {
  const named = file.image_processor_type ?? file.feature_extractor_type ?? vitDefaults.type;
  const type = named.replace(/FeatureExtractor$/, 'ImageProcessor').replace(/(Fast|Pil)$/, '');
  const defaults = defaultsByType[type];
  if (defaults) return defaults;
  throw new InputError(
    `${label}: expected image_processor_type to be ${Object.keys(defaultsByType).join(' or ')}, found ${named}.`,
  );
}

function sizeOf(size: Json['size']): Size | undefined {
  if (size === undefined || size === null) return undefined;
  if (typeof size === 'number') return square(size);
  if (!('shortest_edge' in size)) return size;
  return { shortestEdge: size.shortest_edge, ...(size.longest_edge ? { longestEdge: size.longest_edge } : {}) };
}

export const PROCESSOR_FILE = 'preprocessor_config.json';

/**
 * Reads `preprocessor_config.json` of a checkpoint folder.
 * @param parse makes something of its content; gets the path for its errors
 * @throws InputError when the file is missing or broken
 */
export async function readProcessorFile<Result>(
  folder: string,
  parse: (json: unknown, label: string) => Result,
): Promise<Result> {
  const path = join(folder, PROCESSOR_FILE);
  try {
    return parse(JSON.parse(await readFile(path, 'utf8')), path);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(
      `Expected the preprocessing of a checkpoint in ${path}, but it cannot be read: ${(cause as Error).message}.`,
      { cause },
    );
  }
}
