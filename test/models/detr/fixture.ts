/** The tiny model of scripts/golden/detr.py, and what it is shown. */
import path from 'node:path';
import {
  DetrForObjectDetection,
  type DetectionOutput,
  type DetrLabels,
  type DetrOptions,
  type LoadOptions,
} from '../../../ts/models';
import * as torch from '../../../ts/tensor';
import type { Tensor } from '../../../ts/tensor';
import { goldenTensors } from '../../nn/golden';

export const FOLDER = path.join(__dirname, '..', '..', 'golden', 'detr');
export const golden = goldenTensors('detr');

export const BACKBONE = {
  embeddingSize: 8,
  hiddenSizes: [8, 12, 16, 20],
  depths: [1, 1, 1, 1],
  outFeatures: ['stage4'],
};

/** The tiny model as the goldens have it: all of its backbone trains. */
export async function load(options: DetrOptions & LoadOptions = {}): Promise<DetrForObjectDetection> {
  const model = await DetrForObjectDetection.fromPretrained(FOLDER, options);
  model.model.unfreezeBackbone();
  return model;
}

export function pixels(): Tensor {
  torch.manualSeed(1);
  return torch.randn([3, 3, 96, 128]);
}

export const mask = (): Tensor => golden.get('mask');

/** Some objects, none, and more than there are queries. */
export function batchLabels(): DetrLabels[] {
  return [0, 1, 2].map((image) => ({
    classLabels: golden.get(`labels.${image}.class_labels`),
    boxes: golden.get(`labels.${image}.boxes`),
  }));
}

export function noLabels(): DetrLabels[] {
  return [0, 1, 2].map(() => ({ classLabels: torch.zeros([0], { dtype: 'int64' }), boxes: torch.zeros([0, 4]) }));
}

/** The golden tensors below a prefix, without it. */
export function below(prefix: string): Record<string, Tensor> {
  const names = golden.names.filter((name) => name.startsWith(`${prefix}.`));
  return Object.fromEntries(names.map((name) => [name.slice(prefix.length + 1), golden.get(name)]));
}

export type { DetectionOutput };
