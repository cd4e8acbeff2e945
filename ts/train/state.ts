import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Rng } from '../data/rng';
import { InputError } from '../errors';
import { show } from '../options';
import type { Span } from './schedule';
import type { Costs } from './throughput';
import type { Metrics } from './types';

/** The position of a training loop: all that it needs, beside weights, optimizer and schedule, to go on as if never stopped. */
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
  /** With `keep` above 1: the best evaluations whose checkpoints are kept, the best first. */
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
  /** Sum over the steps of each named value; null is one that is not finite, out of state.json. */
  readonly sums: Readonly<Record<string, number | null>>;
}

/** What a logged line says of a window: the mean of each value, and the speed. */
export function windowMeans({ steps, images, seconds, sums }: LossWindow): Record<string, number> {
  const means = Object.entries(sums).map(([name, sum]) => [name, sumOf(sum) / steps] as const);
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
  for (const [name, mean] of Object.entries(means)) sums[name] = sumOf(sums[name]) + mean;
  return {
    ...state,
    step: state.step + 1,
    seconds: state.seconds + seconds,
    window: { steps: window.steps + 1, images: window.images + samples, seconds: window.seconds + seconds, sums },
  };
}

/** JSON has null for a sum that is not finite, and such a sum stays one in a run that is resumed. */
function sumOf(saved: number | null | undefined): number {
  return saved === null ? NaN : (saved ?? 0);
}

/**
 * The state after an evaluation that gave `score`; a score that equals the best one is not better.
 * @param keep how many of the best are remembered; 1 is the best alone
 */
export function afterEvaluation(state: LoopState, score: number, mode: 'min' | 'max', keep = 1): LoopState {
  const { top = [], ...rest } = state;
  const { best, step, stale } = rest;
  const isBetter = (a: Best, b: Best): boolean => (mode === 'max' ? a.score > b.score : a.score < b.score);
  const found: Best = { score, epoch: epochsBegun(state), step };
  const better = best === null || isBetter(found, best);
  const before = top.filter((other) => !isBetter(found, other));
  return {
    ...rest,
    evaluatedStep: step,
    best: better ? found : best,
    stale: better ? 0 : stale + 1,
    ...(keep > 1 && { top: [...before, found, ...top.slice(before.length)].slice(0, keep) }),
  };
}

/** The metric that decides which checkpoint is best. @throws InputError when the evaluation does not have it, or no number for it */
export function scoreOf(metrics: Metrics, name: string): number {
  const score = metrics[name];
  if (typeof score === 'number' && Number.isFinite(score)) return score;
  const found = Object.hasOwn(metrics, name) ? show(score) : Object.keys(metrics).join(', ') || 'no metrics';
  throw new InputError(
    `Expected a finite number "${name}" of the evaluation, found ${found}; name another metric by the option score.`,
  );
}

/** True for the state right after the evaluation that was the best. */
export function isBest({ best, step }: LoopState): boolean {
  return best?.step === step;
}

/**
 * Looks at `loss` and `gradNorm`, those of them that are given.
 * @param detail what else is known, a sentence
 * @throws InputError that says where one of them is not finite, and which checkpoint stands
 */
export function requireFinite(
  means: Readonly<Record<string, number>>,
  state: LoopState,
  saved?: LoopState,
  detail = '',
): void {
  const name = ['loss', 'gradNorm'].find((key) => Object.hasOwn(means, key) && !Number.isFinite(means[key]));
  if (name === undefined) return;
  const position = `epoch ${state.epoch + 1}, step ${state.step + 1}`;
  const checkpoint = saved ? `the checkpoint of step ${saved.step} stands` : 'no checkpoint was written yet';
  throw new InputError(
    `Expected a finite ${name}, found ${means[name]} at ${position}: ${checkpoint}; ` +
      `try a lower learning rate, a longer warm-up or clipping.${detail && ` ${detail}`}`,
  );
}

/** Seeds of a plan stay below this, so that the streams of data, model and evaluation never overlap. */
export const SEED_LIMIT = 2 ** 50;
/** Added to the seed, since the data draws from streams of the seed itself. */
const MODEL_STREAM = SEED_LIMIT;
const EVALUATION_STREAM = 2 * SEED_LIMIT;

/** The seed of what is random inside the model while it sees one batch. */
export function batchSeed(seed: number, epoch: number, batch: number): number {
  return new Rng(seed + MODEL_STREAM, epoch, batch).uint32();
}

/** The seed of what is random in the evaluation after a step, which a resumed run may have to make up for. */
export function evaluationSeed(seed: number, step: number): number {
  return new Rng(seed + EVALUATION_STREAM, step).uint32();
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
  /** The length that the schedule spans; checkpoints of earlier versions lack it. */
  readonly span?: Span;
  /** Digest of the configuration (`fingerprint`). */
  readonly config: string;
}

/** @throws InputError when the file is absent or broken */
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
