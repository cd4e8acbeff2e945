import type { Tensor } from '../tensor';

/** How long to train and what to do on the way. */
export interface TrainPlan {
  /** Seed of what is random inside the model, such as dropout. */
  readonly seed: number;
  readonly epochs: number;
  /** Micro-batches whose gradients one optimizer step averages. */
  readonly accumulate: number;
  /** Largest total norm of the gradients; 0 leaves them as they are. */
  readonly clipNorm: number;
  /** Largest size of each element of the gradients; 0 leaves them as they are. */
  readonly clipValue: number;
  /** The type of autocast while the loss is computed; with float16 the loss is scaled (`torch.amp.GradScaler`). */
  readonly precision: 'float32' | 'bfloat16' | 'float16';
  /**
   * Decay of an exponential moving average of weights and buffers, which is what evaluations see and what `checkpoints/best`
   * holds; 0 keeps none.
   */
  readonly ema: number;
  /** Optimizer steps at most, over all epochs; the schedule spans them. 0 is as many as the epochs have. */
  readonly maxSteps: number;
  /** Minutes of training at most, all sessions together; 0 is without end. A resumed run may be given more. */
  readonly maxMinutes: number;
  /** How many of the best checkpoints to keep, in `checkpoints/step-<n>`; 1 is `checkpoints/best` alone. */
  readonly keep: number;
  /** Steps between two lines of metrics.jsonl. */
  readonly logSteps: number;
  /** Evaluate before the first step too, so that nothing worse than the start becomes the best checkpoint. */
  readonly evaluateStart: boolean;
  /** Evaluate after every so many epochs, and after the last one; 0 never does. */
  readonly evaluateEpochs: number;
  /** Evaluate after every so many steps as well; 0 does not. */
  readonly evaluateSteps: number;
  /** Checkpoint once so many minutes have passed since the last one; 0 does not. */
  readonly checkpointMinutes: number;
  /** Checkpoint after every so many steps; 0 does not. */
  readonly checkpointSteps: number;
  /**
   * Write checkpoints beside the training, which waits until they are copied into memory, and no longer; false lets it wait until
   * they are on disk.
   */
  readonly asyncCheckpoint: boolean;
  /** Stop after so many evaluations in a row without a better score; 0 never does. */
  readonly patience: number;
  /** The metric of an evaluation that decides which checkpoint is best. */
  readonly score: string;
  /** Whether the highest score is the best, or the lowest. */
  readonly mode: 'min' | 'max';
}

/** Batches of an epoch, in an order that depends on nothing but the epoch's number. */
export interface BatchSource<Batch> {
  /** Batches in one epoch. */
  readonly batches: number;
  /** The batches from `startBatch` on, without the cost of loading those before it. */
  epoch(epoch: number, options?: { readonly startBatch?: number }): AsyncIterable<Batch>;
  /** The names of the samples of one batch, such as files, for an error that it leads to. */
  describeBatch?(epoch: number, batch: number): readonly string[];
  /**
   * What several processes that train together need: the part of one of them, of each batch its samples, null where it has none. That
   * of a `DataLoader` takes them rank after rank.
   */
  shard?(rank: number, worldSize: number): BatchSource<Batch | null>;
}

/** The loss of one batch, and named scalars to log beside it. */
export interface LossAndTerms {
  /** A scalar, which is differentiated. */
  readonly loss: Tensor;
  /** Scalars by name; a name that a line of metrics.jsonl has for something else, such as `step`, is refused. */
  readonly terms?: Readonly<Record<string, Tensor>>;
}

/** What a loss is divided by, by name, such as the objects in a batch. */
export type LossTotals = Readonly<Record<string, number>>;

/** A schedule that moves with every optimizer step; those of `optim` are. */
export interface TrainScheduler {
  /** Sets the rates of the next step. */
  step(): void;
  /** Is told the score of each evaluation. */
  evaluated?(score: number): void;
  /** What a checkpoint keeps. */
  stateDict(): object;
  /** Goes back to where a checkpoint was. */
  loadStateDict(state: never): void;
}

/** What a training loop tells its caller; it prints nothing itself. */
export type TrainEvent =
  | { readonly type: 'begin'; readonly epochs: number; readonly step: number; readonly steps: number }
  /** Before `begin`: the last checkpoint cannot be used, and another one is. */
  | { readonly type: 'damaged'; readonly step: number; readonly message: string }
  | StepEvent
  | {
      readonly type: 'evaluated';
      readonly epoch: number;
      readonly step: number;
      readonly metrics: Metrics;
      readonly best: boolean;
    }
  /** A checkpoint is on disk; the training may have gone on since it was taken. */
  | { readonly type: 'checkpoint'; readonly step: number; readonly path: string }
  /** Something that does not end the training, such as a tracker that fails. */
  | { readonly type: 'warning'; readonly step: number; readonly message: string }
  /** Something that a person asked for by `controls` or the dashboard, once it is done. */
  | { readonly type: 'control'; readonly step: number; readonly message: string; readonly paused: boolean }
  /** Before `begin`: where the dashboard is, which the training itself has opened. */
  | { readonly type: 'dashboard'; readonly step: number; readonly address: string }
  | { readonly type: 'end'; readonly step: number; readonly outcome: Outcome };

export interface StepEvent {
  readonly type: 'step';
  /** The running epoch, from 1, and how many there are. */
  readonly epoch: number;
  readonly epochs: number;
  /** Optimizer steps done and to do, over all epochs. */
  readonly step: number;
  readonly steps: number;
  /** Mean loss of the most recent steps. */
  readonly loss: number;
  readonly lr: number;
  readonly samplesPerSecond: number;
  /** Seconds to the end, evaluations and checkpoints included; null while unknown. */
  readonly secondsLeft: number | null;
}

/** Named metrics of one evaluation; null where one does not exist. */
export type Metrics = Readonly<Record<string, number | null>>;

/** Why the loop ended: all steps done, out of patience, `maxMinutes` over, or the signal aborted. */
export type Outcome = 'completed' | 'stopped early' | 'out of time' | 'interrupted';
