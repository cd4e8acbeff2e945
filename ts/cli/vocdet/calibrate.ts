import type { Command } from 'commander';
import { UsageError } from '../../errors';
import { positiveInteger } from '../arguments';
import { ensureReady } from '../setup';
import { terminal } from '../terminal';
import { print } from '../output';

interface Flags {
  readonly run?: string;
  readonly data?: string;
  readonly images?: string;
  readonly classes?: string;
  readonly count: number;
}

const HELP = `
<weights> is a run folder (its best checkpoint) or a hub folder; compile.json goes beside its weights.
An image is a file, a folder with all below it, a pattern in quotes, or an http(s) URL.

  vocdet calibrate models/vocdet-tiny
  vocdet calibrate detr-resnet-50 'album/**/*.jpg'`;

export function addDetectionCalibrate(program: Command): void {
  program
    .command('calibrate')
    .summary('prepare a detector for int8')
    .description(
      'Measures what goes through the convolutions of a detector, so that predict and evaluate compute in int8.',
    )
    .argument('[weights]', 'run folder or hub folder')
    .argument('[images...]', 'files, folders, patterns or URLs (default: images of the training split)')
    .option('--run <weights>', 'the weights, instead of the first argument')
    .option(
      '--data <folder>',
      'VOC devkit, its archives, or a COCO file (default: that of the run, else the drawn scenes)',
    )
    .option('--images <folder>', "folder or archive of a COCO file's images")
    .option('--classes <file>', 'file with one class a line (default: those of the dataset)')
    .option('--count <n>', 'how many images of the training split', positiveInteger, 16)
    .addHelpText('after', HELP)
    .action(async (first: string | undefined, rest: string[], { run, ...options }: Flags) => {
      const weights = run ?? first;
      if (weights === undefined)
        throw new UsageError('Expected the weights (a run folder or a hub folder), found nothing.');
      const inputs = run === undefined || first === undefined ? rest : [first, ...rest];
      await ensureReady();
      const { calibrate } = require('../../tasks/vocdet/calibrate') as typeof import('../../tasks/vocdet/calibrate');
      const { file, images } = await calibrate(weights, inputs, { ...options, listener: terminal });
      print(`${file}: calibrated on ${images} images`);
    });
}
