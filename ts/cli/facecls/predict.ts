import type { Command } from 'commander';
import type { Prediction } from '../../tasks/facecls/predict';
import type { Failure } from '../../tasks/pictures';
import { positiveInteger, probability, weightsAndInputs } from '../arguments';
import { ensureReady } from '../setup';
import { terminal } from '../terminal';

interface Flags {
  readonly run?: string;
  readonly device: string;
  readonly batchSize: number;
  readonly json?: boolean;
  readonly threshold: number;
  readonly allowPrivateRedirects?: boolean;
}

const HELP = `
<weights> is a run folder (its best checkpoint), a hub folder or a hub name (org/name).
A picture is a file, a folder with all below it, a pattern in quotes, or an http(s) URL.
One that cannot be read is reported by name, the others go on, and the exit code is 1.

  facecls predict models/facecls-tiny photo.jpg
  facecls predict models/facecls-tiny 'album/**/*.jpg' https://example.org/face.png
  facecls predict models/facecls-tiny album --json > predictions.jsonl`;

export function addPredict(program: Command): void {
  program
    .command('predict')
    .summary('say which attributes the faces in pictures have')
    .description('Says for each picture which attributes it shows, with the probability of each.')
    .argument('[weights]', 'run folder, hub folder or hub name')
    .argument('[pictures...]', 'files, folders, patterns or URLs')
    .option('--run <weights>', 'the weights, instead of the first argument')
    .option('--device <name>', 'auto, cpu, cuda, cuda:<n> or mps', 'auto')
    .option('--batch-size <n>', 'pictures that pass through the model together', positiveInteger, 1)
    .option('--threshold <p>', 'least probability of an attribute that is shown; with --json all are', probability, 0.5)
    .option('--json', 'print one JSON object a line: { source, attributes: { name: probability } }')
    .option('--allow-private-redirects', 'follow redirects of a URL into a private network too')
    .addHelpText('after', HELP)
    .action(async (weights: string | undefined, pictures: string[], flags: Flags) => {
      await ensureReady();
      await run(weightsAndInputs(flags.run, weights, pictures), flags);
    });
}

async function run({ weights, inputs }: { weights: string; inputs: string[] }, flags: Flags): Promise<void> {
  const { predict } = require('../../tasks/facecls/predict') as typeof import('../../tasks/facecls/predict');
  const { chooseDevice } = require('../../train/device') as typeof import('../../train/device');
  const predictions = predict(weights, inputs, {
    device: chooseDevice(flags.device),
    batchSize: flags.batchSize,
    fetch: { privateAddresses: flags.allowPrivateRedirects ? 'all' : 'first' },
    onWarning: terminal.say,
  });
  for await (const item of predictions) show(item, flags);
}

function show(item: Prediction | Failure, { json, threshold }: Flags): void {
  if ('error' in item) {
    process.stderr.write(`facecls: ${item.error.message}\n`);
    process.exitCode = 1;
    return;
  }
  process.stdout.write(`${json ? JSON.stringify(item) : `${item.source}: ${describe(item, threshold)}`}\n`);
}

function describe({ attributes }: Prediction, threshold: number): string {
  const shown = Object.entries(attributes)
    .filter(([, probability]) => probability >= threshold)
    .sort(([, a], [, b]) => b - a);
  return shown.map(([name, probability]) => `${name} ${Math.round(100 * probability)} %`).join(', ') || 'none of the attributes';
}
