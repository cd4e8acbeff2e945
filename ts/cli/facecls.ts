#!/usr/bin/env node
import { addData } from './facecls/data';
import { addEvaluate } from './facecls/evaluate';
import { addPredict } from './facecls/predict';
import { addFaceTrain } from './facecls/train';
import { addVisualize } from './facecls/visualize';
import { createProgram, runProgram } from './program';

const program = createProgram('facecls', 'Facial attributes with a Vision Transformer.').addHelpText(
  'after',
  `
The first command on a machine gets libtorch and builds the addon by itself.

  facecls train                                 draws faces, trains on them, writes a report
  facecls train --data celeba                   trains on CelebA (facecls data --help says how to get it)
  facecls predict models/facecls-tiny me.jpg    says what a run has learnt to see
  facecls <command> --help                      tells more`,
);
addData(program);
addFaceTrain(program);
addEvaluate(program);
addPredict(program);
addVisualize(program);

void runProgram(program);
