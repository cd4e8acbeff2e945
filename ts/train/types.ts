import type { Module } from '../nn';
import type { Tensor } from '../tensor';
import type { Metrics } from './events';

/** How long to train and what to do on the way. */
export interface TrainPlan {
  /** Seed of what is random inside the model, such as dropout. */
  readonly seed: number;
  readonly epochs: number;
  /** Batches whose gradients one optimizer step averages. */
  readonly accumulate: number;
  /** Largest total norm of the gradients; 0 leaves them as they are. */
  readonly clipNorm: number;
  /** Steps between two lines of metrics.jsonl. */
  readonly logSteps: number;
  /** Evaluate before the first step too, so that nothing worse than the start becomes the best checkpoint. */
  readonly evaluateStart: boolean;
  /** Evaluate after every so many epochs, and after the last one. */
  readonly evaluateEpochs: number;
  /** Evaluate after every so many steps as well; 0 does not. */
  readonly evaluateSteps: number;
  /** Checkpoint when so many minutes have passed since the last one; 0 does not. */
  readonly checkpointMinutes: number;
  /** Checkpoint after every so many steps; 0 does not. */
  readonly checkpointSteps: number;
  /** Stop after so many evaluations in a row without a better score; 0 never does. */
  readonly patience: number;
  /** The figure of an evaluation that decides which checkpoint is best: the higher the better. */
  readonly score: string;
}

/** What a task gives to the loop. */
export interface TrainParts<Batch> {
  readonly model: Module;
  readonly data: BatchSource<Batch>;
  readonly optimizer: TrainOptimizer;
  readonly scheduler: TrainScheduler;
  /** The loss of one batch, a scalar, with named terms to log beside it. Called in training mode. */
  loss(batch: Batch): { readonly loss: Tensor; readonly terms?: Readonly<Record<string, Tensor>> };
  /** How many images are in a batch. */
  count(batch: Batch): number;
  /** Frees the tensors of a batch. */
  release(batch: Batch): void;
  /** How many images an evaluation takes; only the time left depends on it. */
  readonly evaluationImages: number;
  /** Figures on held-out data. Called in evaluation mode; throws `signal.reason` soon after an abort. */
  evaluate(signal: AbortSignal): Promise<Metrics>;
  /** Writes the model into a folder, in hub layout. */
  save(folder: string): void | Promise<void>;
}

/** Batches of an epoch, in an order that depends on nothing but the epoch's number. */
export interface BatchSource<Batch> {
  /** Batches in one epoch. */
  readonly batches: number;
  /** The batches from `startBatch` on, without the cost of loading those before it. */
  epoch(epoch: number, options?: { readonly startBatch?: number }): AsyncIterable<Batch>;
}

/** What the loop needs of an optimizer. */
export interface TrainOptimizer {
  readonly paramGroups: readonly { readonly lr: number }[];
  step(): void;
  zeroGrad(): void;
  stateDict(): object;
  loadStateDict(state: never): void;
}

/** A schedule that moves with every optimizer step. */
export interface TrainScheduler {
  step(): void;
  stateDict(): object;
  loadStateDict(state: never): void;
}
