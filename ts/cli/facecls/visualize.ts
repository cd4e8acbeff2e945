import type { Command } from 'commander';
import type { Visualization } from '../../tasks/images';
import { NUMBER, numberedFolder, positiveInteger } from '../arguments';
import { addImageCommand } from '../image-command';

interface Flags {
  readonly out?: string;
  readonly attributes?: string;
  readonly count: number;
}

const HELP = `
Each JPEG shows the image and, for each attribute, where the model looked for it: bright is what spoke for it.

  facecls visualize models/facecls-tiny photo.jpg
  facecls visualize models/facecls-tiny album --attributes Smiling,Eyeglasses --out looks`;

export function addVisualize(program: Command): void {
  addImageCommand<Flags, Visualization>(program, {
    name: 'visualize',
    summary: 'show where the model looks for an attribute',
    description: 'Writes for each image a JPEG that shows where the model looks for its attributes.',
    weights: 'run folder, hub folder or hub name',
    options: (command) =>
      command
        .option('--out <folder>', `folder for the images (default: the next free ${NUMBER}/<n>)`)
        .option('--attributes <names>', 'attributes to show, separated by commas (default: the surest)')
        .option('--count <n>', 'how many of the surest attributes', positiveInteger, 4),
    line: '{ source, file }',
    help: HELP,
    run: (weights, inputs, options, { out, attributes, count }) => {
      const { visualize } = require('../../tasks/facecls/visualize') as typeof import('../../tasks/facecls/visualize');
      return visualize(weights, inputs, {
        ...options,
        output: out ?? numberedFolder(NUMBER),
        attributes: attributes?.split(','),
        count,
      });
    },
    describe: ({ file }) => file,
  });
}
