import { join } from 'node:path';
import * as z from 'zod';
import type { TrackingOptions } from '../tracking/tracking';
import type { TrainPlan } from '../types';

const count = z.int().min(1);
const countOrNone = z.int().min(0);
const share = z.number().min(0).max(1);

/** What a training does about an image that cannot be read: one key for every task's group `data`. */
export const onErrorKey = {
  onError: z
    .enum(['stop', 'skip'])
    .default('stop')
    .describe('What an image that cannot be read does to the training; `skip` goes on without it, and lists it.'),
} as const;

/** How shards are read, where the data are such: for every task's group `data`. */
export const shardKeys = {
  shards: z
    .strictObject({
      shuffleBuffer: z
        .int()
        .min(1)
        .nullable()
        .default(10_000)
        .describe(
          'How far samples are moved when they are shuffled, after their shards; null shuffles all among each other, which needs all shards at hand.',
        ),
      streams: z
        .int()
        .min(1)
        .default(8)
        .describe(
          'Streams that the shards are dealt to, each part of a batch from one; a multiple of the number of processes lets each read shards of its own.',
        ),
      cache: z
        .string()
        .default(join('data', 'interim', 'shards'))
        .describe('Folder for shards that are fetched from elsewhere.'),
      cacheBytes: z
        .int()
        .min(1)
        .default(8 * 2 ** 30)
        .describe('The most bytes that it holds.'),
    })
    .prefault({}),
} as const;

/** Keys below one name; a configuration that lacks them all has their defaults. */
export function group<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape).prefault({} as never);
}

/** The same key with another default. */
export function withDefault<Schema extends z.ZodType>(schema: Schema, value: NoInfer<z.output<Schema>>) {
  return schema.default(value as never).describe(schema.description!);
}

/**
 * The keys that every training task has, each with its type, its default and its help; a task adds its own beside them.
 *
 * A run that was begun before a key existed goes on with the key's default, so the default of a new key is what was done
 * before there was one. Only keys that every run has had from the beginning have none.
 */
export const trainShape = {
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(0)
    .describe('Seed of weights, order, augmentation and dropout.'),
  epochs: count.describe('Passes over the training split.'),
  batchSize: count.describe('Images in a batch.'),
  accumulate: count.default(1).describe('Batches that one optimizer step averages.'),
  device: z
    .string()
    .regex(/^(auto|cpu|cuda(:\d+)?|mps)$/, 'expected auto, cpu, cuda, cuda:<n> or mps')
    .default('auto')
    .describe('`auto` takes an accelerator where there is one.'),
  precision: z
    .enum(['auto', 'float32', 'bfloat16', 'float16'])
    .default('auto')
    .describe('Type of the matrix products in training; `auto` takes bfloat16 on an accelerator, float32 on a CPU.'),
  optimizer: z.strictObject({
    lr: z.number().positive().describe('Peak learning rate.'),
    headLr: z
      .number()
      .positive()
      .nullable()
      .default(null)
      .describe('Peak learning rate of the newly made head; null takes `lr`.'),
    weightDecay: z
      .number()
      .min(0)
      .default(0.05)
      .describe('Share of each weight that a step takes off, times the rate.'),
    decayAll: z
      .boolean()
      .default(false)
      .describe('Whether biases and normalization weights decay too, as with a plain PyTorch optimizer.'),
    layerDecay: z
      .number()
      .positive()
      .max(1)
      .default(1)
      .describe('Factor on the learning rate for each layer further from the head; 1 is the same rate for all.'),
    betas: z
      .tuple([share, share])
      .default([0.9, 0.999])
      .describe('Decay of the mean of gradients and of their squares.'),
    eps: z.number().positive().default(1e-8).describe('Added to the root of the mean square.'),
  }),
  schedule: group({
    kind: z
      .enum(['constant', 'cosine', 'oneCycle', 'step'])
      .default('constant')
      .describe('Shape of the learning rate.'),
    warmup: z
      .number()
      .min(0)
      .default(0)
      .describe('Length of the warm-up: from 1 on a number of steps, below 1 a share of all steps.'),
    dropEpochs: count.default(1).describe('For `step`: multiply the rate by `gamma` after every so many epochs.'),
    gamma: share.default(1).describe('For `step`: factor of each drop.'),
  }),
  clipNorm: z.number().min(0).default(1).describe('Largest norm of all gradients together; 0 does not clip.'),
  clipValue: z
    .number()
    .min(0)
    .default(0)
    .describe('Largest size of each element of the gradients, with `clipNorm` 0; 0 does not clip.'),
  ema: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('Decay of the averages of the weights that are evaluated and become the best checkpoint; 0 keeps none.'),
  maxSteps: countOrNone.default(0).describe('Optimizer steps at most, over all epochs; 0 is as many as they have.'),
  maxMinutes: z.number().min(0).default(0).describe('Minutes of training at most; 0 is without end.'),
  evaluate: group({
    everyEpochs: count.default(1).describe('Evaluate after every so many epochs, and after the last one.'),
    everySteps: countOrNone
      .default(0)
      .describe('Evaluate after every so many steps as well; 0 is never between epochs.'),
    batchSize: count.default(128).describe('Images in a batch of an evaluation.'),
    patience: countOrNone.default(0).describe('Stop after so many evaluations without a better one; 0 never does.'),
  }),
  checkpoint: group({
    everyMinutes: z.number().min(0).default(10).describe('Minutes between two checkpoints; 0 leaves the clock out.'),
    everySteps: countOrNone.default(0).describe('Steps between two checkpoints; 0 leaves them out.'),
    async: z
      .boolean()
      .default(true)
      .describe('Write checkpoints beside the training, from a copy in memory; false lets it wait for the disk.'),
    keep: count.default(1).describe('How many of the best checkpoints to keep; 1 is `checkpoints/best` alone.'),
  }),
  tracking: group({
    tensorboard: z
      .boolean()
      .default(true)
      .describe('Whether event files for TensorBoard are written into the run folder.'),
    images: countOrNone
      .default(4)
      .describe('Images of the validation split, with what the model says of them, that each evaluation shows there.'),
    mlflow: z
      .boolean()
      .default(true)
      .describe('Whether an MLflow server is told of the run, where `MLFLOW_TRACKING_URI` names one.'),
    histogramSteps: countOrNone
      .default(0)
      .describe('Steps between two histograms of each weight and its gradient; 0 makes none.'),
  }),
  log: group({ everySteps: count.default(10).describe('Steps between two lines of metrics.jsonl.') }),
} as const;

const trainSchema = z.strictObject(trainShape);
export type TrainConfig = z.infer<typeof trainSchema>;

/** Keys that change how a run goes but not what it ends with; a resumed run may change them. */
export const freeKeys: readonly string[] = ['device', 'maxMinutes', 'checkpoint', 'tracking', 'log'];

/** Who is told of a training, out of a configuration. */
export function trackingOptions({ tracking }: Pick<TrainConfig, 'tracking'>): Partial<TrackingOptions> {
  const { images: _, ...options } = tracking;
  return options;
}

/** The loop's plan out of a configuration; the precision is the device's matter too. */
export function trainPlan(
  config: Omit<TrainConfig, 'optimizer' | 'tracking'>,
  score: string,
  evaluateStart = false,
): Omit<TrainPlan, 'precision'> {
  const { seed, epochs, accumulate, clipNorm, clipValue, ema, maxSteps, maxMinutes, evaluate, checkpoint, log } =
    config;
  return {
    seed,
    epochs,
    accumulate,
    clipNorm,
    clipValue,
    ema,
    maxSteps,
    maxMinutes,
    keep: checkpoint.keep,
    logSteps: log.everySteps,
    evaluateStart,
    evaluateEpochs: evaluate.everyEpochs,
    evaluateSteps: evaluate.everySteps,
    checkpointMinutes: checkpoint.everyMinutes,
    checkpointSteps: checkpoint.everySteps,
    asyncCheckpoint: checkpoint.async,
    patience: evaluate.patience,
    score,
    mode: 'max',
  };
}
