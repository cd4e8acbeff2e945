import * as z from 'zod';
import {
  freeKeys as trainFreeKeys,
  group,
  onErrorKey,
  shardKeys,
  trainShape,
  withDefault,
} from '../../train/config/schema';
import { type ConfigSources, resolveConfig, withSizesOfCheckpoint } from '../../train/config/resolve';
import { RESNET_NAMES } from '../../models/resnet/shape';
import { detectionAugmentDefaults } from '../../vision/detection-augment';

const count = z.int().min(1);
const size = count.nullable().default(null);
const chance = z.number().min(0).max(1);
const text = z.string().nullable().default(null);
const { lr, weightDecay, decayAll, betas, eps } = trainShape.optimizer.shape;
const { flip, sizes, longestEdge, crop, cropFrom, cropSize } = detectionAugmentDefaults;

/** All that a vocdet run can be told. Null for a part of the model takes that of the checkpoint, or DETR-R50's. */
export const detectionSchema = z.strictObject({
  ...trainShape,
  clipNorm: withDefault(trainShape.clipNorm, 0.1),
  evaluate: group({
    ...trainShape.evaluate.unwrap().shape,
    batchSize: withDefault(trainShape.evaluate.unwrap().shape.batchSize, 8),
  }),
  optimizer: z.strictObject({
    lr: lr.describe('Peak learning rate of the transformer and the heads.'),
    backboneLr: z.number().min(0).describe('Peak learning rate of the convolutional network; 0 leaves it as it is.'),
    weightDecay: withDefault(weightDecay, 1e-4),
    decayAll: withDefault(decayAll, true),
    betas,
    eps,
  }),
  data: group({
    folder: text.describe(
      'VOC devkit, its archives, a COCO file, or folder or address of shards; null draws the embedded scenes and takes them.',
    ),
    images: text.describe("Folder or archive of a COCO file's images, where they do not lie beside it."),
    classes: text.describe('File with one class a line; null takes the classes that the dataset lists or shows.'),
    train: text.describe('Name of the training split, or several joined by "+"; null takes the one called so.'),
    val: text.describe('The same for validation.'),
    test: text.describe('The same for the test.'),
    difficult: z
      .enum(['keep', 'drop'])
      .default('keep')
      .describe('Whether objects marked difficult are there to be learnt.'),
    prefetch: count.default(4).describe('Batches to load ahead of the training step.'),
    ...onErrorKey,
    ...shardKeys,
  }),
  model: group({
    from: text.describe('Run folder, hub folder, hub name or .pth file to fine-tune; null starts from random weights.'),
    classMap: text.describe(
      "JSON file that says which row of the checkpoint's class head each class takes; null finds equal names.",
    ),
    backbone: z
      .enum(RESNET_NAMES as [string, ...string[]])
      .nullable()
      .default(null)
      .describe('A ResNet by its name, or by its sizes below.'),
    backboneWeights: text.describe('Weights of a classifier for the backbone: file, folder or hub name.'),
    depths: z.array(count).min(1).nullable().default(null).describe('Blocks of each stage, instead of `backbone`.'),
    widths: z
      .array(count)
      .min(2)
      .nullable()
      .default(null)
      .describe('Channels of the stem and then of each stage, instead of `backbone`.'),
    trainBatchNorm: z
      .boolean()
      .nullable()
      .default(null)
      .describe(
        'Whether the batch normalisations of the backbone train; only from random weights, and in batches that are large enough.',
      ),
    trainStages: z
      .array(z.int().min(0))
      .nullable()
      .default(null)
      .describe(
        'Stages of the backbone that train: 0 is the stem; null trains all but the first two of a pretrained one.',
      ),
    dModel: size.describe('Width of the transformer.'),
    numQueries: size.describe('Object queries: the most that is found in an image.'),
    encoderLayers: size.describe('Layers of the encoder.'),
    decoderLayers: size.describe('Layers of the decoder.'),
    attentionHeads: size.describe('Heads of each attention.'),
    ffnDim: size.describe('Width between the two linear layers of each block.'),
    dropout: chance.nullable().default(null).describe('Dropout probability.'),
    dilation: z
      .boolean()
      .nullable()
      .default(null)
      .describe('Dilates the last stage of the backbone instead of shrinking its map.'),
  }),
  backboneStart: group({
    epochs: z
      .int()
      .min(0)
      .default(0)
      .describe(
        'Epochs in which a backbone from random weights learns to name the classes in an image before the training; 0 leaves it out.',
      ),
    lr: withDefault(lr, 3e-3).describe('Peak learning rate of that.'),
  }),
  loss: group({
    auxiliary: z.boolean().default(true).describe('Losses on every decoder layer.'),
    noObject: z.number().min(0).default(0.1).describe('Weight of the class "no object".'),
    bbox: z.number().min(0).default(5).describe('Weight of the L1 distance.'),
    giou: z.number().min(0).default(2).describe('Weight of the generalized overlap.'),
  }),
  shortestEdge: size.describe(
    'Pixels of the shorter side in evaluation and prediction; null takes those of the checkpoint, or 800.',
  ),
  longestEdge: size.describe('Most pixels of the longer side then; null takes those of the checkpoint, or 1333.'),
  /** As the paper changes its training images (Carion et al. 2020, section A.4). */
  augment: group({
    flip: chance.default(flip).describe('Chance of a mirrored image.'),
    sizes: z
      .array(count)
      .min(1)
      .default([...sizes])
      .describe('Lengths, one of which the shorter side becomes.'),
    longestEdge: count.default(longestEdge).describe('Most pixels of the longer side.'),
    crop: chance.default(crop).describe('Chance that a part is cut out before.'),
    cropFrom: z
      .array(count)
      .min(1)
      .default([...cropFrom])
      .describe('Lengths, one of which the shorter side becomes before a part is cut out.'),
    cropSize: z
      .tuple([count, count])
      .default([...cropSize] as [number, number])
      .describe('Least and most pixels of each side of the part.'),
  }),
});

export type DetectionConfig = z.infer<typeof detectionSchema>;

/** Keys that a resumed run may change. */
export const freeKeys: readonly string[] = [
  ...trainFreeKeys,
  'data.folder',
  'data.images',
  'data.test',
  'data.prefetch',
  'data.shards.cache',
  'data.shards.cacheBytes',
];

export function resolveDetectionConfig(sources: ConfigSources): DetectionConfig {
  return resolveConfig(detectionSchema, withSizesOfCheckpoint(sources, resolveConfig(detectionSchema, sources)));
}
