/** What happens to the weights in one step: forward and backward of its batches in the run's precision, clipping, the update. */
import { utils, type Module } from '../nn';
import type { Optimizer } from '../optim';
import * as torch from '../tensor';
import type { WeightAverages } from './ema';
import type { LossAndTerms, TrainPlan, TrainScheduler } from './types';

/** What a step works with. */
export interface StepParts<Batch> {
  readonly plan: Pick<TrainPlan, 'precision' | 'clipNorm' | 'clipValue'>;
  readonly model: Module;
  readonly loss: (batch: Batch) => LossAndTerms;
  readonly optimizer: Optimizer;
  readonly scheduler: Pick<TrainScheduler, 'step'>;
  readonly averages?: WeightAverages | undefined;
}

/** What there is one of in a step, for its line of the log. */
export interface UpdateRecord {
  /** Norm of the gradients before clipping; 0 in a step that was skipped to lower the scale. One that is not finite made no step. */
  readonly gradNorm: number;
  /** In float16 alone: 1 where gradients overflowed, so that the scale of the loss was lowered in place of a step. */
  readonly skipped?: number;
}

/** Below this scale of the loss it is not the scale that makes gradients overflow (fairseq's `min-loss-scale`). */
const LEAST_SCALE = 1e-4;

/** Makes the steps of one training. */
export class Stepper<Batch> {
  readonly #parts: StepParts<Batch>;
  /** Of the model, when the training began. */
  readonly #device: torch.Device;
  readonly #scaler: torch.amp.GradScaler | undefined;
  /** Those of the model that the optimizer moves, in the model's order: nobody clears the gradients of others. */
  readonly #parameters: readonly torch.Tensor[];

  constructor(parts: StepParts<Batch>) {
    this.#parts = parts;
    const parameters = parts.model.parameters();
    const moved = new Set<torch.Tensor>(parts.optimizer.paramGroups.flatMap(({ params }) => params));
    this.#parameters = parameters.filter((parameter) => moved.has(parameter));
    this.#device = parameters[0]?.device ?? 'cpu';
    if (parts.plan.precision === 'float16') this.#scaler = new torch.amp.GradScaler(this.#device);
  }

  /** The loss of a batch, its matrix products in the precision of the plan. */
  forward(batch: Batch): LossAndTerms {
    const { plan, loss } = this.#parts;
    if (plan.precision === 'float32') return loss(batch);
    return torch.autocast(this.#device, { dtype: plan.precision }, () => loss(batch));
  }

  /** Adds the gradients of a loss, one of the `microBatches` that the step averages. */
  backward(loss: torch.Tensor, microBatches: number): void {
    const share = microBatches === 1 ? loss : loss.div(microBatches);
    (this.#scaler?.scale(share) ?? share).backward();
  }

  /**
   * Clips the gradients, applies them where they are finite, and then moves the schedule.
   * @param beforeFreed called when weights and gradients can be looked at
   * @param rateFactor on the learning rates that the schedule has set, for this step
   */
  update(beforeFreed: () => void = () => {}, rateFactor = 1): UpdateRecord {
    const { optimizer, scheduler, averages, model } = this.#parts;
    return torch.scoped(() => {
      this.#scaler?.unscale_(optimizer);
      const gradNorm = Number(this.#clip().item());
      const isMoved = withRates(optimizer, rateFactor, () => this.#apply(gradNorm));
      if (isMoved) {
        averages?.update(model);
        scheduler.step();
      }
      this.#scaler?.update();
      beforeFreed();
      optimizer.zeroGrad();
      if (this.#scaler === undefined) return { gradNorm };
      const isScaleToBlame = !isMoved && this.#scaler.getScale() >= LEAST_SCALE;
      return { gradNorm: isScaleToBlame ? 0 : gradNorm, skipped: Number(!isMoved) };
    });
  }

  /** @returns false where gradients are not finite, so that the weights stay as they are */
  #apply(gradNorm: number): boolean {
    const { optimizer } = this.#parts;
    // An optimizer's step gives null; undefined is what the scaler says of one that it left out.
    if (this.#scaler !== undefined) return this.#scaler.step(optimizer) !== undefined;
    if (!Number.isFinite(gradNorm)) return false;
    optimizer.step();
    return true;
  }

  /** @returns the norm that the gradients had */
  #clip(): torch.Tensor {
    const { clipNorm, clipValue } = this.#parts.plan;
    // With clipNorm 0 the norm is measured alone.
    const norm = utils.clipGradNorm(this.#parameters, clipNorm || Infinity);
    if (clipValue > 0) utils.clipGradValue(this.#parameters, clipValue);
    return norm;
  }

  /** What a checkpoint keeps: the scale of the loss, in float16. */
  stateDict(): object | undefined {
    return this.#scaler?.stateDict();
  }

  /** Goes back to where a checkpoint was. */
  loadStateDict(state: object | undefined): void {
    if (state !== undefined) this.#scaler?.loadStateDict(state as torch.amp.GradScalerState);
  }
}

/** The schedule goes by the rates that it has set, so these are back once the step is made. */
function withRates<T>({ paramGroups }: Optimizer, factor: number, step: () => T): T {
  if (factor === 1) return step();
  const rates = paramGroups.map(({ lr }) => lr);
  try {
    for (const group of paramGroups) group.lr *= factor;
    return step();
  } finally {
    for (const [i, group] of paramGroups.entries()) group.lr = rates[i]!;
  }
}
