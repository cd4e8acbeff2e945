import { Rng } from '../data/rng';
import { InputError } from '../errors';
import { utils } from '../nn';
import * as torch from '../tensor';
import type { TrainParts, TrainPlan } from './types';

/** Named scalars of one optimizer step; `loss` and `gradNorm` are always there. */
export type StepValues = Readonly<Record<string, number>>;

/** One optimizer step out of one or more batches: forward, backward, clip, update. */
export class Stepper<Batch> {
  private readonly parameters;
  private sums: Record<string, number> = {};

  constructor(
    private readonly parts: Pick<TrainParts<Batch>, 'model' | 'optimizer' | 'scheduler' | 'loss'>,
    private readonly plan: Pick<TrainPlan, 'clipNorm' | 'seed'>,
  ) {
    this.parameters = parts.model.parameters().filter(({ requiresGrad }) => requiresGrad);
  }

  /** Adds the gradients of `batch`, one of `share` batches that the next step averages. */
  accumulate(batch: Batch, microBatches: number, seed: number): void {
    // A seed for each batch, not one stream: so dropout depends on the position alone, on any device.
    torch.manualSeed(seed);
    torch.scoped(() => {
      const { loss, terms = {} } = this.parts.loss(batch);
      (microBatches === 1 ? loss : loss.div(microBatches)).backward();
      for (const [name, term] of Object.entries({ loss, ...terms })) {
        this.sums[name] = (this.sums[name] ?? 0) + Number(term.item()) / microBatches;
      }
    });
  }

  /** Applies what `accumulate` gathered. @throws InputError when the loss or a gradient is not finite */
  step(): StepValues {
    const values = { ...this.sums, gradNorm: this.update() };
    this.sums = {};
    for (const name of ['loss', 'gradNorm'] as const) {
      const value = (values as StepValues)[name]!;
      if (!Number.isFinite(value)) throw new InputError(`Expected a finite ${name}, found ${value}`);
    }
    return values;
  }

  private update(): number {
    const { optimizer, scheduler } = this.parts;
    return torch.scoped(() => {
      const norm = utils.clipGradNorm(this.parameters, this.plan.clipNorm || Infinity);
      optimizer.step();
      scheduler.step();
      optimizer.zeroGrad();
      return Number(norm.item());
    });
  }
}

/** Keeps these streams apart from those of the data, which are named by the plain seed. */
const MODEL_STREAM = 2 ** 50;

/** The seed of what is random inside the model while it sees one batch. */
export function batchSeed(seed: number, epoch: number, batch: number): number {
  return new Rng(seed + MODEL_STREAM, epoch, batch).uint32();
}
