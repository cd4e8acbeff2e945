import { type Command, Option } from 'commander';
import { UsageError } from '../../errors';
import type { Evaluation } from '../../tasks/facecls/evaluate';
import type { Slice } from '../../tasks/facecls/analysis/slices';
import {
  type AttributeMetric,
  attributeMetrics,
  type AttributeMetrics,
  metricAt,
  metricsWithMean,
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
  readonly slice?: readonly string[];
  readonly json?: boolean;
  readonly allowNewHead?: boolean;
}

const HELP = `
<weights> is a run folder (its best checkpoint), a hub folder or a hub name (org/name).
The baseline answers always what is more frequent in the training split of the dataset.

  facecls evaluate models/facecls-tiny
  facecls evaluate models/facecls-tiny --slice Smiling,Bald
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
    .option('--slice <attributes>', 'also with and without each of these, as Male,Young', names)
    .option('--json', 'print the figures as one JSON object, with what lies behind them')
    .addHelpText('after', HELP)
    .action(async (first: string | undefined, flags: Flags) => {
      const weights = flags.run ?? first;
      if (weights === undefined)
        throw new UsageError('Expected the weights (a run folder, a hub folder or a hub name), found nothing.');
      await ensureReady();
      await run(weights, flags);
    });
}

/** A list with commas. */
function names(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

async function run(weights: string, { device, json, slice, ...flags }: Flags): Promise<void> {
  const { evaluate } = require('../../tasks/facecls/evaluate') as typeof import('../../tasks/facecls/evaluate');
  const { chooseDevice } = require('../../train/device') as typeof import('../../train/device');
  const metrics = await evaluate(weights, {
    ...flags,
    slices: slice,
    device: chooseDevice(device, terminal),
    listener: terminal,
  });
  if (json) printJson(metrics);
  else print(`${describe(metrics)}${describeAnalysis(metrics)}`);
}

/** Calibration, and a table of slices where some were asked for. */
function describeAnalysis({ analysis: { calibration }, slices = {} }: Evaluation): string {
  const { meanError, meanBrier } = calibration;
  const lines = [`calibration error ${percent(meanError)} %, Brier score ${meanBrier.toFixed(4)}\n`];
  if (Object.keys(slices).length > 0) lines.push(sliceTable(slices));
  return lines.join('\n');
}

/** Means over the attributes by slice: with, without, and the difference. */
function sliceTable(slices: Readonly<Record<string, Slice>>): string {
  const shown = metricsWithMean(attributeMetrics);
  const row = (name: string, side: SplitMetrics | null): Cell[] => [
    name,
    side?.images ?? 0,
    ...shown.map(({ mean }) => percent(side && metricAt(side, mean))),
  ];
  const gap = ({ yes, no }: Slice): Cell[] => [
    '  gap',
    '',
    ...shown.map(({ mean }) => {
      const [one, other] = [yes && metricAt(yes, mean), no && metricAt(no, mean)];
      return percent(one === null || other === null ? null : one - other);
    }),
  ];
  const rows = Object.entries(slices).flatMap(([name, slice]) => [
    row(name, slice.yes),
    row(`not ${name}`, slice.no),
    gap(slice),
  ]);
  return textTable([['slice', 'images', ...shown.map(({ label }) => `${label} %`)], ...rows]);
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
