import { type Listener, silent } from '../native/listener';
import type { ConfigTree } from './config/keys';
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
 * outcome, not an error.
 */
export async function withRun<Result>(
  options: Pick<TrainOptions<ConfigTree>, 'config' | 'run' | 'resume' | 'signal'>,
  train: (run: RunFolder) => Promise<Result>,
): Promise<Result | { readonly outcome: 'interrupted' }> {
  const { config, resume = false, signal } = options;
  const run = resume ? RunFolder.reopen(options.run) : RunFolder.create(options.run, config);
  try {
    return await train(run);
  } catch (error) {
    if (!resume) run.discardUnlessBegun();
    if (isAbort(error, signal)) return { outcome: 'interrupted' };
    throw error;
  } finally {
    run.release();
  }
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
