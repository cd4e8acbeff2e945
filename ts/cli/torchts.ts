#!/usr/bin/env node
import { requestedFlavour } from '../native/libtorch/flavour';
import { diagnose, report } from './doctor';
import { createProgram, runProgram } from './program';
import { setup } from './setup';
import { terminal } from './terminal';

const program = createProgram('torchts', 'libtorch for Node.js: set-up and diagnosis.');

program
  .command('setup')
  .description('get libtorch and build the native addon; what is there already is left alone')
  .option(
    '--flavour <name>',
    'cpu, or the CUDA version: cu126, cu130 (default: TORCHTS_FLAVOUR, else what is there, else cpu)',
  )
  .option('--force', 'fetch libtorch again although it is there')
  .option('--target <name>', 'another addon of CMakeLists.txt to build', 'torchts')
  .addHelpText(
    'after',
    `
libtorch is taken from the first place that has it:
  1. TORCHTS_LIBTORCH, a folder with include/ and lib/
  2. the cache, $XDG_CACHE_HOME/torchts or ~/.cache/torchts
  3. the torch package of python3 (or of TORCHTS_PYTHON), when its version fits
  4. the official archive on download.pytorch.org, into the cache
  5. the wheel that python3's pip finds, into the cache
The addon of the package @torchts/<platform>-<arch> is used where it is installed and has one for that libtorch; else,
or with TORCHTS_BUILD=source, it is compiled, which needs a C++20 compiler and CMake.
For CUDA 5 comes before 4: the wheel brings NVIDIA's libraries along, which the official archive leaves out.`,
  )
  .action((options: { flavour?: string; force?: boolean; target: string }) =>
    setup({ ...options, flavour: requestedFlavour(options.flavour) }, terminal),
  );

program
  .command('doctor')
  .description('say what this machine has and lacks: every place tried for libtorch and the addon, and what to do')
  .action(async () => {
    const diagnosis = await diagnose();
    process.stdout.write(`${report(diagnosis)}\n`);
    if (!diagnosis.usable) process.exitCode = 1;
  });

void runProgram(program);
