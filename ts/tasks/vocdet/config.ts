import * as z from 'zod';
import { freeKeys as trainFreeKeys, trainShape } from '../../train/config/schema';
import { type ConfigSources, resolveConfig, withSizesOfCheckpoint } from '../../train/config/resolve';
import { RESNET_NAMES } from '../../models/resnet';

const count = z.int().min(1);
const size = count.nullable();
const chance = z.number().min(0).max(1);
const text = z.string().nullable();
const { lr, weightDecay, decayAll, betas, eps } = trainShape.optimizer.shape;

/** All that a vocdet run can be told. Null for a part of the model takes that of the checkpoint, or DETR-R50's. */
export const detectionSchema = z.strictObject({
  ...trainShape,
  optimizer: z.strictObject({
    /** Peak learning rate of the transformer and the heads. */
    lr,
    /** Peak learning rate of the convolutional network; 0 leaves it as it is. */
    backboneLr: z.number().min(0),
    weightDecay,
    decayAll,
    betas,
    eps,
  }),
  data: z.strictObject({
    /** VOC devkit, its archives, or a COCO file; null draws the embedded scenes and takes them. */
    folder: text,
    /** Folder or archive of a COCO file's images, where they do not lie beside it. */
    images: text,
    /** File with one class a line; null takes the classes that the dataset lists or shows. */
    classes: text,
    /** Names of the splits, several joined by "+"; null takes those called so. */
    train: text,
    val: text,
    test: text,
    /** Whether objects marked difficult are there to be learnt. */
    difficult: z.enum(['keep', 'drop']),
    /** Batches to load ahead of the training step. */
    prefetch: count,
  }),
  model: z.strictObject({
    /** Run folder, hub folder, hub name or .pth file to fine-tune; null starts from random weights. */
    from: text,
    /** JSON file that says which row of the checkpoint's class head each class takes; null finds equal names. */
    classMap: text,
    /** A ResNet by its name, or by its sizes below. */
    backbone: z.enum(RESNET_NAMES as [string, ...string[]]).nullable(),
    /** Weights of a classifier for the backbone: file, folder or hub name. */
    backboneWeights: text,
    /** Blocks of each stage, instead of `backbone`. */
    depths: z.array(count).min(1).nullable(),
    /** Channels of the stem and then of each stage, instead of `backbone`. */
    widths: z.array(count).min(2).nullable(),
    /** Whether the batch normalisations of the backbone train; only from random weights, and in batches that are large enough. */
    trainBatchNorm: z.boolean().nullable(),
    /** Stages of the backbone that train: 0 is the stem; null trains all but the first two of a pretrained one. */
    trainStages: z.array(z.int().min(0)).nullable(),
    dModel: size,
    numQueries: size,
    encoderLayers: size,
    decoderLayers: size,
    attentionHeads: size,
    ffnDim: size,
    dropout: chance.nullable(),
    /** Dilates the last stage of the backbone instead of shrinking its map. */
    dilation: z.boolean().nullable(),
  }),
  /** Before the training a backbone from random weights may learn to name the classes in an image. */
  backboneStart: z.strictObject({
    /** 0 leaves it out. */
    epochs: z.int().min(0),
    /** Peak learning rate. */
    lr,
  }),
  loss: z.strictObject({
    /** Losses on every decoder layer. */
    auxiliary: z.boolean(),
    /** Weights of the class "no object", of the L1 distance and of the generalized overlap. */
    noObject: z.number().min(0),
    bbox: z.number().min(0),
    giou: z.number().min(0),
  }),
  /** Sizes in pixels that images have in evaluation and prediction; null takes those of the checkpoint, or 800 and 1333. */
  shortestEdge: size,
  longestEdge: size,
  augment: z.strictObject({
    /** Chance of a mirrored image. */
    flip: chance,
    /** Lengths, one of which the shorter side becomes. */
    sizes: z.array(count).min(1),
    /** Most pixels of the longer side. */
    longestEdge: count,
    /** Chance that a part is cut out before. */
    crop: chance,
    /** Lengths, one of which the shorter side becomes before a part is cut out. */
    cropFrom: z.array(count).min(1),
    /** Least and most pixels of each side of the part. */
    cropSize: z.tuple([count, count]),
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
];

export function resolveDetectionConfig(sources: ConfigSources): DetectionConfig {
  return resolveConfig(detectionSchema, withSizesOfCheckpoint(sources, resolveConfig(detectionSchema, sources)));
}
