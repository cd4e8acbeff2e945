import * as z from 'zod';
import { type FaceConfig, faceSchema } from './config';

/** What differs from the defaults of the configuration. */
type Recipe = z.input<typeof faceSchema>;

/** A small ViT from random weights on the embedded faces: minutes on two cores. */
const tiny = {
  epochs: 6,
  batchSize: 64,
  precision: 'float32',
  model: {
    imageSize: 64,
    patchSize: 8,
    hiddenSize: 128,
    numHiddenLayers: 4,
    numAttentionHeads: 4,
    intermediateSize: 512,
    hiddenDropoutProb: 0,
  },
  optimizer: { lr: 1e-3, decayAll: true },
  schedule: { kind: 'oneCycle', warmup: 0.1 },
} satisfies Recipe;

/**
 * A ViT from random weights on a sample of CelebA, 64x64. The recipe has a twin in Python (transformers),
 * so the metrics can be compared; that is why all parameters decay and only mirroring augments.
 */
const small = {
  ...tiny,
  epochs: 8,
  model: { ...tiny.model, hiddenSize: 192, numHiddenLayers: 6, numAttentionHeads: 3, intermediateSize: 768 },
} satisfies Recipe;

/** Fine-tuning of ViT-B/16, pretrained on ImageNet-21k, on the whole of CelebA at 224x224: for a GPU. */
const base = {
  epochs: 3,
  batchSize: 128,
  data: { prefetch: 8 },
  model: { from: 'google/vit-base-patch16-224-in21k' },
  optimizer: { lr: 5e-5, headLr: 5e-4, layerDecay: 0.75 },
  schedule: { kind: 'cosine', warmup: 500 },
} satisfies Recipe;

const recipes = { tiny, small, base } satisfies Record<string, Recipe>;
export type PresetName = keyof typeof recipes;

export const presetNames = Object.keys(recipes) as PresetName[];

export const presets = Object.fromEntries(presetNames.map((name) => [name, faceSchema.parse(recipes[name])])) as Record<
  PresetName,
  FaceConfig
>;
