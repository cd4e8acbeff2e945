import { DistributedError } from '../errors';
import { type Listener, silent } from '../native/listener';
import type { ConfigTree } from './config/keys';
import { Processes } from './distributed/processes';
import type { FitOptions } from './fit-options';
import { RunFolder } from './run';
import type { Outcome, TrainEvent } from './types';

/** What `train` of a task takes. */
export interface TrainOptions<Config> extends Pick<FitOptions<never>, 'controls' | 'dashboard'> {
  readonly config: Config;
  /** The run folder: absent or empty, or with `resume` the one to go on with. */
  readonly run: string;
  /** Goes on from the run's last checkpoint. @default false */
  readonly resume?: boolean;
  /** Its abort saves a checkpoint and ends the training after the running step. */
  readonly signal?: AbortSignal;
  /** Is told what happens around the training: drawing, reading, evaluating. */
  readonly listener?: Listener;
  /** Is called with every step, evaluation and checkpoint. */
  readonly onEvent?: (event: TrainEvent) => void;
}

export interface TrainResult<Final> {
  readonly outcome: Outcome;
  /** Final metrics; absent when the training was interrupted. */
  readonly metrics?: Final;
}

/**
 * Holds a run folder while `train` trains into it: nobody else can, one that never began is taken back, and an abort is an
 * outcome, not an error. Where several processes train together the first holds it, and an error of one ends all.
 */
export async function withRun<Result>(
  options: RunOptions,
  train: (run: RunFolder) => Promise<Result>,
): Promise<Result | { readonly outcome: 'interrupted' }> {
  const { resume = false, signal, distributed = true } = options;
  const processes = distributed ? await Processes.join() : undefined;
  let run: RunFolder | undefined;
  try {
    run = processes ? await openTogether(options, processes) : open(options);
    return await train(run);
  } catch (thrown) {
    const error = processes ? await processes.fail(thrown) : thrown;
    if (!resume) run?.discardUnlessBegun();
    // Another process may have ended the training because of the same abort.
    if (isAbort(thrown, signal) || (error instanceof DistributedError && signal?.aborted))
      return { outcome: 'interrupted' };
    throw error;
  } finally {
    run?.release();
  }
}

type RunOptions = Pick<TrainOptions<ConfigTree>, 'config' | 'run' | 'resume' | 'signal'> &
  Pick<FitOptions<never>, 'distributed'>;

function open({ config, run, resume }: RunOptions, processes?: Processes): RunFolder {
  return resume ? RunFolder.reopen(run, processes) : RunFolder.create(run, config, processes);
}

/** The first process opens it, so that the others find it there. */
function openTogether(options: RunOptions, processes: Processes): Promise<RunFolder> {
  const { run, resume = false } = options;
  return processes.firstThenOthers(() =>
    processes.isFirst ? open(options, processes) : RunFolder.follow(run, resume, processes),
  );
}

/** What `work` gives; undefined where it ended by the reason of the signal, or would begin after the abort. */
export async function unlessAborted<T>(
  signal: AbortSignal,
  work: (signal: AbortSignal) => T | Promise<T>,
): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  try {
    return await work(signal);
  } catch (error) {
    if (isAbort(error, signal)) return undefined;
    throw error;
  }
}

/** Whether an error is the reason of a signal that has aborted. */
export function isAbort(error: unknown, signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && error === signal.reason;
}

/** A listener whose progress bars throw the reason of the signal once it has aborted: so what they show, such as the drawing of faces, can be stopped. */
export function stoppable(listener: Listener = silent, signal?: AbortSignal): Listener {
  return {
    say: listener.say,
    bar: (label, unit) => {
      const bar = listener.bar(label, unit);
      return {
        update: (done, total) => {
          signal?.throwIfAborted();
          bar.update(done, total);
        },
        stop: () => bar.stop(),
      };
    },
  };
}
