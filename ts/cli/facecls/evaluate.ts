import { type Command, Option } from 'commander';
import { UsageError } from '../../errors';
import {
  type AttributeMetric,
  attributeMetrics,
  type AttributeMetrics,
  metricAt,
  type SplitMetrics,
} from '../../tasks/facecls/metrics';
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
  readonly split: 'train' | 'val' | 'test';
  readonly device: string;
  readonly batchSize: number;
  readonly json?: boolean;
  readonly allowNewHead?: boolean;
}

const HELP = `
<weights> is a run folder (its best checkpoint), a hub folder or a hub name (org/name).
The baseline answers always what is more frequent in the training split of the dataset.

  facecls evaluate models/facecls-tiny
  facecls evaluate models/celeba --data celeba --split val --json`;

export function addEvaluate(program: Command): void {
  const command = program
    .command('evaluate')
    .summary('measure a classifier on a dataset')
    .description('Measures a classifier on one split of a dataset.')
    .argument('[weights]', 'run folder, hub folder or hub name')
    .option('--run <weights>', 'the weights, instead of the first argument')
    .option('--data <folder>', 'dataset in the CelebA format (default: that of the run, else the drawn faces)')
    .addOption(new Option('--split <name>', 'which part of it').choices(['train', 'val', 'test']).default('test'))
    .option('--device <name>', 'auto, cpu, cuda, cuda:<n> or mps', 'auto');
  addInferenceOptions(command)
    .option('--batch-size <n>', 'images in a batch', positiveInteger, 128)
    .option('--allow-new-head', 'use a head of random weights where the checkpoint brings none of this size')
    .option('--json', 'print the figures as one JSON object')
    .addHelpText('after', HELP)
    .action(async (first: string | undefined, flags: Flags) => {
      const weights = flags.run ?? first;
      if (weights === undefined)
        throw new UsageError('Expected the weights (a run folder, a hub folder or a hub name), found nothing.');
      await ensureReady();
      await run(weights, flags);
    });
}

async function run(weights: string, { device, json, ...flags }: Flags): Promise<void> {
  const { evaluate } = require('../../tasks/facecls/evaluate') as typeof import('../../tasks/facecls/evaluate');
  const { chooseDevice } = require('../../train/device') as typeof import('../../train/device');
  const metrics = await evaluate(weights, { ...flags, device: chooseDevice(device, terminal), listener: terminal });
  if (json) printJson(metrics);
  else print(describe(metrics));
}

/** The metrics of a split as a table. */
export function describe(split: SplitMetrics, metrics: readonly AttributeMetric[] = attributeMetrics): string {
  const { images, loss, perAttribute } = split;
  const shown = metrics.filter(({ mean }) => mean !== undefined);
  const row = (item: AttributeMetrics): Cell[] => [
    item.name,
    Math.round(item.positives * images),
    ...shown.map(({ key }) => percent(metricAt(item, key))),
  ];
  const head = ['attribute', 'support', ...shown.map(({ label }) => `${label} %`)];
  const means = ['mean', '', ...shown.map(({ mean }) => percent(metricAt(split, mean!)))];
  return `${textTable([head, ...perAttribute.map(row), means])}\n${images} images, loss ${loss.toFixed(4)}\n`;
}

function percent(share: number | null): string {
  return share === null ? '-' : (100 * share).toFixed(2);
}
