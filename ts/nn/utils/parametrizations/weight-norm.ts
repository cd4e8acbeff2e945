import * as torch from '../../../tensor';
import type { Tensor } from '../../../tensor';
import { Module } from '../../module';
import { resolveOptions } from '../../options';
import { registerParametrization, type Parametrization } from '../parametrize';
import { requireModule } from '../../require-module';

export interface WeightNormOptions {
  /** Dimension of which each place has a length of its own; null for one length in all. @default 0 */
  readonly dim?: number | null;
}

class WeightNorm extends Module implements Parametrization {
  constructor(readonly dim: number) {
    super();
  }

  forward(length: Tensor, direction: Tensor): Tensor {
    return torch.ops.aten._weight_norm.default(direction, length, this.dim) as Tensor;
  }

  rightInverse(weight: Tensor): Tensor[] {
    return [torch.normExceptDim(weight, 2, this.dim), weight.clone()];
  }

  /** Checkpoints of PyTorch's older `weight_norm` hold `weight_g` and `weight_v`. */
  override upgradeState(state: Map<string, Tensor>, prefix: string): void {
    const [, owner, name] = /^(.*)parametrizations\.([^.]+)\.\d+\.$/.exec(prefix) ?? [];
    if (name === undefined) return;
    for (const [index, letter] of ['g', 'v'].entries()) {
      const old = `${owner}${name}_${letter}`;
      const value = state.get(old);
      if (value === undefined) continue;
      state.delete(old);
      state.set(`${owner}parametrizations.${name}.original${index}`, value);
    }
  }
}

/**
 * Splits a parameter into length (`original0`) and direction (`original1`), which are trained apart
 * (Salimans and Kingma 2016, arXiv 1602.07868).
 */
export function weightNorm<T extends Module>(module: T, name = 'weight', options: WeightNormOptions = {}): T {
  requireModule('weightNorm', 'module', module);
  const { dim } = resolveOptions<Required<WeightNormOptions>>('weightNorm', { dim: 0 }, options);
  return registerParametrization(module, name, new WeightNorm(dim ?? -1));
}
