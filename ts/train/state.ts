import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Rng } from '../data/rng';
import { InputError, TorchError } from '../errors';
import type { Costs } from './throughput';
import type { Metrics } from './types';

/** How far a training loop is: all it needs, beside weights, optimizer and schedule, to go on as if never stopped. */
export interface LoopState {
  /** Epochs done. */
  readonly epoch: number;
  /** Batches of the running epoch that are done. */
  readonly batch: number;
  /** Optimizer steps done. */
  readonly step: number;
  /** The step after which the last evaluation ran; null before the first. */
  readonly evaluatedStep: number | null;
  readonly best: Best | null;
  /** The best evaluations whose checkpoints are kept, the best first; absent in a run that began before there were any. */
  readonly top?: readonly Best[];
  /** Evaluations since the best one. */
  readonly stale: number;
  /** Training time over all sessions. */
  readonly seconds: number;
  /** What the next line of metrics.jsonl averages over. */
  readonly window: LossWindow;
}

export interface Best {
  readonly score: number;
  readonly epoch: number;
  readonly step: number;
}

/** Sums since the last logged step. */
export interface LossWindow {
  readonly steps: number;
  /** Samples; state.json keeps the name that it began with. */
  readonly images: number;
  readonly seconds: number;
  /** Sum over the steps of each named value. */
  readonly sums: Readonly<Record<string, number>>;
}

/** What a logged line says of a window: the mean of each value, and the speed. */
export function windowMeans({ steps, images, seconds, sums }: LossWindow): Record<string, number> {
  const means = Object.entries(sums).map(([name, sum]) => [name, sum / steps] as const);
  return { ...Object.fromEntries(means), imagesPerSecond: Math.round((10 * images) / seconds) / 10 };
}

/** Epochs begun, from 1; before the first step none is. */
export function epochsBegun({ epoch, step }: LoopState): number {
  return step === 0 ? 0 : epoch + 1;
}

export const emptyWindow: LossWindow = { steps: 0, images: 0, seconds: 0, sums: {} };

export const initialState: LoopState = {
  epoch: 0,
  batch: 0,
  step: 0,
  evaluatedStep: null,
  best: null,
  stale: 0,
  seconds: 0,
  window: emptyWindow,
};

/** One optimizer step: what was measured in it. */
export interface StepRecord {
  /** Means over its batches, and its norm of the gradients; `loss` and `gradNorm` are always there. */
  readonly means: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly samples: number;
}

/** The state after one more optimizer step. */
export function afterStep(state: LoopState, { means, seconds, samples }: StepRecord): LoopState {
  const { window } = state;
  const sums = { ...window.sums };
  for (const [name, mean] of Object.entries(means)) sums[name] = (sums[name] ?? 0) + mean;
  return {
    ...state,
    step: state.step + 1,
    seconds: state.seconds + seconds,
    window: { steps: window.steps + 1, images: window.images + samples, seconds: window.seconds + seconds, sums },
  };
}

/**
 * The state after an evaluation that gave `score`; a score that equals the best one is not better.
 * @param keep how many of the best are remembered; 1 is the best alone
 */
export function afterEvaluation(state: LoopState, score: number, mode: 'min' | 'max', keep = 1): LoopState {
  const { best, step, stale, top = [] } = state;
  const isBetter = (a: Best, b: Best): boolean => (mode === 'max' ? a.score > b.score : a.score < b.score);
  const found: Best = { score, epoch: epochsBegun(state), step };
  const better = best === null || isBetter(found, best);
  const before = top.filter((other) => !isBetter(found, other));
  return {
    ...state,
    evaluatedStep: step,
    best: better ? found : best,
    stale: better ? 0 : stale + 1,
    ...(keep > 1 && { top: [...before, found, ...top.slice(before.length)].slice(0, keep) }),
  };
}

/** The metric that decides which checkpoint is best. @throws TorchError when the evaluation does not have it */
export function scoreOf(metrics: Metrics, name: string): number {
  const score = metrics[name];
  if (typeof score === 'number' && Number.isFinite(score)) return score;
  throw new TorchError(`Expected a number "${name}" of the evaluation, found ${Object.keys(metrics).join(', ')}.`);
}

/** True for the state right after the evaluation that was the best. */
export function isBest({ best, step }: LoopState): boolean {
  return best?.step === step;
}

/**
 * @param whence what else is known, a sentence
 * @throws InputError that says where a loss or a norm of gradients is not finite, and which checkpoint stands
 */
export function requireFinite(
  means: Readonly<Record<string, number>>,
  state: LoopState,
  saved?: LoopState,
  whence?: string,
): void {
  const name = ['loss', 'gradNorm'].find((key) => !Number.isFinite(means[key]));
  if (name === undefined) return;
  const position = `epoch ${state.epoch + 1}, step ${state.step + 1}`;
  const rest = saved ? `the checkpoint of step ${saved.step} stands` : 'no checkpoint was written yet';
  throw new InputError(
    `Expected a finite ${name}, found ${means[name]} at ${position}: ${rest}; try a lower learning rate, a longer warm-up or clipping.${whence === undefined ? '' : ` ${whence}`}`,
  );
}

/** Added to the seed: the data draws from streams of the seed itself, and the model's are to be others. */
const MODEL_STREAM = 2 ** 50;

/** The seed of what is random inside the model while it sees one batch. */
export function batchSeed(seed: number, epoch: number, batch: number): number {
  return new Rng(seed + MODEL_STREAM, epoch, batch).uint32();
}

/** state.json of a checkpoint. */
export interface SavedState {
  readonly loop: LoopState;
  readonly scheduler: object;
  /** In float16: the scale of the loss. */
  readonly scaler?: object | undefined;
  /** With `ema`: the steps that the averages in ema.safetensors hold. */
  readonly averages?: number | undefined;
  /** The optimizer's state dict; its tensors are in optimizer.safetensors. */
  readonly optimizer?: unknown;
  /** The length that metrics.jsonl had. */
  readonly logBytes: number;
  /** Measured costs, for the time left after a resume. */
  readonly costs: Costs;
  /** Digest of the configuration (`fingerprint`). */
  readonly config: string;
}

export function readState(checkpoint: string): SavedState {
  const path = join(checkpoint, 'state.json');
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as SavedState;
  } catch (cause) {
    throw new InputError(`Cannot resume: ${path} is unreadable (${(cause as Error).message}); start a new run.`, {
      cause,
    });
  }
}
