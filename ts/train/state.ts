import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors';
import type { Costs } from './throughput';
import type { Skeleton } from './pytree';

/** Where a training loop stands: all it needs, beside weights and optimizer, to go on as if never stopped. */
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
  readonly images: number;
  readonly seconds: number;
  /** Sum over the steps of each named value. */
  readonly sums: Readonly<Record<string, number>>;
}

/** The window with one more step in it. */
export function addToWindow(
  window: LossWindow,
  values: Readonly<Record<string, number>>,
  seconds: number,
  images: number,
): LossWindow {
  const sums = { ...window.sums };
  for (const [name, value] of Object.entries(values)) sums[name] = (sums[name] ?? 0) + value;
  return { steps: window.steps + 1, images: window.images + images, seconds: window.seconds + seconds, sums };
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

/** state.json of a checkpoint. */
export interface SavedState {
  readonly loop: LoopState;
  readonly scheduler: object;
  /** The optimizer's state dict; its tensors are in optimizer.safetensors. */
  readonly optimizer?: Skeleton;
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
