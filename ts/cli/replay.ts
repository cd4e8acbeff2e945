import type { Command } from 'commander';
import type { Replay } from '../train/reproduce/replay';
import type { ConfigTree } from '../train/config/keys';
import { interruptible } from './interrupt';
import { print, printJson } from './output';
import { trainingDisplay } from './progress';
import { ensureReady } from './setup';
import { terminal } from './terminal';
import type { TrainCommand } from './train';

interface Flags {
  readonly run?: string;
  readonly json?: boolean;
}

const HELP = `
The second training has the configuration, the data and the number of threads of the first one. On the same kind of
processor and with the same versions it ends with the same bits; what differs is said otherwise (run.json has what each
ran under). Relative paths of the configuration hold from where the first one was started.

Exit codes: 0 the same bits, 1 others or failed, 2 wrong use, 130 stopped.`;

/** Adds `replay` to the program of a task. */
export function addReplay<Config extends ConfigTree, Final>(
  program: Command,
  command: TrainCommand<Config, Final>,
): void {
  program
    .command('replay')
    .summary('train a run again and compare')
    .description('Trains a finished run again from its config.yaml, and says whether it ends with the same bits.')
    .argument('<run>', 'run folder')
    .option('--run <folder>', 'where the second run goes (default: the first one, with -replay behind it)')
    .option('--json', 'print what came of it as JSON')
    .addHelpText('after', `${HELP}\n\n  ${command.task} replay models/${command.task}-tiny`)
    .action(async (run: string, { run: target, json }: Flags) => {
      await ensureReady();
      const { replayRun } = require('../train/reproduce/replay') as typeof import('../train/reproduce/replay');
      const display = trainingDisplay();
      const { signal, stop } = interruptible((reason) => display.say(`${reason}: stopping; once more stops at once`));
      try {
        const task = { resolve: command.resolve, train: command.train() };
        const listener = display.listener(terminal);
        const replay = await replayRun(run, task, { target, signal, listener, onEvent: display.onEvent });
        if (json) printJson(replay);
        else print(describeReplay(replay));
        process.exitCode = replay.comparison === null ? 130 : replay.comparison.same ? 0 : 1;
      } finally {
        stop();
      }
    });
}

/** What came of a replay, in sentences. */
export function describeReplay({ run, target, comparison, differences, notes }: Replay): string {
  if (!comparison) return `stopped before the end; ${target} holds what there is`;
  const { same, checkpoints, weightDistance, firstDifference, metrics } = comparison;
  const others = Object.entries(checkpoints).filter(([, isSame]) => !isSame);
  const verdict = same
    ? `${target} ended with the same bits as ${run}: checkpoints, log and metrics.`
    : `${target} did not end with the same bits as ${run}.`;
  return [
    verdict,
    ...others.map(([name]) => `checkpoints/${name} differs${distance(name, weightDistance)}`),
    ...(firstDifference
      ? [`metrics.jsonl differs from step ${firstDifference.step} on: ${values(firstDifference)}`]
      : []),
    ...(metrics ? [] : ['metrics.json differs']),
    ...differences.map(({ name, then, now }) => `${name} was ${then ?? 'none'}, is ${now ?? 'none'}`),
    ...(same || differences.length > 0 ? [] : ['versions, machine, threads and data are the same as far as is known']),
    ...notes,
  ].join('\n');
}

function distance(name: string, weights: number | null): string {
  return name === 'last' && weights !== null ? `: weights by ${weights.toPrecision(2)} at most` : '';
}

function values({ name, values: [then, now] }: { name: string; values: readonly unknown[] }): string {
  return `${name} was ${String(then)}, is ${String(now)}`;
}
