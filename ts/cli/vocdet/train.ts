import type { Command } from 'commander';
import { type DetectionConfig, detectionSchema, freeKeys, resolveDetectionConfig } from '../../tasks/vocdet/config';
import type { FinalMetrics } from '../../tasks/vocdet/finish';
import { presets } from '../../tasks/vocdet/presets';
import { addReplay } from '../replay';
import { addSweep } from '../sweep';
import { addTrain, type TrainCommand } from '../train';

const HELP = `
Presets:
  tiny         drawn scenes, a small DETR from random weights: minutes on two cores (with nothing else given)
  small        a larger one, for a look at a sample of VOC (with --data given)
  r50          fine-tunes the published DETR-R50 on VOC: for a GPU (with model.from given)
  r50-scratch  the paper's recipe from an ImageNet backbone, 300 epochs: for many GPU hours

  vocdet train
  vocdet train --data VOCdevkit --preset r50 --set data.train=07+12 --set data.val=2007/test
  vocdet train --data birds --preset r50 --set data.classes=birds/classes.txt
  vocdet train --data instances_train.json --set data.images=train2017 --preset r50
  vocdet train --data coco --set data.train=train.json --set data.val=val.json --preset r50
  vocdet train --resume --run models/vocdet-r50`;

const command: TrainCommand<DetectionConfig, FinalMetrics> = {
  task: 'vocdet',
  summary: 'train a detector',
  description: 'Trains a detector of objects.',
  dataHint:
    "dataset in VOC's layout or COCO's format: folder, archive or file; or folder or address of shards (default: the drawn scenes)",
  help: HELP,
  presets,
  usualPreset: (data, startsFrom) => (startsFrom ? 'r50' : data === undefined ? 'tiny' : 'small'),
  resolve: resolveDetectionConfig,
  schema: detectionSchema,
  freeKeys,
  train: () => (require('../../tasks/vocdet/train') as typeof import('../../tasks/vocdet/train')).train,
  describe,
};

export function addDetectionTrain(program: Command): void {
  addTrain(program, command);
  addReplay(program, command);
  addSweep(program, command, 'AP50');
}

function describe({ test, val }: FinalMetrics): string {
  const percent = (share: number | null) => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);
  const metrics = test ?? val;
  if (!metrics) return 'no figures could be had';
  const { coco, voc07, voc12, images } = metrics;
  return `${test ? 'test' : 'val'}: AP50 ${percent(coco.AP50)}, AP ${percent(coco.AP)}, VOC 2007 mAP ${percent(voc07.mAP)}, VOC 2012 mAP ${percent(voc12.mAP)} over ${images} images`;
}
