import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors';
import type { Module } from '../nn';
import { swaUtils } from '../optim';
import { noGrad, safetensors, scoped } from '../tensor';

const FILE = 'ema.safetensors';

/**
 * Exponential moving average of a model's weights and buffers: after each step `average = decay * average + (1 - decay) * weight`.
 * The first step's weights are the first average, as in `torch.optim.swa_utils.AveragedModel`.
 */
export class WeightAverages {
  readonly #averaged: swaUtils.AveragedModel;

  constructor(model: Module, decay: number) {
    this.#averaged = new swaUtils.AveragedModel(model, {
      multiAvgFn: swaUtils.getEmaMultiAvgFn(decay),
      useBuffers: true,
    });
    this.#averaged.eval();
  }

  /** Takes in the weights after a step. */
  update(model: Module): void {
    this.#averaged.updateParameters(model);
  }

  /** Runs `body` while the model holds the averages, in evaluation mode; then it has its own weights and mode back. */
  during<T>(body: () => T): T {
    return this.#averaged.lend(body);
  }

  /** Writes ema.safetensors, under the keys of the model's state dict. @returns how many steps are in it */
  save(folder: string): number {
    safetensors.save(this.#averaged.module.stateDict(), join(folder, FILE));
    return Number(this.#averaged.n_averaged.item());
  }

  /** @throws InputError where the checkpoint was made without averages */
  load(folder: string, steps: number | undefined): void {
    const file = join(folder, FILE);
    if (steps === undefined || !existsSync(file))
      throw new InputError(`Expected averages of the weights in ${file}, found none: the run was begun without ema.`);
    scoped(() =>
      noGrad(() => {
        this.#averaged.module.loadStateDict(safetensors.load(file));
        this.#averaged.n_averaged.fill_(steps);
      }),
    );
  }
}
