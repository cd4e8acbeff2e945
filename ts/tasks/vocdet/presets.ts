import * as z from 'zod';
import { type DetectionConfig, detectionSchema } from './config';

/** What differs from the defaults of the configuration. */
type Recipe = z.input<typeof detectionSchema>;

/** A small DETR from random weights on the embedded scenes: minutes on two cores. */
const tiny = {
  epochs: 14,
  batchSize: 16,
  precision: 'float32',
  clipNorm: 1,
  evaluate: { everyEpochs: 2, batchSize: 32 },
  model: {
    depths: [2, 2, 2, 2],
    widths: [16, 16, 32, 64, 128],
    trainBatchNorm: true,
    dModel: 128,
    numQueries: 16,
    encoderLayers: 2,
    decoderLayers: 3,
    attentionHeads: 8,
    ffnDim: 256,
    dropout: 0,
  },
  backboneStart: { epochs: 5 },
  loss: { noObject: 0.25 },
  // All scenes then have sides of whole cells of the map (32 pixels), so that padding in a batch shifts nothing.
  shortestEdge: 128,
  longestEdge: 160,
  augment: { sizes: [128], longestEdge: 160, crop: 0, cropFrom: [144], cropSize: [112, 144] },
  optimizer: { lr: 3e-4, backboneLr: 1e-3 },
  schedule: { kind: 'oneCycle', warmup: 0.1 },
} satisfies Recipe;

/** A wider one from random weights on a sample of VOC: for a look at real images, not for figures, which take a pretrained start. */
const small = {
  ...tiny,
  epochs: 60,
  batchSize: 8,
  evaluate: { everyEpochs: 10 },
  model: { ...tiny.model, widths: [32, 32, 64, 128, 256], numQueries: 50, dropout: 0.1 },
  backboneStart: { epochs: 20 },
  shortestEdge: 192,
  longestEdge: 320,
  augment: { sizes: [160, 176, 192, 208, 224], longestEdge: 320, cropFrom: [192, 224, 256], cropSize: [144, 224] },
} satisfies Recipe;

/**
 * Fine-tuning of the published DETR-R50 on VOC: the rows of its class head that VOC needs are copied, and it trains at a
 * tenth of the paper's rates, for a few epochs.
 */
const r50 = {
  epochs: 12,
  batchSize: 8,
  model: { from: 'facebook/detr-resnet-50' },
  optimizer: { lr: 1e-5, backboneLr: 1e-6 },
  schedule: { kind: 'step', dropEpochs: 8, gamma: 0.1 },
} satisfies Recipe;

/**
 * The paper's recipe (Carion et al. 2020, section 4): 300 epochs, both rates a tenth after 200, the backbone from ImageNet.
 * A batch of 16 as on the authors' eight GPUs; it wants tens of thousands of images.
 */
const r50Scratch = {
  epochs: 300,
  batchSize: 16,
  precision: 'float32',
  model: { backbone: 'resnet50', backboneWeights: 'timm/resnet50.a1_in1k', numQueries: 100 },
  optimizer: { lr: 1e-4, backboneLr: 1e-5 },
  schedule: { kind: 'step', dropEpochs: 200, gamma: 0.1 },
} satisfies Recipe;

const recipes = { tiny, small, r50, 'r50-scratch': r50Scratch } satisfies Record<string, Recipe>;
export type PresetName = keyof typeof recipes;

export const presetNames = Object.keys(recipes) as PresetName[];

export const presets = Object.fromEntries(
  presetNames.map((name) => [name, detectionSchema.parse(recipes[name])]),
) as Record<PresetName, DetectionConfig>;
