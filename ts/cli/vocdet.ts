#!/usr/bin/env node
import { createProgram, runProgram } from './program';
import { addDetectionCalibrate } from './vocdet/calibrate';
import { addDetectionData } from './vocdet/data';
import { addDetectionEvaluate } from './vocdet/evaluate';
import { addDetectionPredict } from './vocdet/predict';
import { addDetectionTrain } from './vocdet/train';
import { addDetectionVisualize } from './vocdet/visualize';

const program = createProgram('vocdet', 'Object detection with DETR.').addHelpText(
  'after',
  `
The first command on a machine gets libtorch and builds the addon by itself.

  vocdet train                                 draws scenes, trains on them, writes a report
  vocdet train --data VOCdevkit --preset r50   fine-tunes on Pascal VOC (vocdet data --help says how to get it)
  vocdet predict models/vocdet-tiny photo.jpg  draws boxes around what a run has learnt to find
  vocdet <command> --help                      tells more`,
);
addDetectionData(program);
addDetectionTrain(program);
addDetectionEvaluate(program);
addDetectionPredict(program);
addDetectionVisualize(program);
addDetectionCalibrate(program);

void runProgram(program);
