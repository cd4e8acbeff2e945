/** The two models in the smallest sizes that have all of their parts, and images for them. */
import {
  DetrForObjectDetection,
  ViTForImageClassification,
  type DetrInput,
  type DetrOptions,
  type ViTOptions,
} from '../../ts/models';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { BACKBONE } from '../models/detr/fixture';

export const VIT = {
  hiddenSize: 32,
  numHiddenLayers: 3,
  numAttentionHeads: 4,
  intermediateSize: 64,
  imageSize: 32,
  patchSize: 8,
  numLabels: 5,
} satisfies ViTOptions;

export const DETR = {
  useTimmBackbone: false,
  backboneConfig: BACKBONE,
  dModel: 32,
  encoderLayers: 2,
  decoderLayers: 2,
  encoderAttentionHeads: 4,
  decoderAttentionHeads: 4,
  encoderFfnDim: 64,
  decoderFfnDim: 64,
  numQueries: 7,
  numLabels: 4,
} satisfies DetrOptions;

/** One layer of each: what a shape or a state does to one it does to all. */
export const vit = (options: ViTOptions = {}): ViTForImageClassification =>
  ViTForImageClassification.fromConfig({ ...VIT, numHiddenLayers: 1, ...options }).eval();

export const detr = (options: DetrOptions = {}): DetrForObjectDetection =>
  DetrForObjectDetection.fromConfig({ ...DETR, encoderLayers: 1, decoderLayers: 1, ...options }).eval();

type Extent = readonly [batch: number, height: number, width: number];

/** A mask of zeros with ones in some rows and columns of each image. */
function leaving(extent: Extent, [top, rows]: readonly number[], [left, columns]: readonly number[]): Tensor {
  const mask = torch.zeros(extent, { dtype: 'int64' });
  mask.narrow(1, top!, rows!).narrow(2, left!, columns!).fill_(1);
  return mask;
}

/** Masks (B, H, W) by what they leave of the images. */
export const MASKS: Readonly<Record<string, (extent: Extent) => Tensor>> = {
  all: (extent) => torch.ones(extent, { dtype: 'int64' }),
  none: (extent) => torch.zeros(extent, { dtype: 'int64' }),
  'the first pixel': (extent) => leaving(extent, [0, 1], [0, 1]),
  'the last pixel': (extent) => leaving(extent, [extent[1] - 1, 1], [extent[2] - 1, 1]),
  'all but the last pixel': (extent) => {
    const mask = torch.ones(extent, { dtype: 'int64' });
    mask
      .select(1, extent[1] - 1)
      .select(1, extent[2] - 1)
      .fill_(0);
    return mask;
  },
  'the upper rows': (extent) => leaving(extent, [0, Math.ceil(extent[1] / 2)], [0, extent[2]]),
  'a column in the middle': (extent) => leaving(extent, [0, extent[1]], [extent[2] >> 1, 1]),
  'all of the first image, and less of each next one': (extent) => {
    const [batch, height, width] = extent;
    const parts = Array.from({ length: batch }, (_, i) =>
      leaving([1, height, width], [0, Math.ceil(height / (i + 1))], [0, Math.ceil(width / (i + 1))]),
    );
    return torch.cat(parts, 0);
  },
};

/** An image batch (B, 3, H, W) with its mask. */
export const batchOf = (extent: Extent, mask?: string): DetrInput => ({
  pixelValues: torch.randn([extent[0], 3, extent[1], extent[2]]),
  ...(mask !== undefined && { pixelMask: MASKS[mask]!(extent) }),
});
