/* L-BFGS (Liu and Nocedal 1989), after Mark Schmidt's minFunc, as torch.optim computes it. */
import { InputError } from '../errors';
import { requireSizes, bindOptions, type Arguments } from '../nn/options';
import * as torch from '../tensor';
import type { Tensor } from '../tensor';
import { context, within } from '../tensor/core/context';
import * as each from './foreach';
import { Optimizer, type Loss } from './optimizer';
import type { ParamGroup, ParamsInput } from './param-group';
import { checkRange } from './validate';
import { remember, type ParamState } from './state-dict';
import { dot, strongWolfe, type Found, type Point } from './strong-wolfe';
import { nextDirection } from './two-loop';

/** Parameters with the options of their own; see `LBFGSOptions`. */
export interface LBFGSGroup extends ParamGroup {
  maxIter: number;
  maxEval: number;
  toleranceGrad: number;
  toleranceChange: number;
  historySize: number;
  lineSearchFn: 'strong_wolfe' | null;
}

export interface LBFGSOptions {
  /** Length of a step in directions, at least 0; with a line search the first one tried. @default 1 */
  readonly lr?: number;
  /** Iterations a step at most. @default 20 */
  readonly maxIter?: number;
  /** Runs of the closure a step at most; null allows 1.25 an iteration. @default null */
  readonly maxEval?: number | null;
  /** Stop when no element of the gradient is larger. @default 1e-7 */
  readonly toleranceGrad?: number;
  /** Stop when neither the loss nor any parameter changes by more. @default 1e-9 */
  readonly toleranceChange?: number;
  /** How many past steps the curvature is estimated from. @default 100 */
  readonly historySize?: number;
  /** How to find the length of a step; null takes `lr`. @default null */
  readonly lineSearchFn?: 'strong_wolfe' | null;
}

const defaults: Required<LBFGSOptions> = {
  lr: 1,
  maxIter: 20,
  maxEval: null,
  toleranceGrad: 1e-7,
  toleranceChange: 1e-9,
  historySize: 100,
  lineSearchFn: null,
};

/**
 * Steps along Newton's direction, with the curvature estimated from past gradients. For full batches. Each `step` runs
 * its closure many times, and all parameters form one vector, so there is one group and one state, that of the first.
 */
export class LBFGS extends Optimizer<LBFGSGroup> {
  protected override readonly scalars = [];

  constructor(...args: Arguments<[params: ParamsInput<LBFGSGroup>], LBFGSOptions, 'LBFGS'>) {
    const { params, maxEval, ...rest } = bindOptions('LBFGS', defaults, args);
    super(params, { ...rest, maxEval: maxEval ?? Math.floor((rest.maxIter * 5) / 4) });
  }

  protected check({ lr, maxIter, maxEval, historySize, lineSearchFn }: LBFGSGroup): void {
    if (this.paramGroups.length > 0)
      throw new InputError("LBFGS doesn't support parameter groups: pass all parameters in one list.");
    checkRange('LBFGS', 'lr', lr, 0);
    requireSizes('LBFGS', { maxIter, maxEval });
    requireSizes('LBFGS', { historySize }, 1);
    if (lineSearchFn !== null && lineSearchFn !== 'strong_wolfe')
      throw new InputError(`LBFGS: lineSearchFn must be 'strong_wolfe' or null, got ${String(lineSearchFn)}.`);
  }

  protected fillState(state: ParamState): void {
    state['func_evals'] ??= 0;
    state['n_iter'] ??= 0;
  }

  /** The state is of all parameters in one vector. */
  protected override checkState(name: string, tensor: Tensor): void {
    const elements = this.#params.reduce((sum, param) => sum + param.numel(), 0);
    if (tensor.ndim === 0 || (tensor.ndim === 1 && tensor.numel() === elements)) return;
    throw new InputError(
      `LBFGS: the loaded ${name} has shape [${tensor.shape.join(', ')}], the parameters have ${elements} elements in all.`,
    );
  }

  get #params(): Tensor[] {
    return this.paramGroups[0]!.params;
  }

  /** An optimizer that needs no closure calls this of each of its batches; this one has `step` for all. */
  protected update(): void {}

  /** Needs a closure. */
  override step(): never;
  /** Runs up to `maxIter` iterations. @returns the loss before the first */
  override step<T extends Loss>(closure: () => T): T;
  override step(closure?: () => Loss): Loss {
    if (closure === undefined) {
      throw new InputError(
        'LBFGS: step() needs a closure that clears the gradients, computes the loss, calls backward() and returns it.',
      );
    }
    // What the closure makes belongs to the scope around this call, as if the user had run it there.
    const { scope } = context();
    const run = (): Loss =>
      within(
        { scope },
        () => this.evaluate(closure),
        () => undefined,
      );
    return torch.noGrad(() => torch.scoped(() => this.#minimize(run)));
  }

  #minimize(run: () => Loss): Loss {
    const group = this.paramGroups[0]!;
    const state = this.stateOf(this.#params[0]!, group);
    const first = run();
    let here: Point = { loss: toNumber(first), gradient: this.#flatGradient() };
    let evaluations = 1;
    state['func_evals'] = (state['func_evals'] as number) + 1;
    if (largest(here.gradient) <= group.toleranceGrad) return first;
    for (let iteration = 1; iteration <= group.maxIter; iteration++) {
      const next = torch.scoped(() =>
        this.#iterate(state, here, run, iteration === group.maxIter, group.maxEval - evaluations),
      );
      if (next === null) break;
      const before = here.loss;
      here = next;
      evaluations += next.evaluations;
      state['func_evals'] += next.evaluations;
      if (evaluations >= group.maxEval || this.#isDone(state, next, before)) break;
    }
    return first;
  }

  /** One iteration from `here`; null where the direction no longer leads down. */
  #iterate(state: ParamState, here: Point, run: () => Loss, isLast: boolean, evaluationsLeft: number): Found | null {
    const { lr, toleranceChange, historySize, lineSearchFn } = this.paramGroups[0]!;
    const count = (state['n_iter'] = (state['n_iter'] as number) + 1);
    const direction = nextDirection(state, here.gradient, historySize);
    remember(state, 'd', direction);
    remember(state, 'prev_flat_grad', here.gradient);
    state['prev_loss'] = here.loss;
    const t = count === 1 ? Math.min(1, 1 / Number(here.gradient.abs().sum().item())) * lr : lr;
    state['t'] = t;
    const slope = dot(here.gradient, direction);
    if (slope > -toleranceChange) return null;
    if (lineSearchFn === null) {
      this.#move(t, direction);
      return isLast ? { ...here, t, evaluations: 0 } : { ...this.#look(run), t, evaluations: 1 };
    }
    const origin = this.#params.map((param) => param.clone());
    const evaluate = (length: number): Point => {
      this.#move(length, direction);
      const point = this.#look(run);
      each.copy_(this.#params, origin);
      return point;
    };
    const found = strongWolfe(
      { start: here, direction, slope, evaluate },
      { t, toleranceChange, mostIterations: evaluationsLeft },
    );
    state['t'] = found.t;
    this.#move(found.t, direction);
    return found;
  }

  #isDone(state: ParamState, { loss, gradient, t }: Found, before: number): boolean {
    const { toleranceGrad, toleranceChange } = this.paramGroups[0]!;
    if (largest(gradient) <= toleranceGrad) return true;
    if (largest(state['d'] as Tensor) * Math.abs(t) <= toleranceChange) return true;
    return Math.abs(loss - before) < toleranceChange;
  }

  #look(run: () => Loss): Point {
    return { loss: toNumber(run()), gradient: this.#flatGradient() };
  }

  /** All gradients in one vector, with zeros where there is none. */
  #flatGradient(): Tensor {
    const params = this.#params;
    return torch.scoped(() => {
      const gradients = torch.autograd.grads(params).map((gradient, i) => gradient ?? torch.zerosLike(params[i]!));
      return torch.cat(gradients.map((gradient) => gradient.reshape([-1])));
    });
  }

  #move(t: number, direction: Tensor): void {
    const params = this.#params;
    torch.scoped(() => {
      const parts = direction.splitWithSizes(params.map((param) => param.numel()));
      each.add_(
        params,
        parts.map((part, i) => part.view(params[i]!.shape)),
        t,
      );
    });
  }
}

function largest(tensor: Tensor): number {
  return Number(tensor.abs().max().item());
}

function toNumber(loss: Loss): number {
  return typeof loss === 'number' ? loss : Number(loss.item());
}
