import { detectionAugmentDefaults } from '../../vision/detection-augment';
import type { DetectionConfig } from './config';

const { flip, sizes, longestEdge, crop, cropFrom, cropSize } = detectionAugmentDefaults;
/** As the paper changes its training images (Carion et al. 2020, section A.4). */
const paperAugment = {
  flip,
  sizes: [...sizes],
  longestEdge,
  crop,
  cropFrom: [...cropFrom],
  cropSize: [...cropSize] as [number, number],
};

const common = {
  seed: 0,
  accumulate: 1,
  device: 'auto',
  clipNorm: 0.1,
  evaluate: { everyEpochs: 1, everySteps: 0, batchSize: 8, patience: 0 },
  checkpoint: { everyMinutes: 10, everySteps: 0 },
  log: { everySteps: 10 },
  data: {
    folder: null,
    images: null,
    classes: null,
    train: null,
    val: null,
    test: null,
    difficult: 'keep',
    prefetch: 4,
  },
  backboneStart: { epochs: 0, lr: 3e-3 },
  loss: { auxiliary: true, noObject: 0.1, bbox: 5, giou: 2 },
} as const satisfies Partial<DetectionConfig>;

const adamW = { weightDecay: 1e-4, decayAll: true, betas: [0.9, 0.999] as [number, number], eps: 1e-8 };

const unchanged = {
  from: null,
  classMap: null,
  backbone: null,
  backboneWeights: null,
  depths: null,
  widths: null,
  trainBatchNorm: null,
  trainStages: null,
  dModel: null,
  numQueries: null,
  encoderLayers: null,
  decoderLayers: null,
  attentionHeads: null,
  ffnDim: null,
  dropout: null,
  dilation: null,
} satisfies DetectionConfig['model'];

/** A small DETR from random weights on the embedded scenes: minutes on two cores. */
const tiny: DetectionConfig = {
  ...common,
  epochs: 14,
  batchSize: 16,
  precision: 'float32',
  clipNorm: 1,
  evaluate: { ...common.evaluate, everyEpochs: 2, batchSize: 32 },
  model: {
    ...unchanged,
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
  backboneStart: { epochs: 5, lr: 3e-3 },
  loss: { ...common.loss, noObject: 0.25 },
  // All scenes then have sides of whole cells of the map (32 pixels), so that padding in a batch shifts nothing.
  shortestEdge: 128,
  longestEdge: 160,
  augment: { flip: 0.5, sizes: [128], longestEdge: 160, crop: 0, cropFrom: [144], cropSize: [112, 144] },
  optimizer: { ...adamW, lr: 3e-4, backboneLr: 1e-3 },
  schedule: { kind: 'oneCycle', warmup: 0.1, dropEpochs: 1, gamma: 1 },
};

/** A wider one from random weights on a sample of VOC: for a look at real images, not for figures, which take a pretrained start. */
const small: DetectionConfig = {
  ...tiny,
  epochs: 60,
  batchSize: 8,
  evaluate: { ...tiny.evaluate, everyEpochs: 10, batchSize: 8 },
  model: { ...tiny.model, widths: [32, 32, 64, 128, 256], numQueries: 50, dropout: 0.1 },
  backboneStart: { epochs: 20, lr: 3e-3 },
  shortestEdge: 192,
  longestEdge: 320,
  augment: {
    flip: 0.5,
    sizes: [160, 176, 192, 208, 224],
    longestEdge: 320,
    crop: 0.5,
    cropFrom: [192, 224, 256],
    cropSize: [144, 224],
  },
};

/**
 * Fine-tuning of the published DETR-R50 on VOC: the rows of its class head that VOC needs are copied, and it trains at a
 * tenth of the paper's rates, for a few epochs.
 */
const r50: DetectionConfig = {
  ...common,
  epochs: 12,
  batchSize: 8,
  precision: 'auto',
  model: { ...unchanged, from: 'facebook/detr-resnet-50' },
  shortestEdge: null,
  longestEdge: null,
  augment: paperAugment,
  optimizer: { ...adamW, lr: 1e-5, backboneLr: 1e-6 },
  schedule: { kind: 'step', warmup: 0, dropEpochs: 8, gamma: 0.1 },
};

/**
 * The paper's recipe (Carion et al. 2020, section 4): 300 epochs, both rates a tenth after 200, the backbone from ImageNet.
 * A batch of 16 as on the authors' eight GPUs; it wants tens of thousands of images.
 */
const r50Scratch: DetectionConfig = {
  ...r50,
  epochs: 300,
  batchSize: 16,
  precision: 'float32',
  model: { ...unchanged, backbone: 'resnet50', backboneWeights: 'timm/resnet50.a1_in1k', numQueries: 100 },
  optimizer: { ...adamW, lr: 1e-4, backboneLr: 1e-5 },
  schedule: { kind: 'step', warmup: 0, dropEpochs: 200, gamma: 0.1 },
};

export const presets = { tiny, small, r50, 'r50-scratch': r50Scratch } as const satisfies Record<
  string,
  DetectionConfig
>;
export type PresetName = keyof typeof presets;

export const presetNames = Object.keys(presets) as PresetName[];
