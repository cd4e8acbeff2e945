import { type Command, InvalidArgumentError, Option } from 'commander';
import { nonNegativeInteger, positiveInteger } from './arguments';
import type { RunFlags } from './launch/options';
import { terminal } from './terminal';

/** `torchts run`: several processes of one program, on one machine or several, which find each other. */
export function addRun(program: Command): void {
  const run = program
    .enablePositionalOptions()
    .command('run')
    .description('start several processes of a program that find each other by torch.distributed, as torchrun does')
    .argument('<program>', 'a file for Node (.js, .cjs, .mjs, .ts), facecls, vocdet, or any command')
    .argument('[arguments...]', 'what the program gets')
    .passThroughOptions();
  for (const option of options()) run.addOption(option);
  run
    .addHelpText(
      'after',
      `
Each process finds its rank in RANK, LOCAL_RANK and WORLD_SIZE, and the others by MASTER_ADDR and MASTER_PORT, all of which
torch.distributed.initProcessGroup() reads. When one fails the others are stopped, and when the launcher ends so do all.

On several machines each runs the same command with --nnodes and --rdzv-endpoint: the launcher on that host serves a store in
which all of them meet. When a process fails, or a machine is lost, all are started again, up to --max-restarts times; so they
are when a machine comes or goes, with --nnodes 1:4. Or each is told its number: --node-rank, --master-addr, --master-port.

Options may be written with underscores, and set by torchrun's variables: PET_NNODES, PET_NPROC_PER_NODE, …`,
    )
    .action(async (name: string, args: readonly string[], flags: RunFlags) => {
      // Loads the addon.
      const { run: launched } = require('./launch/options') as typeof import('./launch/options');
      await launched(name, args, flags, (sentence) => terminal.say(sentence));
    });
}

/** torchrun's, with the variables by which it is told of them. */
function options(): Option[] {
  const option = (flags: string, description: string, variable?: string): Option => {
    const made = new Option(flags, description);
    return variable === undefined ? made : made.env(`PET_${variable}`);
  };
  const nproc = 'processes on this machine: a number, cpu, gpu, or auto: as many as there are';
  return [
    option('--nproc, --nproc-per-node <count>', nproc, 'NPROC_PER_NODE').argParser(processes).default(1),
    option('--nnodes <count>', 'machines, or the fewest and the most of them: 1:4', 'NNODES')
      .argParser(nodes)
      .default([1, 1], '1'),
    option('--max-restarts <count>', 'how often all are started again after a failure', 'MAX_RESTARTS')
      .argParser(nonNegativeInteger)
      .default(0),
    option('--standalone', 'a job of this machine alone', 'STANDALONE'),
    option(
      '--rdzv-backend <name>',
      'how machines meet: c10d, at an endpoint (what an endpoint implies); static, by numbers',
      'RDZV_BACKEND',
    ).choices(['c10d', 'static']),
    option(
      '--rdzv-endpoint <host:port>',
      'where they meet: a host of theirs, port 29400 if none is given',
      'RDZV_ENDPOINT',
    ),
    option('--rdzv-id <name>', 'the name of the job', 'RDZV_ID').default('none'),
    option(
      '--rdzv-conf <key=value,...>',
      'in seconds: join_timeout (600), last_call_timeout (30), keep_alive_interval (5); keep_alive_max_attempt (3), is_host',
      'RDZV_CONF',
    )
      .argParser(pairs)
      .default({}, 'see the keys'),
    option(
      '--local-addr <host>',
      'where other machines reach this one, if its launcher serves the endpoint',
      'LOCAL_ADDR',
    ),
    option('--node-rank <number>', 'static: number of this machine, from 0', 'NODE_RANK').argParser(nonNegativeInteger),
    option('--master-addr <host>', 'static: address of machine 0 (default: 127.0.0.1)', 'MASTER_ADDR'),
    option(
      '--master-port <port>',
      'static: port of machine 0 (default: a free one, on a single machine)',
      'MASTER_PORT',
    ).argParser(positiveInteger),
    option(
      '--log-dir <folder>',
      'write what each process prints to <round>/<rank>/stdout.log and stderr.log there',
      'LOG_DIR',
    ),
    option(
      '--local-ranks-filter <ranks>',
      'show the output of these processes of the machine alone: 0,1',
      'LOCAL_RANKS_FILTER',
    ).argParser(ranks),
  ];
}

/** The arguments with dashes where torchrun's options may have underscores, up to the program that is started. */
export function withDashes(argv: readonly string[]): string[] {
  const takesNone = new Set(['--standalone', '--help', '-h']);
  const begin = argv.indexOf('run') + 1;
  if (begin !== 3) return [...argv];
  const result = argv.slice(0, begin);
  let index = begin;
  while (argv[index]?.startsWith('-')) {
    const [flag, ...value] = argv[index]!.split('=');
    const name = flag!.replaceAll('_', '-');
    result.push([name, ...value].join('='));
    index++;
    if (value.length === 0 && !takesNone.has(name) && index < argv.length) result.push(argv[index++]!);
  }
  return [...result, ...argv.slice(index)];
}

function processes(text: string): number | 'cpu' | 'gpu' | 'auto' {
  return text === 'cpu' || text === 'gpu' || text === 'auto' ? text : positiveInteger(text);
}

function nodes(text: string): readonly [min: number, max: number] {
  const match = /^(\d+)(?::(\d+))?$/.exec(text);
  const [min, max] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  if (!match || min < 1 || max < min)
    throw new InvalidArgumentError('Expected how many machines, or the fewest and the most of them, such as 1:4.');
  return [min, max];
}

function pairs(text: string): Record<string, string> {
  const parts = text.split(',').map((part) => part.trim().split('='));
  if (parts.some((part) => part.length !== 2 || part.includes('')))
    throw new InvalidArgumentError('Expected keys with values, such as join_timeout=60,last_call_timeout=5.');
  return Object.fromEntries(parts as [string, string][]);
}

function ranks(text: string): number[] {
  const values = text.split(',').map(Number);
  if (text === '' || !values.every((value) => Number.isInteger(value) && value >= 0))
    throw new InvalidArgumentError('Expected numbers from 0 up with commas between them, such as 0,1.');
  return values;
}
