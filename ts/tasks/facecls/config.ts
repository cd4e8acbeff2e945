import { join } from 'node:path';
import * as z from 'zod';
import { UsageError } from '../../errors';
import { isGroup } from '../../train/config/keys';
import { freeKeys as trainFreeKeys, group, onErrorKey, shardKeys, trainShape } from '../../train/config/schema';
import { type ConfigSources, resolveConfig, withSizesOfCheckpoint } from '../../train/config/resolve';

const size = z.int().min(1).nullable().default(null);
const chance = z.number().min(0).max(1);

/** All that a facecls run can be told. Null for a size of the model takes that of the checkpoint, or ViT-B/16's. */
export const faceSchema = z.strictObject({
  ...trainShape,
  data: group({
    folder: z
      .string()
      .nullable()
      .default(null)
      .describe(
        'Folder in the CelebA format, or folder or address of its shards; null draws the embedded faces and takes them.',
      ),
    cache: z
      .string()
      .nullable()
      .default(join('data', 'interim', 'faces'))
      .describe('Folder in which resized images are kept when they fit into 4 GiB; null keeps none.'),
    prefetch: z.int().min(1).default(4).describe('Batches to load ahead of the training step.'),
    ...onErrorKey,
    ...shardKeys,
  }),
  model: group({
    from: z
      .string()
      .nullable()
      .default(null)
      .describe('Hub folder, run folder or hub name to fine-tune; null starts from random weights.'),
    type: z
      .string()
      .nullable()
      .default(null)
      .describe('Kind of the model from random weights, as its `model_type`; null is a ViT.'),
    options: z
      .record(z.string(), z.json())
      .nullable()
      .default(null)
      .describe("Other options of the model's configuration, by their names."),
    imageSize: size.describe('Pixels of a side of the input.'),
    patchSize: size.describe('Pixels of a side of a patch.'),
    hiddenSize: size.describe('Width of the tokens.'),
    numHiddenLayers: size.describe('Blocks of the encoder.'),
    numAttentionHeads: size.describe('Heads of each attention.'),
    intermediateSize: size.describe('Width between the two layers of each MLP.'),
    hiddenDropoutProb: chance.nullable().default(null).describe('Dropout probability.'),
  }),
  augment: group({
    flip: chance.default(0.5).describe('Chance of a mirrored image.'),
    cropArea: z
      .number()
      .positive()
      .max(1)
      .default(1)
      .describe("Smallest share of the image's area that a random crop keeps; 1 does not crop."),
    colour: chance
      .default(0)
      .describe('Largest relative change of brightness, contrast and saturation; 0 changes nothing.'),
  }),
  balance: z
    .boolean()
    .default(false)
    .describe("Whether a rare attribute's yeses weigh as much in the loss as its noes."),
});

export type FaceConfig = z.infer<typeof faceSchema>;

/** Keys that a resumed run may change. */
export const freeKeys: readonly string[] = [
  ...trainFreeKeys,
  'data.folder',
  'data.cache',
  'data.prefetch',
  'data.onError',
  'data.shards.cache',
  'data.shards.cacheBytes',
];

/**
 * A checkpoint brings its own sizes: those of a preset are for random weights, and give way where a checkpoint is named over it.
 * Where another kind of model is, those stay that it has.
 */
export function resolveFaceConfig(sources: ConfigSources): FaceConfig {
  const config = resolveConfig(faceSchema, sources);
  return resolveConfig(faceSchema, withSizesOfType(withSizesOfCheckpoint(sources, config), config.model.type));
}

function withSizesOfType(sources: ConfigSources, type: string | null): ConfigSources {
  const { base } = sources;
  const own = base['model'];
  if (type === null || !isGroup(own) || (own['type'] ?? null) === type) return sources;
  // Only now: the commands read this file before there is an addon.
  const { AutoConfig, AutoModelForImageClassification } = require('../../models') as typeof import('../../models');
  if (!AutoModelForImageClassification.modelTypes.includes(type))
    throw new UsageError(
      `model.type: expected a registered classifier of images (${AutoModelForImageClassification.modelTypes.join(', ')}), found "${type}".`,
    );
  const { fields } = AutoConfig.classOf(type);
  const known = Object.entries(own).filter(([key]) => !isSize(key) || Object.hasOwn(fields, key));
  return { ...sources, base: { ...base, model: Object.fromEntries(known) } };
}

/** Whether a key under `model` is an option of the model's configuration. */
function isSize(key: string): boolean {
  return key !== 'from' && key !== 'type' && key !== 'options';
}
