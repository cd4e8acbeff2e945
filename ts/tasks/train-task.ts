import { type Listener, silent } from '../native/listener';
import type { Device } from '../tensor';
import { chooseDevice } from '../train/device';
import type { ConfigTree } from '../train/config/keys';
import type { Outcome, TrainEvent } from '../train/events';
import type { TrainParts, TrainPlan } from '../train/types';
import { RunFolder, readFinalMetrics } from '../train/run';
import { Trainer } from '../train/trainer';

export interface TrainOptions<Config> {
  readonly config: Config;
  /** The run folder: absent or empty, or with `resume` the one to go on with. */
  readonly run: string;
  /** Goes on from the run's last checkpoint. @default false */
  readonly resume?: boolean;
  /** Its abort saves a checkpoint and ends the training after the running step. */
  readonly signal?: AbortSignal;
  /** Hears what happens around the training: drawing, reading, evaluating. */
  readonly listener?: Listener;
  /** Hears of every step, evaluation and checkpoint. */
  readonly onEvent?: (event: TrainEvent) => void;
}

export interface TrainResult<Final> {
  readonly outcome: Outcome;
  /** Final figures; absent when the training was interrupted. */
  readonly metrics?: Final;
}

/** What a task finds when its training begins. */
export interface TrainContext<Config> {
  readonly config: Config;
  readonly run: RunFolder;
  readonly device: Device;
  /** Ends what shows its progress, such as the drawing of faces, at the signal. */
  readonly listener: Listener;
  readonly signal: AbortSignal | undefined;
}

/** A training that is ready to run. */
export interface Training<Batch, Final> {
  readonly plan: TrainPlan;
  readonly parts: TrainParts<Batch>;
  /** Digest of all that decides the outcome. */
  readonly digest: string;
  /** Writes what a finished run leaves; metrics.json last, because it says that the run is finished. */
  finish(): Promise<Final>;
}

/** Trains what it is given, to the end or to the signal. */
export type Fit<Final> = <Batch>(training: Training<Batch, Final>) => Promise<TrainResult<Final>>;

/**
 * The frame of every task's training: holds the run folder, restores, trains and finishes. A finished run is left as it is.
 * @param prepare opens data and model, gives them to `fit`, and closes what it opened
 */
export async function trainTask<Config extends ConfigTree & { readonly device: string }, Final>(
  options: TrainOptions<Config>,
  prepare: (context: TrainContext<Config>, fit: Fit<Final>) => Promise<TrainResult<Final>>,
): Promise<TrainResult<Final>> {
  const { config, resume = false, signal } = options;
  const device = chooseDevice(config.device);
  const run = resume ? RunFolder.reopen(options.run) : RunFolder.create(options.run, config);
  try {
    if (run.finished) return { outcome: 'completed', metrics: readFinalMetrics(run.path) as Final };
    const listener = stoppable(options.listener ?? silent, signal);
    return await prepare({ config, run, device, listener, signal }, (training) => fit(training, run, options));
  } catch (error) {
    if (!resume) run.discardUnlessBegun();
    if (signal?.aborted && error === signal.reason) return { outcome: 'interrupted' };
    throw error;
  } finally {
    run.release();
  }
}

async function fit<Batch, Final>(
  training: Training<Batch, Final>,
  run: RunFolder,
  options: TrainOptions<ConfigTree>,
): Promise<TrainResult<Final>> {
  const { plan, parts, digest, finish } = training;
  const trainer = new Trainer({ plan, parts, run, config: digest, signal: options.signal, listener: options.onEvent });
  await trainer.restore();
  if (options.resume) run.goOnWith(options.config);
  const outcome = await trainer.fit();
  return outcome === 'interrupted' ? { outcome } : { outcome, metrics: await finish() };
}

function stoppable(listener: Listener, signal?: AbortSignal): Listener {
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
