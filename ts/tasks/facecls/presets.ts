import { join } from 'node:path';
import type { FaceConfig } from './config';

const FACE_CACHE = join('data', 'interim', 'faces');

const common = {
  seed: 0,
  accumulate: 1,
  device: 'auto',
  clipNorm: 1,
  evaluate: { everyEpochs: 1, everySteps: 0, batchSize: 128, patience: 0 },
  checkpoint: { everyMinutes: 10, everySteps: 0 },
  log: { everySteps: 10 },
  balance: false,
} as const satisfies Partial<FaceConfig>;

const adamW = { betas: [0.9, 0.999] as [number, number], eps: 1e-8 };

/** A small ViT from random weights on the embedded faces: minutes on two cores. */
const tiny: FaceConfig = {
  ...common,
  epochs: 6,
  batchSize: 64,
  precision: 'float32',
  data: { folder: null, cache: FACE_CACHE, prefetch: 4 },
  model: {
    from: null,
    imageSize: 64,
    patchSize: 8,
    hiddenSize: 128,
    numHiddenLayers: 4,
    numAttentionHeads: 4,
    intermediateSize: 512,
    hiddenDropoutProb: 0,
  },
  augment: { flip: 0.5, cropArea: 1, colour: 0 },
  optimizer: { ...adamW, lr: 1e-3, headLr: null, weightDecay: 0.05, decayAll: true, layerDecay: 1 },
  schedule: { kind: 'oneCycle', warmup: 0.1, dropEpochs: 1, gamma: 1 },
};

/**
 * A ViT from random weights on a sample of CelebA, 64x64. The recipe has a twin in Python (transformers),
 * so the figures can be compared; that is why all parameters decay and only mirroring augments.
 */
const small: FaceConfig = {
  ...tiny,
  epochs: 8,
  model: { ...tiny.model, hiddenSize: 192, numHiddenLayers: 6, numAttentionHeads: 3, intermediateSize: 768 },
};

/** Fine-tuning of ViT-B/16, pretrained on ImageNet-21k, on the whole of CelebA at 224x224: for a GPU. */
const base: FaceConfig = {
  ...common,
  epochs: 3,
  batchSize: 128,
  precision: 'auto',
  data: { folder: null, cache: FACE_CACHE, prefetch: 8 },
  model: {
    from: 'google/vit-base-patch16-224-in21k',
    imageSize: null,
    patchSize: null,
    hiddenSize: null,
    numHiddenLayers: null,
    numAttentionHeads: null,
    intermediateSize: null,
    hiddenDropoutProb: null,
  },
  augment: { flip: 0.5, cropArea: 1, colour: 0 },
  optimizer: { ...adamW, lr: 5e-5, headLr: 5e-4, weightDecay: 0.05, decayAll: false, layerDecay: 0.75 },
  schedule: { kind: 'cosine', warmup: 500, dropEpochs: 1, gamma: 1 },
};

export const presets = { tiny, small, base } as const satisfies Record<string, FaceConfig>;
export type PresetName = keyof typeof presets;

export const presetNames = Object.keys(presets) as PresetName[];
