import type { Command } from 'commander';
import { numberedFolder, positiveInteger, weightsAndInputs } from '../arguments';
import { ensureReady } from '../setup';
import { terminal } from '../terminal';

interface Flags {
  readonly run?: string;
  readonly out?: string;
  readonly attributes?: string;
  readonly count: number;
  readonly device: string;
  readonly json?: boolean;
  readonly allowPrivateRedirects?: boolean;
}

const HELP = `
Each JPEG shows the picture and, for each attribute, where the model looked for it: bright is what spoke for it.

  facecls visualize models/facecls-tiny photo.jpg
  facecls visualize models/facecls-tiny album --attributes Smiling,Eyeglasses --out looks`;

export function addVisualize(program: Command): void {
  program
    .command('visualize')
    .summary('show where the model looks for an attribute')
    .description('Writes for each picture a JPEG that shows where the model looks for its attributes.')
    .argument('[weights]', 'run folder, hub folder or hub name')
    .argument('[pictures...]', 'files, folders, patterns or URLs')
    .option('--run <weights>', 'the weights, instead of the first argument')
    .option('--out <folder>', 'folder for the pictures (default: the next free predictions/<n>)')
    .option('--attributes <names>', 'attributes to show, separated by commas (default: the surest)')
    .option('--count <n>', 'how many of the surest attributes', positiveInteger, 4)
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
  const { visualize } = require('../../tasks/facecls/visualize') as typeof import('../../tasks/facecls/visualize');
  const { chooseDevice } = require('../../train/device') as typeof import('../../train/device');
  const results = visualize(weights, inputs, {
    output: flags.out ?? numberedFolder('predictions'),
    attributes: flags.attributes?.split(','),
    count: flags.count,
    device: chooseDevice(flags.device),
    fetch: { privateAddresses: flags.allowPrivateRedirects ? 'all' : 'first' },
    onWarning: terminal.say,
  });
  for await (const item of results) {
    if ('error' in item) {
      process.stderr.write(`facecls: ${item.error.message}\n`);
      process.exitCode = 1;
    } else process.stdout.write(`${flags.json ? JSON.stringify(item) : item.file}\n`);
  }
}
