/** A trial of a sweep as a training in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { InputError } from '../errors';
import { isLocked } from '../native/lock';
import { replaceFile } from '../native/replace-file';
import type { ConfigTree } from '../train/config/keys';
import { readMetricsLog } from '../train/metrics-logger';
import { RUN_LOCK } from '../train/run';
import { summarizeRun } from '../train/runs/summary';
import type { Parameters } from '../train/sweep/space';
import type { SweepOptions, TrialContext } from '../train/sweep/sweep';
import type { Metrics } from '../train/types';
import { openLog } from './log-file';
import { terminal } from './terminal';

interface Trials {
  readonly folder: string;
  readonly metric: string;
  readonly mode: 'min' | 'max';
  /** Of the configuration: a trial that is given so many is trained to its end. */
  readonly epochs: number;
  /** Devices that the trials take turns on; those of the configuration where there are none. */
  readonly devices: readonly string[] | undefined;
  /** What all trials have in common. */
  readonly config: ConfigTree;
  /** Threads of each. @default all */
  readonly threads?: number;
}

/** How often the folder of a trial is looked at that a process of an earlier session still has. */
const POLL_MS = 200;

/** What runs a trial, for `sweep`. */
export function trialRunner(trials: Trials): SweepOptions['run'] {
  const base = join(trials.folder, 'config.yaml');
  return async (parameters, context) => {
    replaceFile(base, stringify(trials.config));
    // A trial whose sweep was killed saves and ends by itself.
    while (isLocked(join(context.folder, RUN_LOCK))) await sleep(POLL_MS, undefined, { signal: context.signal });
    if (!hasCome(context, trials)) await trainIn(argumentsOf(trials, base, parameters, context), trials, context);
    const { best } = summarizeRun(context.folder, { score: { name: trials.metric, mode: trials.mode } });
    if (!best) throw new InputError(`its evaluations have no ${trials.metric}`);
    return { [trials.metric]: best.value, epoch: best.epoch, step: best.step } satisfies Metrics;
  };
}

/** Whether the trial was stopped where it is to stop, and the sweep before that was written down. */
function hasCome({ folder, units }: TrialContext, { epochs }: Trials): boolean {
  const log = join(folder, 'metrics.jsonl');
  return (
    units !== null && units < epochs && readMetricsLog(log).some(({ kind, epoch }) => kind === 'val' && epoch >= units)
  );
}

function argumentsOf(
  { devices, epochs }: Trials,
  base: string,
  parameters: Parameters,
  { folder, resume, units, slot }: TrialContext,
): string[] {
  const assignments = Object.entries(parameters).flatMap(([key, value]) => [
    '--set',
    `${key}=${JSON.stringify(value)}`,
  ]);
  return [
    'train',
    ...['--run', folder],
    ...(resume ? ['--resume'] : ['--config', base, ...assignments]),
    ...(devices ? ['--device', devices[slot % devices.length]!] : []),
    ...(units !== null && units < epochs ? ['--stop-epoch', String(units)] : []),
  ];
}

/** Runs the same program as this one. @throws InputError with what it said last, where it fails */
async function trainIn(args: readonly string[], { threads }: Trials, { folder, signal }: TrialContext): Promise<void> {
  const log = openLog(`${folder}.log`, 'a', terminal);
  const env = { ...(threads !== undefined && { OMP_NUM_THREADS: String(threads) }), ...process.env };
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...args], {
    // A group of its own: Ctrl-C comes to this process alone, which passes it on once. The channel tells when this one is gone.
    ...{ detached: true, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  let said = '';
  // A pipe would stop, and the process with it, where the log cannot be written any more.
  for (const output of [child.stdout!, child.stderr!]) output.on('data', (chunk: Buffer) => void log.write(chunk));
  child.stderr!.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
  if (signal.aborted) stop();
  try {
    const [code, killer] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    if (code === 0) return;
    signal.throwIfAborted();
    const last = said.trim().split('\n').at(-1) ?? '';
    throw new InputError(last || `it ended with ${killer ?? `the code ${code}`}`);
  } finally {
    signal.removeEventListener('abort', stop);
    log.end();
  }
}
