import { LambdaLR, type LRScheduler, OneCycleLR, type Optimizer } from '../optim';

/** How the learning rate changes over a training. */
export interface ScheduleRules {
  /** The curve behind the warm-up. */
  readonly kind: 'constant' | 'cosine' | 'oneCycle' | 'step';
  /** Length of the warm-up: from 1 on a number of steps, below 1 a share of all steps. */
  readonly warmup: number;
  /** Epochs between two drops of `step`. */
  readonly dropEpochs: number;
  /** Factor of each drop. */
  readonly gamma: number;
}

/** The length of a training, in optimizer steps. */
export interface Span {
  readonly steps: number;
  readonly epochs: number;
}

/**
 * A schedule that moves with every step, from the rates that the optimizer's groups have.
 * `oneCycle` is PyTorch's with its defaults: it moves the first beta as well. The warm-up of the others is linear.
 */
export function makeSchedule(optimizer: Optimizer, rules: ScheduleRules, { steps, epochs }: Span): LRScheduler {
  const warmup = rules.warmup < 1 ? Math.round(rules.warmup * steps) : Math.min(rules.warmup, steps);
  if (rules.kind === 'oneCycle') {
    const peaks = optimizer.paramGroups.map(({ lr }) => lr);
    return new OneCycleLR(optimizer, peaks, {
      totalSteps: steps,
      pctStart: rules.warmup < 1 ? rules.warmup : warmup / steps,
    });
  }
  const perDrop = (rules.dropEpochs * steps) / epochs;
  const factorAt = {
    constant: () => 1,
    cosine: (step: number) => (1 + Math.cos((Math.PI * (step - warmup)) / Math.max(1, steps - warmup))) / 2,
    step: (step: number) => rules.gamma ** Math.floor(step / perDrop),
  }[rules.kind];
  return new LambdaLR(optimizer, (step) => (step < warmup ? (step + 1) / (warmup + 1) : factorAt(step)));
}
