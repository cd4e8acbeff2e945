import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { UsageError } from '../errors';
import { nonNegativeInteger, positiveInteger } from './arguments';
import { terminal } from './terminal';

interface RunOptions {
  readonly nprocPerNode: number;
  readonly nnodes: number;
  readonly nodeRank: number;
  readonly masterAddr: string;
  readonly masterPort?: number;
  readonly maxRestarts: number;
  readonly logDir?: string;
  readonly localRanksFilter?: readonly number[];
}

/** `torchts run`: several processes of one program, which find each other. */
export function addRun(program: Command): void {
  program
    .enablePositionalOptions()
    .command('run')
    .description('start several processes of a program that find each other by torch.distributed, as torchrun does')
    .argument('<program>', 'a file for Node (.js, .cjs, .mjs, .ts), facecls, vocdet, or any command')
    .argument('[arguments...]', 'what the program gets')
    .passThroughOptions()
    .option('--nproc, --nproc-per-node <count>', 'processes on this machine', positiveInteger, 1)
    .option('--nnodes <count>', 'machines', positiveInteger, 1)
    .option('--node-rank <number>', 'number of this machine among them, from 0', nonNegativeInteger, 0)
    .option('--master-addr <host>', 'address of machine 0', '127.0.0.1')
    .option('--master-port <port>', 'port of machine 0 (default: a free one, on a single machine)', positiveInteger)
    .option('--max-restarts <count>', 'how often all are started again after one has failed', nonNegativeInteger, 0)
    .option('--log-dir <folder>', 'write what each process prints to <attempt>/<rank>/stdout.log and stderr.log there')
    .option('--local-ranks-filter <ranks>', 'show the output of these processes of the machine alone: 0,1', ranks)
    .addHelpText(
      'after',
      `
Each process finds its rank in RANK, LOCAL_RANK and WORLD_SIZE, and the others by MASTER_ADDR and MASTER_PORT, all of which
torch.distributed.initProcessGroup() reads. When one fails the others are stopped, and when the launcher ends so do all.`,
    )
    .action(run);
}

async function run(name: string, args: readonly string[], options: RunOptions): Promise<void> {
  const { nnodes, nodeRank, masterPort = null, maxRestarts } = options;
  if (nodeRank >= nnodes)
    throw new UsageError(`Expected --node-rank from 0 to ${nnodes - 1}, for ${nnodes} machines, found ${nodeRank}.`);
  if (nnodes > 1 && masterPort === null)
    throw new UsageError('Expected --master-addr and --master-port with several machines, found no port.');
  if (nnodes > 1 && maxRestarts > 0)
    throw new UsageError('Expected --max-restarts 0 with several machines: the launchers do not know of each other.');
  // Loads the addon.
  const { launch } = require('./launch') as typeof import('./launch');
  await launch(
    [...commandOf(name), ...args],
    {
      nproc: options.nprocPerNode,
      nnodes,
      nodeRank,
      masterAddr: options.masterAddr,
      masterPort,
      maxRestarts,
      logDir: options.logDir === undefined ? null : resolve(options.logDir),
      localRanks: options.localRanksFilter ?? null,
    },
    (sentence) => terminal.say(sentence),
  );
}

/** What runs a program: Node for its files and for the commands of this package. */
function commandOf(name: string): string[] {
  if (name === 'facecls' || name === 'vocdet') return [process.execPath, require.resolve(`./${name}`)];
  return /\.[cm]?[jt]s$/.test(name) ? [process.execPath, name] : [name];
}

function ranks(text: string): number[] {
  const values = text.split(',').map(Number);
  if (text === '' || !values.every((value) => Number.isInteger(value) && value >= 0))
    throw new InvalidArgumentError('Expected numbers from 0 up with commas between them, such as 0,1.');
  return values;
}
