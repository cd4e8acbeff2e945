#!/usr/bin/env node
import { addPredict } from './facecls/predict';
import { addVisualize } from './facecls/visualize';
import { createProgram, runProgram } from './program';

const program = createProgram('facecls', 'Facial attributes with a Vision Transformer.');
addPredict(program);
addVisualize(program);

void runProgram(program);
