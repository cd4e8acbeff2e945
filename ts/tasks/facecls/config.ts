import * as z from 'zod';
import { freeKeys as trainFreeKeys, trainShape } from '../../train/config/schema';
import { type ConfigSources, resolveConfig, withSizesOfCheckpoint } from '../../train/config/resolve';

const size = z.int().min(1).nullable();
const chance = z.number().min(0).max(1);

/** All that a facecls run can be told. Null for a size of the model takes that of the checkpoint, or ViT-B/16's. */
export const faceSchema = z.strictObject({
  ...trainShape,
  data: z.strictObject({
    /** Folder in the CelebA format; null draws the embedded faces and takes them. */
    folder: z.string().nullable(),
    /** Folder in which resized images are kept when they fit into 4 GiB; null keeps none. */
    cache: z.string().nullable(),
    /** Batches to load ahead of the training step. */
    prefetch: z.int().min(1),
  }),
  model: z.strictObject({
    /** Hub folder, run folder or hub name to fine-tune; null starts from random weights. */
    from: z.string().nullable(),
    imageSize: size,
    patchSize: size,
    hiddenSize: size,
    numHiddenLayers: size,
    numAttentionHeads: size,
    intermediateSize: size,
    hiddenDropoutProb: chance.nullable(),
  }),
  augment: z.strictObject({
    /** Chance of a mirrored image. */
    flip: chance,
    /** Smallest share of the image's area that a random crop keeps; 1 does not crop. */
    cropArea: z.number().positive().max(1),
    /** Largest relative change of brightness, contrast and saturation; 0 changes nothing. */
    colour: chance,
  }),
  /** Whether a rare attribute's yeses weigh as much in the loss as its noes. */
  balance: z.boolean(),
});

export type FaceConfig = z.infer<typeof faceSchema>;

/** Keys that a resumed run may change. */
export const freeKeys: readonly string[] = [...trainFreeKeys, 'data'];

/** A checkpoint brings its own sizes: those of a preset are for random weights, and give way where a checkpoint is named over it. */
export function resolveFaceConfig(sources: ConfigSources): FaceConfig {
  return resolveConfig(faceSchema, withSizesOfCheckpoint(sources, resolveConfig(faceSchema, sources)));
}
