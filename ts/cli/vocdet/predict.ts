import type { Command } from 'commander';
import type { Failure } from '../../tasks/images';
import type { Prediction } from '../../tasks/vocdet/predict';
import type { InferenceOptions } from '../../tasks/prepared-model';
import { numberedFolder, positiveInteger, probability } from '../arguments';
import { addInferenceOptions } from '../inference-options';
import { addImageCommand, type ImageOptions } from '../image-command';
import { terminal } from '../terminal';

interface Flags extends InferenceOptions {
  readonly out?: string;
  readonly batchSize: number;
  readonly threshold: number;
}

const HELP = `
<weights> is a run folder (its best checkpoint), a hub folder, a hub name (org/name) or a .pth file of DETR's authors.
An image is a file, a folder with all below it, a pattern in quotes, or an http(s) URL.
One that cannot be read is reported by name, the others go on, and the exit code is 1.
The annotated images and annotated.json go to the next free predictions/<n>.

  vocdet predict models/vocdet-tiny photo.jpg
  vocdet predict facebook/detr-resnet-50 'album/**/*.jpg' https://example.org/street.png --threshold 0.7
  vocdet predict models/vocdet-tiny album --json > predictions.jsonl`;

export function addDetectionPredict(program: Command): void {
  addImageCommand<Flags, Prediction>(program, {
    name: 'predict',
    summary: 'find objects in images',
    description: 'Finds the objects in images and draws boxes around them.',
    weights: 'run folder, hub folder, hub name or .pth file',
    options: (command) =>
      addInferenceOptions(command)
        .option('--out <folder>', 'folder for the annotated images (default: the next free predictions/<n>)')
        .option('--batch-size <n>', 'images that pass through the model together', positiveInteger, 1)
        .option('--threshold <p>', 'least probability of what is kept', probability, 0.5),
    line: '{ source, detections: [{ label, score, box: [xmin, ymin, xmax, ymax] }] }',
    help: HELP,
    run,
    describe: (prediction) => `${prediction.source}: ${describe(prediction)}`,
  });
}

/** Says in the end where the annotated images are, if there are any. */
async function* run(
  weights: string,
  inputs: readonly string[],
  options: ImageOptions,
  { out, batchSize, threshold, precision, compile }: Flags,
): AsyncGenerator<Prediction | Failure> {
  const { predict } = require('../../tasks/vocdet/predict') as typeof import('../../tasks/vocdet/predict');
  const output = out ?? numberedFolder('predictions');
  const settings = { ...options, output, batchSize, threshold, precision, compile };
  let found = 0;
  for await (const item of predict(weights, inputs, settings)) {
    yield item;
    if (!('error' in item)) found++;
  }
  if (found > 0) terminal.say(`annotated images: ${output}`);
}

function describe({ detections }: Prediction): string {
  return detections.map(({ label, score }) => `${label} ${Math.round(100 * score)} %`).join(', ') || 'nothing found';
}
