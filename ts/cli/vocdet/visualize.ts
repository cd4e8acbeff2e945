import type { Command } from 'commander';
import type { Visualization } from '../../tasks/images';
import { NUMBER, numberedFolder, positiveInteger, probability } from '../arguments';
import { addImageCommand } from '../image-command';

interface Flags {
  readonly out?: string;
  readonly classes?: string;
  readonly count: number;
  readonly threshold: number;
}

const HELP = `
Each JPEG shows the image with its boxes and, for each of them, where the detector looked: bright is where its attention was.

  vocdet visualize models/vocdet-tiny photo.jpg
  vocdet visualize models/vocdet-tiny album --classes dog,cat --out looks`;

export function addDetectionVisualize(program: Command): void {
  addImageCommand<Flags, Visualization>(program, {
    name: 'visualize',
    summary: 'show where the detector looks for an object',
    description: 'Writes for each image a JPEG that shows where the detector looks for what it finds.',
    weights: 'run folder, hub folder, hub name or .pth file',
    options: (command) =>
      command
        .option('--out <folder>', `folder for the images (default: the next free ${NUMBER}/<n>)`)
        .option('--classes <names>', 'classes to show, separated by commas (default: all)')
        .option('--count <n>', 'how many of the surest detections', positiveInteger, 4)
        .option('--threshold <p>', 'least probability of what is shown', probability, 0.5),
    line: '{ source, file }',
    help: HELP,
    run: (weights, inputs, options, { out, classes, count, threshold }) => {
      const { visualize } = require('../../tasks/vocdet/visualize') as typeof import('../../tasks/vocdet/visualize');
      return visualize(weights, inputs, {
        ...options,
        output: out ?? numberedFolder(NUMBER),
        classes: classes?.split(','),
        count,
        threshold,
      });
    },
    describe: ({ file }) => file,
  });
}
