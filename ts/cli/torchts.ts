#!/usr/bin/env node
import { describeChoice, requestedFlavour } from '../native/libtorch/flavour';
import { reportCache, reportPruning } from './cache';
import { diagnose, report } from './doctor';
import { createProgram, runProgram } from './program';
import { addRun, withDashes } from './run';
import { addRuns } from './runs';
import { setup, type SetupOptions } from './setup';
import { terminal } from './terminal';

const program = createProgram('torchts', 'libtorch for Node.js: set-up, diagnosis and runs.');

program
  .command('setup')
  .description('get libtorch and build the native addon; what is there already is left alone')
  .option(
    '--flavour <name>',
    'cpu, a CUDA version (cu126, cu130), or auto: the newest that the NVIDIA driver runs (default: TORCHTS_FLAVOUR, else what is there, else cpu)',
  )
  .option('--force', 'fetch libtorch again although it is there')
  .option('--offline-pack <file>', 'write libtorch into a file for machines without a network, and build nothing')
  .option('--from <file>', 'take libtorch from such a file')
  .option('--target <name>', 'another addon of CMakeLists.txt to build', 'torchts')
  .addHelpText(
    'after',
    `
libtorch is taken from the first location that has it:
  1. TORCHTS_LIBTORCH, a folder with include/ and lib/
  2. the cache, $XDG_CACHE_HOME/torchts or ~/.cache/torchts
  3. the torch package of python3 (or of TORCHTS_PYTHON), when its version fits
  4. the official archive on download.pytorch.org, into the cache
  5. the wheel of torch in a Python package index, into the cache; Python itself is not needed
For CUDA 5 comes before 4: the wheels bring NVIDIA's libraries along, which the official archive leaves out.
So it does with TORCHTS_INDEX.

Indexes are asked in this order:
  TORCHTS_INDEX (indexes, pages of links or folders of wheels), what pip's configuration files and variables name
  (PIP_INDEX_URL, PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS, PIP_NO_INDEX, PIP_CONFIG_FILE), PyTorch's own, PyPI
TORCHTS_MIRROR stands for https://download.pytorch.org. Proxies: HTTPS_PROXY, HTTP_PROXY, NO_PROXY. A network's own
certificates: NODE_EXTRA_CA_CERTS.

The addon of the package @torchts/<platform>-<arch> is used where it is installed and has one for that libtorch; else,
or with TORCHTS_BUILD=source, it is compiled, which needs a C++20 compiler and CMake.`,
  )
  .action((options: Omit<SetupOptions, 'flavour'> & { flavour?: string }) => {
    const choice = describeChoice(options.flavour);
    if (choice) terminal.say(choice);
    return setup({ ...options, flavour: requestedFlavour(options.flavour) }, terminal);
  });

const cache = program.command('cache').description('the libtorch that was fetched');

cache
  .command('list')
  .description('what lies in the cache, how large it is, and what uses it')
  .action(() => void process.stdout.write(reportCache()));

cache
  .command('prune')
  .description('delete libtorch of other versions and what was left over by processes that were ended')
  .option('--dry-run', 'say what would be deleted, and delete nothing')
  .action(({ dryRun = false }: { dryRun?: boolean }) => void process.stdout.write(reportPruning(dryRun)));

addRuns(program);
addRun(program);

program
  .command('doctor')
  .description('say what this machine has and lacks: every place tried for libtorch and the addon, and what to do')
  .action(async () => {
    const diagnosis = await diagnose();
    process.stdout.write(`${report(diagnosis)}\n`);
    if (!diagnosis.usable) process.exitCode = 1;
  });

void runProgram(program, withDashes(process.argv));
