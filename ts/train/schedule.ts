import { InputError } from '../errors';
import { LambdaLR, type LRScheduler, OneCycleLR, type Optimizer } from '../optim';
import { expected } from '../options';

const KINDS = ['constant', 'cosine', 'oneCycle', 'step'] as const;

/** How the learning rate changes over a training. */
export interface ScheduleRules {
  /** The curve after the warm-up. */
  readonly kind: (typeof KINDS)[number];
  /** Length of the warm-up: from 1 on a number of steps, below 1 a share of all steps. */
  readonly warmup: number;
  /** Epochs between two drops of `step`, more than 0. */
  readonly dropEpochs: number;
  /** Factor of each drop. */
  readonly gamma: number;
}

/** The length of a training, in optimizer steps and in epochs. */
export interface Span {
  readonly steps: number;
  readonly epochs: number;
}

/**
 * A schedule that moves with every step, from the rates that the optimizer's groups have.
 * `oneCycle` is PyTorch's with its defaults: it moves the first beta as well. The warm-up of the others is linear.
 * @throws InputError for a kind that does not exist, or a number out of its range
 */
export function makeSchedule(optimizer: Optimizer, rules: ScheduleRules, { steps, epochs }: Span): LRScheduler {
  checkRules(rules);
  const warmup = rules.warmup < 1 ? Math.round(rules.warmup * steps) : Math.min(rules.warmup, steps);
  if (rules.kind === 'oneCycle') {
    const peaks = optimizer.paramGroups.map(({ lr }) => lr);
    return new OneCycleLR(optimizer, peaks, {
      totalSteps: steps,
      pctStart: rules.warmup < 1 ? rules.warmup : warmup / steps,
    });
  }
  const stepsPerDrop = (rules.dropEpochs * steps) / epochs;
  const factorAt = {
    constant: () => 1,
    cosine: (step: number) => (1 + Math.cos((Math.PI * (step - warmup)) / Math.max(1, steps - warmup))) / 2,
    step: (step: number) => rules.gamma ** Math.floor(step / stepsPerDrop),
  }[rules.kind];
  return new LambdaLR(optimizer, (step) => (step < warmup ? (step + 1) / (warmup + 1) : factorAt(step)));
}

function checkRules({ kind, warmup, dropEpochs, gamma }: ScheduleRules): void {
  const check = (isRight: boolean, what: string, found: unknown): void => {
    if (!isRight) throw expected('schedule', what, found, '', InputError);
  };
  check(KINDS.includes(kind), `one of '${KINDS.join("', '")}' for kind`, kind);
  check(Number.isFinite(warmup) && warmup >= 0, 'a number from 0 on for warmup', warmup);
  check(dropEpochs > 0, 'a number above 0 for dropEpochs', dropEpochs);
  check(Number.isFinite(gamma) && gamma >= 0, 'a number from 0 on for gamma', gamma);
}
