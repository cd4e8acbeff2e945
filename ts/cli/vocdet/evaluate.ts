import type { Command } from 'commander';
import { UsageError } from '../../errors';
import type { Evaluation } from '../../tasks/vocdet/evaluate';
import { errorTypes } from '../../tasks/vocdet/evaluator/error-types';
import type { SplitMetrics } from '../../tasks/vocdet/metrics-table';
import { type DetectionMetric, detectionMetrics, valueOf } from '../../tasks/vocdet/metrics-table';
import type { InferenceOptions } from '../../tasks/prepared-model';
import { positiveInteger } from '../arguments';
import { addInferenceOptions } from '../inference-options';
import { ensureReady } from '../setup';
import { type Cell, textTable } from '../table';
import { terminal } from '../terminal';
import { print, printJson } from '../output';

interface Flags extends InferenceOptions {
  readonly run?: string;
  readonly data?: string;
  readonly images?: string;
  readonly classes?: string;
  readonly split: string;
  readonly zeroShot?: boolean;
  readonly device: string;
  readonly batchSize?: number;
  readonly bootstrap?: number;
  readonly json?: boolean;
  readonly allowNewHead?: boolean;
}

const HELP = `
<weights> is a run folder (its best checkpoint), a hub folder, a hub name (org/name) or a .pth file.
VOC's figures leave out objects marked difficult, and so do COCO's here: finding one is neither right nor wrong.
With --zero-shot a detector of COCO's classes is measured on VOC's without training.

  vocdet evaluate models/vocdet-tiny
  vocdet evaluate facebook/detr-resnet-50 --data VOCdevkit --split 2007/test --zero-shot`;

export function addDetectionEvaluate(program: Command): void {
  const command = program
    .command('evaluate')
    .summary('measure a detector on a dataset')
    .description('Measures a detector on one split of a dataset, by the protocols of VOC 2007, VOC 2012 and COCO.')
    .argument('[weights]', 'run folder, hub folder, hub name or .pth file')
    .option('--run <weights>', 'the weights, instead of the first argument')
    .option(
      '--data <folder>',
      'VOC devkit, its archives, or a COCO file (default: that of the run, else the drawn scenes)',
    )
    .option('--images <folder>', "folder or archive of a COCO file's images")
    .option('--classes <file>', 'file with one class a line (default: those of the dataset)')
    .option('--split <name>', 'train, val, test, or a split by its name, as 2007/test', 'test')
    .option('--zero-shot', "take the dataset's classes from the detector's own by their names")
    .option('--device <name>', 'auto, cpu, cuda, cuda:<n> or mps', 'auto');
  addInferenceOptions(command)
    .option('--batch-size <n>', 'images in a batch (default: as the run, else 8)', positiveInteger)
    .option('--bootstrap <n>', 'confidence intervals from so many drawn sets of images', positiveInteger)
    .option('--allow-new-head', 'use a head of random weights where the checkpoint brings none of this size')
    .option('--json', 'print the figures as one JSON object, with what lies behind them')
    .addHelpText('after', HELP)
    .action(async (first: string | undefined, flags: Flags) => {
      const weights = flags.run ?? first;
      if (weights === undefined)
        throw new UsageError(
          'Expected the weights (a run folder, a hub folder, a hub name or a .pth file), found nothing.',
        );
      await ensureReady();
      await run(weights, flags);
    });
}

async function run(weights: string, { device, json, bootstrap, ...flags }: Flags): Promise<void> {
  const { evaluate } = require('../../tasks/vocdet/evaluate') as typeof import('../../tasks/vocdet/evaluate');
  const { chooseDevice } = require('../../train/device') as typeof import('../../train/device');
  const drawn = bootstrap === undefined ? undefined : { samples: bootstrap };
  const metrics = await evaluate(weights, {
    ...flags,
    bootstrap: drawn,
    device: chooseDevice(device, terminal),
    listener: terminal,
  });
  if (json) printJson(metrics);
  else print(`${describe(metrics)}\n${describeErrors(metrics)}`);
}

/** What is wrong with the wrong detections: what AP50 would gain without, and how many there are. */
function describeErrors({ analysis: { errorTypes: errors } }: Evaluation): string {
  const rows = errorTypes.map((type): Cell[] => {
    const { dAP, count, confident } = errors.types[type];
    return [type, percent(dAP), count, confident ?? '-'];
  });
  return textTable([['errors', 'AP50 gain %', 'count', 'score > 0.5'], ...rows]);
}

/** The metrics of a split: a table of the classes, then what is told of all together. */
export function describe(split: SplitMetrics, metrics: readonly DetectionMetric[] = detectionMetrics): string {
  const { images, loss, coco, confidence } = split;
  const value = (metric: DetectionMetric) => percent(valueOf(metric, split));
  const byClass = metrics.flatMap((metric) => (metric.ofClass ? [{ metric, ofClass: metric.ofClass }] : []));
  const rows = Object.keys(coco.perClass).map((name): Cell[] => [
    name,
    ...byClass.map(({ ofClass }) => percent(ofClass(split, name))),
  ]);
  const lines = [
    textTable([
      ['class', ...byClass.map(({ metric }) => `${metric.label} %`)],
      ...rows,
      ['mean', ...byClass.map(({ metric }) => value(metric))],
    ]),
    `${metrics
      .filter((metric) => !metric.ofClass)
      .map((metric) => `${metric.label} ${value(metric)}`)
      .join(', ')}\n`,
  ];
  if (confidence) {
    const ranges = metrics.flatMap(({ label, interval }) =>
      interval ? [`${label} ${range(interval(confidence))}`] : [],
    );
    lines.push(`${100 * confidence.level} % intervals: ${ranges.join(', ')}\n`);
  }
  return `${lines.join('\n')}\n${images} images, loss ${loss.toFixed(4)}\n`;
}

function range(interval: readonly [number, number] | null): string {
  return interval ? `${percent(interval[0])} to ${percent(interval[1])}` : '-';
}

function percent(share: number | null): string {
  return share === null ? '-' : (100 * share).toFixed(2);
}
