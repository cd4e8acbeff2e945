import { type Command, Option } from 'commander';
import type { Count, DatasetCheck } from '../../tasks/facecls/check';
import { type PresetName, presetNames, presets } from '../../tasks/facecls/presets';
import { withBar } from '../../native/listener';
import { positiveInteger } from '../arguments';
import { ensureReady } from '../setup';
import { addShard } from '../shard';
import { addSynth } from '../synth';
import { type Cell, textTable } from '../table';
import { terminal } from '../terminal';
import { print, printJson } from '../output';

const HELP = `
CelebA (202,599 faces of 10,177 people, 40 attributes; for non-commercial research only) comes from
its authors: https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html. Put these files into one folder:

  img_align_celeba.zip        the images; need not be unpacked
  list_attr_celeba.txt        the attributes
  list_eval_partition.txt     the official train, val and test split

The CSV files of the copy on Kaggle are read as well, and so is any dataset of your own in this format:
a number of rows, a line of attribute names, then lines of a file name and 1 or -1 for each attribute.

  facecls data check celeba
  facecls data prepare celeba --preset small
  facecls data shard --data celeba --out shards/celeba
  facecls data synth --out my-faces --train 10000`;

export function addData(program: Command): void {
  const data = program
    .command('data')
    .summary('draw, check, prepare or shard a dataset')
    .description('Draws, checks, prepares or shards a dataset of faces.')
    .helpCommand(false)
    .addHelpText('after', HELP);
  addFaceSynth(data);
  addCheck(data);
  addPrepare(data);
  addFaceShard(data);
}

function addFaceSynth(data: Command): void {
  addSynth(data, {
    things: 'faces',
    description: 'Draws faces in the CelebA format; the same options give the same faces.',
    usual: { folder: 'data/processed/faces', train: 4000, val: 400, test: 400 },
    load: () => {
      const { ensureDrawnFaces } = require('../../tasks/facecls/synth') as typeof import('../../tasks/facecls/synth');
      const { DRAWN_FACES } = require('../../tasks/facecls/open') as typeof import('../../tasks/facecls/open');
      return { folder: DRAWN_FACES, ensureDrawn: ensureDrawnFaces };
    },
  }).option('--size <pixels>', 'width and height (default: 96)', positiveInteger);
}

interface CheckFlags {
  readonly decode?: boolean;
  readonly json?: boolean;
}

function addCheck(data: Command): void {
  data
    .command('check')
    .description('Says what a dataset holds, beside what the official CelebA holds, and what is wrong with it.')
    .argument('<folder>', 'dataset in the CelebA format, or folder or address of its shards')
    .option('--decode', 'decode every image, to find damaged ones')
    .option('--json', 'print the findings as one JSON object')
    .action(async (folder: string, { decode, json }: CheckFlags) => {
      await ensureReady();
      const { checkCelebA } = require('../../tasks/facecls/check') as typeof import('../../tasks/facecls/check');
      const check = await withBar(
        terminal,
        'reading images',
        (bar) => checkCelebA(folder, { decode, onProgress: (done, all) => bar.update(done, all) }),
        'steps',
      );
      if (json) printJson(check);
      else print(describe(check));
      if (check.damaged.length > 0) process.exitCode = 1;
    });
}

function describe({ files, images, splits, attributes, leftOut, warnings, damaged }: DatasetCheck): string {
  const counted = (name: string, { found, official }: Count): Cell[] => [name, found, official];
  const verdict = (isOfficial: boolean | null) =>
    isOfficial === null ? '' : isOfficial ? 'the official file' : 'not the official file';
  const rate = (value: number | null) => (value === null ? '-' : (100 * value).toFixed(1));
  return [
    ...files.map(({ path, bytes, md5, isOfficial }) =>
      `${path}: ${bytes} bytes, md5 ${md5} ${verdict(isOfficial)}`.trimEnd(),
    ),
    '',
    textTable([
      ['', 'here', 'official'],
      counted('images', images),
      ...splits.map((split) => counted(split.split, split)),
    ]),
    textTable([
      ['has the attribute, %', 'train', 'val', 'test'],
      ...attributes.map(({ name, positiveRate }): Cell[] => [
        name,
        rate(positiveRate.train),
        rate(positiveRate.val),
        rate(positiveRate.test),
      ]),
    ]),
    ...(leftOut.images > 0 ? [`left out: ${leftOut.images} images without a row in both lists`] : []),
    ...(leftOut.attributeRows > 0 ? [`left out: ${leftOut.attributeRows} rows of attributes without a split`] : []),
    ...(leftOut.partitionRows > 0 ? [`left out: ${leftOut.partitionRows} rows of splits without attributes`] : []),
    ...warnings.map((warning) => `warning: ${warning}`),
    ...damaged.map(({ reason }) => `damaged: ${reason}`),
    '',
  ].join('\n');
}

interface PrepareFlags {
  readonly preset: PresetName;
  readonly data?: string;
}

function addPrepare(data: Command): void {
  data
    .command('prepare')
    .description('Checks that a dataset can be trained on, and keeps its images at the size of a preset.')
    .argument('[folder]', 'dataset in the CelebA format')
    .option('--data <folder>', 'the dataset, instead of the argument (default: the drawn faces)')
    .addOption(
      new Option('--preset <name>', 'the recipe whose image size counts').choices(presetNames).default('small'),
    )
    .action(async (argument: string | undefined, flags: PrepareFlags) => {
      await ensureReady();
      const { prepare } = require('../../tasks/facecls/open') as typeof import('../../tasks/facecls/open');
      const { folder, images } = await prepare(presets[flags.preset], flags.data ?? argument ?? null, terminal);
      print(`${folder}: ${images} images are ready`);
    });
}

function addFaceShard(data: Command): void {
  addShard(data, {
    description:
      "Writes a dataset as shards, tars in WebDataset's layout, which train and evaluate read from folders, HTTP(S) and S3.",
    dataHint: 'dataset in the CelebA format (default: the drawn faces)',
    load: () => {
      const { shard } = require('../../tasks/facecls/open') as typeof import('../../tasks/facecls/open');
      return ({ data: folder }, out, listener, options) => shard(folder ?? null, out, listener, options);
    },
  });
}
