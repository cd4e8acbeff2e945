import { type Command, Option } from 'commander';
import { withBar } from '../../native/listener';
import type { DetectionCheck, SplitCheck } from '../../tasks/vocdet/check';
import { ensureReady } from '../setup';
import { addShard } from '../shard';
import { addSynth } from '../synth';
import { type Cell, textTable } from '../table';
import { terminal } from '../terminal';
import { print, printJson } from '../output';

const HELP = `
A dataset is Pascal VOC's devkit (a folder, or its .tar files, which need not be unpacked), any folder or archive in its
layout or what LabelImg, CVAT, Roboflow or Kaggle make of it, or files in COCO's format with their images.

  vocdet data download --out data/raw/voc --years 2007
  vocdet data check data/raw/voc
  vocdet data check birds --classes birds/classes.txt --decode
  vocdet data synth --out my-scenes --train 5000
  vocdet data shard --data data/raw/voc --out shards/voc`;

export function addDetectionData(program: Command): void {
  const data = program
    .command('data')
    .summary('download, check, draw or shard a dataset')
    .description('Downloads, checks, draws or shards a dataset of images with boxes.')
    .helpCommand(false)
    .addHelpText('after', HELP);
  addDownload(data);
  addCheck(data);
  addSceneSynth(data);
  addSceneShard(data);
}

interface DownloadFlags {
  readonly out: string;
  readonly years: '2007' | '2012' | 'both';
  readonly mirror?: string;
}

function addDownload(data: Command): void {
  data
    .command('download')
    .description(
      'Gets the official archives of Pascal VOC (2007: 0.9 GB, 2012: 2 GB), goes on where it stopped, and checks them.',
    )
    .option('--out <folder>', 'where they go', 'data/raw/voc')
    .addOption(new Option('--years <which>', 'which challenge').choices(['2007', '2012', 'both']).default('both'))
    .option(
      '--mirror <url>',
      'the address of a folder that holds the archives under their names, instead of the official ones',
    )
    .action(async ({ out, years, mirror }: DownloadFlags) => {
      const { downloadVoc } = require('../../tasks/vocdet/download') as typeof import('../../tasks/vocdet/download');
      const archives = await withBar(terminal, 'downloading Pascal VOC', (bar) =>
        downloadVoc(out, {
          ...(years !== 'both' && { years: [years] }),
          mirror,
          onProgress: (_archive, { received, total }) => bar.update(received, total),
        }),
      );
      for (const { path, fetched } of archives) print(`${path}: ${fetched ? 'fetched' : 'there already'}`);
    });
}

interface CheckFlags {
  readonly classes?: string;
  readonly images?: string;
  readonly decode?: boolean;
  readonly json?: boolean;
}

function addCheck(data: Command): void {
  data
    .command('check')
    .description(
      'Says what a dataset holds, beside what the official one holds, and what is wrong with it; errors end with exit code 1.',
    )
    .argument(
      '<folder>',
      "dataset in VOC's layout or COCO's format: folder, archive or file; or folder or address of shards",
    )
    .option('--classes <file>', 'file with one class a line (default: those that the dataset names)')
    .option('--images <folder>', "folder or archive of a COCO file's images")
    .option('--decode', 'decode every image, to find damaged ones')
    .option('--json', 'print the findings as one JSON object')
    .action(async (folder: string, { classes, images, decode, json }: CheckFlags) => {
      await ensureReady();
      const { checkDetectionData } = require('../../tasks/vocdet/check') as typeof import('../../tasks/vocdet/check');
      const { readClassFile } =
        require('../../tasks/vocdet/annotations/class-file') as typeof import('../../tasks/vocdet/annotations/class-file');
      const list = classes === undefined ? undefined : readClassFile(classes);
      const check = await withBar(
        terminal,
        'reading images',
        (bar) =>
          checkDetectionData(folder, {
            classes: list,
            images,
            decode,
            onProgress: (done, all) => bar.update(done, all),
          }),
        'steps',
      );
      if (json) printJson(check);
      else print(describe(check));
      if (check.errors > 0) process.exitCode = 1;
    });
}

function describe({ splits, findings: issues, errors, warnings }: DetectionCheck): string {
  const dash = (value: number | null): Cell => value ?? '-';
  const row = ({ split, images, objects, difficult, crowds, empty }: SplitCheck): Cell[] => [
    split,
    images.found,
    dash(images.official),
    objects.found,
    dash(objects.official),
    difficult,
    crowds,
    empty,
  ];
  const names = [...new Set(splits.flatMap(({ classes }) => classes.map(({ name }) => name)))];
  const objectsOf = (name: string, { classes }: SplitCheck): number =>
    classes.find((one) => one.name === name)?.objects ?? 0;
  const verdict = issues.length === 0 ? 'Nothing is wrong.\n' : `${errors} errors, ${warnings} warnings\n`;
  return [
    textTable([
      ['split', 'images', 'official', 'objects', 'official', 'difficult', 'crowds', 'empty'],
      ...splits.map(row),
    ]),
    textTable([
      ['objects by class', ...splits.map(({ split }) => split)],
      ...names.map((name): Cell[] => [name, ...splits.map((split) => objectsOf(name, split))]),
    ]),
    ...(issues.length > 0
      ? [
          textTable([
            ['finding', 'kind', 'count'],
            ...issues.map(({ kind, severity, count }): Cell[] => [kind, severity, count]),
          ]),
        ]
      : []),
    ...issues.map(
      ({ kind, count, examples }) =>
        `${kind}:\n${examples.map((line) => `  ${line}\n`).join('')}${count > examples.length ? `  … and ${count - examples.length} more\n` : ''}`,
    ),
    verdict,
  ].join('\n');
}

function addSceneSynth(data: Command): void {
  addSynth(data, {
    things: 'scenes',
    description: "Draws scenes in VOC's format, with all twenty classes; the same options give the same scenes.",
    usual: { folder: 'data/processed/scenes', train: 3200, val: 200, test: 200 },
    load: () => {
      const { ensureDrawnScenes } =
        require('../../tasks/vocdet/synth/synth') as typeof import('../../tasks/vocdet/synth/synth');
      const { DRAWN_SCENES } =
        require('../../tasks/vocdet/splits/open-dataset') as typeof import('../../tasks/vocdet/splits/open-dataset');
      return { folder: DRAWN_SCENES, ensureDrawn: ensureDrawnScenes };
    },
  });
}

interface SceneShardFlags {
  readonly images?: string;
  readonly classes?: string;
}

function addSceneShard(data: Command): void {
  addShard<SceneShardFlags>(data, {
    description:
      "Writes a dataset as shards, tars in WebDataset's layout, which train and evaluate read from folders, HTTP(S) and S3.",
    dataHint: "dataset in VOC's layout or COCO's format (default: the drawn scenes)",
    load: () => {
      const { shard } = require('../../tasks/vocdet/shards') as typeof import('../../tasks/vocdet/shards');
      return async ({ data: folder, images, classes }, out, listener, options) => {
        const counts = await shard({ folder: folder ?? null, images, classes }, out, listener, options);
        return counts as Readonly<Record<string, number>>;
      };
    },
  })
    .option('--images <folder>', "folder or archive of a COCO file's images")
    .option('--classes <file>', 'file with one class a line (default: those that the dataset names)');
}
