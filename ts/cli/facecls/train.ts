import type { Command } from 'commander';
import { type FaceConfig, faceSchema, freeKeys, resolveFaceConfig } from '../../tasks/facecls/config';
import type { FinalMetrics } from '../../tasks/facecls/finish';
import { presets } from '../../tasks/facecls/presets';
import { addReplay } from '../replay';
import { addSweep } from '../sweep';
import { addTrain, type TrainCommand } from '../train';

const HELP = `
Presets:
  tiny    drawn faces, a small ViT: minutes on two cores (with nothing else given)
  small   a ViT from random weights at 64x64, for a sample of CelebA (with --data given)
  base    fine-tunes ViT-B/16 of the hub at 224x224 on the whole of CelebA: for a GPU (with model.from given)

  facecls train
  facecls train --data celeba --preset small --run models/celeba
  facecls train --resume --run models/celeba
  facecls train --data celeba --set epochs=3 --set optimizer.lr=3e-4
  facecls train --data celeba --set model.from=models/celeba`;

const command: TrainCommand<FaceConfig, FinalMetrics> = {
  task: 'facecls',
  summary: 'train a classifier',
  description: 'Trains a classifier of facial attributes.',
  dataHint: 'dataset in the CelebA format, or folder or address of its shards (default: the drawn faces)',
  help: HELP,
  presets,
  usualPreset: (data, startsFrom) => (startsFrom ? 'base' : data === undefined ? 'tiny' : 'small'),
  resolve: resolveFaceConfig,
  schema: faceSchema,
  freeKeys,
  train: () => (require('../../tasks/facecls/train') as typeof import('../../tasks/facecls/train')).train,
  describe,
};

export function addFaceTrain(program: Command): void {
  addTrain(program, command);
  addReplay(program, command);
  addSweep(program, command, 'meanAccuracy');
}

function describe({ test, val }: FinalMetrics): string {
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const metrics = test ?? val;
  if (!metrics) return 'no figures could be had';
  const { meanAccuracy, majorityBaseline, images } = metrics;
  return `${test ? 'test' : 'val'}: mean accuracy ${percent(meanAccuracy)} (majority baseline ${percent(majorityBaseline)}) over ${images} images`;
}
