import { join } from 'node:path';
import type { Command } from 'commander';
import type { Prediction } from '../../tasks/vocdet/predict';
import type { Failure } from '../../tasks/pictures';
import { numberedFolder, positiveInteger, probability, weightsAndInputs } from '../arguments';
import { ensureReady } from '../setup';
import { terminal } from '../terminal';

interface Flags {
  readonly run?: string;
  readonly out?: string;
  readonly device: string;
  readonly batchSize: number;
  readonly json?: boolean;
  readonly threshold: number;
  readonly allowPrivateRedirects?: boolean;
}

const HELP = `
<weights> is a run folder (its best checkpoint), a hub folder, a hub name (org/name) or a .pth file of DETR's authors.
A picture is a file, a folder with all below it, a pattern in quotes, or an http(s) URL.
One that cannot be read is reported by name, the others go on, and the exit code is 1.
The annotated pictures and annotated.json go to the next free predictions/<n>.

  vocdet predict models/vocdet-tiny photo.jpg
  vocdet predict facebook/detr-resnet-50 'album/**/*.jpg' https://example.org/street.png --threshold 0.7
  vocdet predict models/vocdet-tiny album --json > predictions.jsonl`;

export function addDetectionPredict(program: Command): void {
  program
    .command('predict')
    .summary('find objects in pictures')
    .description('Finds the objects in pictures and draws boxes around them.')
    .argument('[weights]', 'run folder, hub folder, hub name or .pth file')
    .argument('[pictures...]', 'files, folders, patterns or URLs')
    .option('--run <weights>', 'the weights, instead of the first argument')
    .option('--out <folder>', 'folder for the annotated pictures (default: the next free predictions/<n>)')
    .option('--device <name>', 'auto, cpu, cuda, cuda:<n> or mps', 'auto')
    .option('--batch-size <n>', 'pictures that pass through the model together', positiveInteger, 1)
    .option('--threshold <p>', 'least probability of what is kept', probability, 0.5)
    .option('--json', 'print one JSON object a line: { source, detections: [{ label, score, box: [xmin, ymin, xmax, ymax] }] }')
    .option('--allow-private-redirects', 'follow redirects of a URL into a private network too')
    .addHelpText('after', HELP)
    .action(async (weights: string | undefined, pictures: string[], flags: Flags) => {
      await ensureReady();
      await run(weightsAndInputs(flags.run, weights, pictures), flags);
    });
}

async function run({ weights, inputs }: { weights: string; inputs: string[] }, flags: Flags): Promise<void> {
  const { predict } = require('../../tasks/vocdet/predict') as typeof import('../../tasks/vocdet/predict');
  const { chooseDevice } = require('../../train/device') as typeof import('../../train/device');
  const output = flags.out ?? numberedFolder('predictions');
  const predictions = predict(weights, inputs, {
    output,
    device: chooseDevice(flags.device),
    batchSize: flags.batchSize,
    threshold: flags.threshold,
    fetch: { privateAddresses: flags.allowPrivateRedirects ? 'all' : 'first' },
    onWarning: terminal.say,
  });
  let found = 0;
  for await (const item of predictions) {
    show(item, flags);
    if (!('error' in item)) found++;
  }
  if (found > 0) terminal.say(`annotated pictures: ${join(output, '')}`);
}

function show(item: Prediction | Failure, { json }: Flags): void {
  if ('error' in item) {
    process.stderr.write(`vocdet: ${item.error.message}\n`);
    process.exitCode = 1;
    return;
  }
  process.stdout.write(`${json ? JSON.stringify(item) : `${item.source}: ${describe(item)}`}\n`);
}

function describe({ detections }: Prediction): string {
  return detections.map(({ label, score }) => `${label} ${Math.round(100 * score)} %`).join(', ') || 'nothing found';
}
