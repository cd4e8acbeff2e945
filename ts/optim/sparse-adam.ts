/* Adam for sparse gradients, as torch.optim.SparseAdam computes it. */
import { InputError } from '../errors';
import { bindOptions, type Arguments } from '../nn/options';
import * as torch from '../tensor';
import type { Tensor } from '../tensor';
import { Optimizer } from './optimizer';
import type { ParamGroup, ParamsInput } from './param-group';
import type { Batch } from './parameter-batches';
import { requireBetas } from './validate';
import type { ParamState } from './state-dict';
import { expected } from '../options';

/** Parameters with the options of their own; see `SparseAdamOptions`. */
export interface SparseAdamGroup extends ParamGroup {
  betas: readonly [number, number];
  eps: number;
  maximize: boolean;
}

export interface SparseAdamOptions {
  /** Learning rate, above 0. @default 0.001 */
  readonly lr?: number;
  /** Memory of the running means of the gradient and of its square, each in [0, 1). @default [0.9, 0.999] */
  readonly betas?: readonly [number, number];
  /** Added to the root of the mean square, above 0. @default 1e-8 */
  readonly eps?: number;
  /** Climb instead of descending. @default false */
  readonly maximize?: boolean;
}

const defaults: Required<SparseAdamOptions> = { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, maximize: false };

/** Adam that moves only the elements that a sparse gradient names, and only their running means: for large embeddings. */
export class SparseAdam extends Optimizer<SparseAdamGroup> {
  constructor(...args: Arguments<[params: ParamsInput<SparseAdamGroup>], SparseAdamOptions, 'SparseAdam'>) {
    const { params, ...options } = bindOptions('SparseAdam', defaults, args);
    super(params, options);
  }

  protected check({ lr, betas, eps }: SparseAdamGroup): void {
    for (const [name, value] of Object.entries({ lr, eps })) {
      if (!(typeof value === 'number' && value > 0))
        throw expected('SparseAdam', `a number above 0 for ${name}`, value, '', InputError);
    }
    requireBetas('SparseAdam', betas);
  }

  protected override checkGradient({ layout }: Tensor): void {
    if (layout !== 'sparse_coo')
      throw new InputError(
        'SparseAdam does not support dense gradients: use Adam, or an embedding with sparse gradients.',
      );
  }

  protected fillState(state: ParamState, param: Tensor): void {
    state['step'] ??= 0;
    state['exp_avg'] ??= torch.zerosLike(param);
    state['exp_avg_sq'] ??= torch.zerosLike(param);
  }

  protected update({ params, states }: Batch, gradients: Tensor[], group: SparseAdamGroup): void {
    for (const [i, param] of params.entries()) {
      const state = states[i]!;
      state['step'] = (state['step'] as number) + 1;
      move(param, state, gradients[i]!.coalesce(), group);
    }
  }
}

/** One step of the elements that `gradient`, coalesced, names. */
function move(
  param: Tensor,
  state: ParamState,
  gradient: Tensor,
  { lr, betas: [beta1, beta2], eps, maximize }: SparseAdamGroup,
): void {
  const indices = gradient.indices();
  const values = maximize ? gradient.values().neg() : gradient.values();
  if (values.numel() === 0) return;
  const scatter = (changes: Tensor): Tensor => torch.sparseCooTensor(indices, changes, gradient.shape);
  /** Moves a running mean towards `target` at those elements. @returns its new values there */
  const average = (mean: Tensor, target: Tensor, beta: number): Tensor => {
    const old = mean.sparseMask(gradient).values();
    const change = target.sub(old).mul_(1 - beta);
    mean.add_(scatter(change));
    return old.add(change);
  };
  const mean = average(state['exp_avg'] as Tensor, values, beta1);
  const square = average(state['exp_avg_sq'] as Tensor, values.square(), beta2);
  const step = state['step'] as number;
  const rate = (lr * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
  param.add_(scatter(mean.div_(square.sqrt_().add_(eps)).mul_(-rate)));
}
