import * as z from 'zod';
import type { TrainPlan } from '../types';

const count = z.int().min(1);
const countOrNone = z.int().min(0);
const share = z.number().min(0).max(1);

/** The keys that every training task has; a task adds its own beside them. */
export const trainShape = {
  /** Seed of weights, order, augmentation and dropout. */
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
  epochs: count,
  /** Images in a batch. */
  batchSize: count,
  /** Batches that one optimizer step averages. */
  accumulate: count,
  /** `auto` takes an accelerator where there is one. */
  device: z.string().regex(/^(auto|cpu|cuda(:\d+)?|mps)$/, 'expected auto, cpu, cuda, cuda:<n> or mps'),
  /** Type of the matrix products in training; `auto` takes bfloat16 on an accelerator, float32 on a CPU. */
  precision: z.enum(['auto', 'float32', 'bfloat16']),
  optimizer: z.strictObject({
    /** Peak learning rate. */
    lr: z.number().positive(),
    /** Peak learning rate of the newly made head; null takes `lr`. */
    headLr: z.number().positive().nullable(),
    weightDecay: z.number().min(0),
    /** Whether biases and normalization weights decay too, as with a plain PyTorch optimizer. */
    decayAll: z.boolean(),
    /** Factor on the learning rate for each layer further from the head; 1 is the same rate for all. */
    layerDecay: z.number().positive().max(1),
    betas: z.tuple([share, share]),
    eps: z.number().positive(),
  }),
  schedule: z.strictObject({
    kind: z.enum(['constant', 'cosine', 'oneCycle', 'step']),
    /** Steps of warm-up from 1 up; below 1 a share of all steps. */
    warmup: z.number().min(0),
    /** For `step`: multiply the rate by `gamma` after every so many epochs. */
    dropEpochs: count,
    gamma: share,
  }),
  /** Largest norm of all gradients together; 0 does not clip. */
  clipNorm: z.number().min(0),
  evaluate: z.strictObject({
    everyEpochs: count,
    /** 0 is never between epochs. */
    everySteps: countOrNone,
    /** Images in a batch of an evaluation. */
    batchSize: count,
    /** Stop after so many evaluations without a better one; 0 never does. */
    patience: countOrNone,
  }),
  checkpoint: z.strictObject({
    everyMinutes: z.number().min(0),
    everySteps: countOrNone,
  }),
  log: z.strictObject({ everySteps: count }),
} as const;

const trainSchema = z.strictObject(trainShape);
export type TrainConfig = z.infer<typeof trainSchema>;

/** Keys that change how a run goes but not what it ends with; a resumed run may change them. */
export const freeKeys: readonly string[] = ['device', 'checkpoint', 'log'];

/** The loop's plan out of a configuration. */
export function trainPlan(config: Omit<TrainConfig, 'optimizer'>, score: string, evaluateStart = false): TrainPlan {
  const { seed, epochs, accumulate, clipNorm, evaluate, checkpoint, log } = config;
  return {
    seed,
    epochs,
    accumulate,
    clipNorm,
    logSteps: log.everySteps,
    evaluateStart,
    evaluateEpochs: evaluate.everyEpochs,
    evaluateSteps: evaluate.everySteps,
    checkpointMinutes: checkpoint.everyMinutes,
    checkpointSteps: checkpoint.everySteps,
    patience: evaluate.patience,
    score,
  };
}
