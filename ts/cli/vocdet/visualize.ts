import type { Command } from 'commander';
import { numberedFolder, positiveInteger, probability, weightsAndInputs } from '../arguments';
import { ensureReady } from '../setup';
import { terminal } from '../terminal';

interface Flags {
  readonly run?: string;
  readonly out?: string;
  readonly classes?: string;
  readonly count: number;
  readonly threshold: number;
  readonly device: string;
  readonly json?: boolean;
  readonly allowPrivateRedirects?: boolean;
}

const HELP = `
Each JPEG shows the picture with its boxes and, for each of them, where the detector looked: bright is where its attention was.

  vocdet visualize models/vocdet-tiny photo.jpg
  vocdet visualize models/vocdet-tiny album --classes dog,cat --out looks`;

export function addDetectionVisualize(program: Command): void {
  program
    .command('visualize')
    .summary('show where the detector looks for an object')
    .description('Writes for each picture a JPEG that shows where the detector looks for what it finds.')
    .argument('[weights]', 'run folder, hub folder, hub name or .pth file')
    .argument('[pictures...]', 'files, folders, patterns or URLs')
    .option('--run <weights>', 'the weights, instead of the first argument')
    .option('--out <folder>', 'folder for the pictures (default: the next free predictions/<n>)')
    .option('--classes <names>', 'classes to show, separated by commas (default: all)')
    .option('--count <n>', 'how many of the surest detections', positiveInteger, 4)
    .option('--threshold <p>', 'least probability of what is shown', probability, 0.5)
    .option('--device <name>', 'auto, cpu, cuda, cuda:<n> or mps', 'auto')
    .option('--json', 'print one JSON object a line: { source, file }')
    .option('--allow-private-redirects', 'follow redirects of a URL into a private network too')
    .addHelpText('after', HELP)
    .action(async (weights: string | undefined, pictures: string[], flags: Flags) => {
      await ensureReady();
      await run(weightsAndInputs(flags.run, weights, pictures), flags);
    });
}

async function run({ weights, inputs }: { weights: string; inputs: string[] }, flags: Flags): Promise<void> {
  const { visualize } = require('../../tasks/vocdet/visualize') as typeof import('../../tasks/vocdet/visualize');
  const { chooseDevice } = require('../../train/device') as typeof import('../../train/device');
  const results = visualize(weights, inputs, {
    output: flags.out ?? numberedFolder('predictions'),
    classes: flags.classes?.split(','),
    count: flags.count,
    threshold: flags.threshold,
    device: chooseDevice(flags.device),
    fetch: { privateAddresses: flags.allowPrivateRedirects ? 'all' : 'first' },
    onWarning: terminal.say,
  });
  for await (const item of results) {
    if ('error' in item) {
      process.stderr.write(`vocdet: ${item.error.message}\n`);
      process.exitCode = 1;
    } else process.stdout.write(`${flags.json ? JSON.stringify(item) : item.file}\n`);
  }
}
