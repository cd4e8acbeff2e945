import type { Command } from 'commander';
import type { Prediction } from '../../tasks/facecls/predict';
import type { InferenceOptions } from '../../tasks/prepared-model';
import { weightsOf } from '../../train/run';
import { positiveInteger, probability } from '../arguments';
import { addInferenceOptions } from '../inference-options';
import { addImageCommand } from '../image-command';

interface Flags extends InferenceOptions {
  readonly batchSize: number;
  readonly threshold?: number;
}

const HELP = `
<weights> is a run folder (its best checkpoint), a hub folder or a hub name (org/name).
An image is a file, a folder with all below it, a pattern in quotes, or an http(s) URL.
One that cannot be read is reported by name, the others go on, and the exit code is 1.

  facecls predict models/facecls-tiny photo.jpg
  facecls predict models/facecls-tiny 'album/**/*.jpg' https://example.org/face.png
  facecls predict models/facecls-tiny album --json > predictions.jsonl`;

export function addPredict(program: Command): void {
  /** Of the checkpoint, by attribute. */
  let thresholds: Readonly<Record<string, number>> = {};
  addImageCommand<Flags, Prediction>(program, {
    name: 'predict',
    summary: 'say which attributes the faces in images have',
    description: 'Says for each image which attributes it shows, with the probability of each.',
    weights: 'run folder, hub folder or hub name',
    options: (command) =>
      addInferenceOptions(command)
        .option('--batch-size <n>', 'images that pass through the model together', positiveInteger, 1)
        .option(
          '--threshold <p>',
          'least probability of an attribute that is shown; with --json all are (default: those of the checkpoint, else 0.5)',
          probability,
        ),
    line: '{ source, attributes: { name: probability } }',
    help: HELP,
    run: (weights, inputs, options, { batchSize, precision, compile }) => {
      const { predict } = require('../../tasks/facecls/predict') as typeof import('../../tasks/facecls/predict');
      const { loadThresholds } =
        require('../../tasks/facecls/thresholds') as typeof import('../../tasks/facecls/thresholds');
      thresholds = loadThresholds(weightsOf(weights)) ?? {};
      return predict(weights, inputs, { ...options, batchSize, precision, compile });
    },
    describe: (prediction, { threshold }) =>
      `${prediction.source}: ${describe(prediction, (name) => threshold ?? thresholds[name] ?? 0.5)}`,
  });
}

function describe({ attributes }: Prediction, thresholdOf: (name: string) => number): string {
  const shown = Object.entries(attributes)
    .filter(([name, probability]) => probability >= thresholdOf(name))
    .sort(([, a], [, b]) => b - a);
  return (
    shown.map(([name, probability]) => `${name} ${Math.round(100 * probability)} %`).join(', ') ||
    'none of the attributes'
  );
}
