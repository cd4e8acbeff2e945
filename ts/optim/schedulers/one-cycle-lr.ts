import { InputError } from '../../errors';
import type { Optimizer } from '../optimizer';
import type { ParamGroup } from '../param-group';
import { resolveOptions } from '../../nn/options';
import { LRScheduler, type SchedulerOptions } from './lr-scheduler';

export interface OneCycleLROptions extends SchedulerOptions {
  /** Steps of the whole cycle; or give `epochs` and `stepsPerEpoch`. @default null */
  readonly totalSteps?: number | null;
  /** Epochs of the whole cycle. @default null */
  readonly epochs?: number | null;
  /** Steps of one epoch. @default null */
  readonly stepsPerEpoch?: number | null;
  /** Part of the cycle in which the learning rate rises, 0 to 1. @default 0.3 */
  readonly pctStart?: number;
  /** Form of the ways up and down. @default 'cos' */
  readonly annealStrategy?: 'cos' | 'linear';
  /** Move momentum (or the first beta) against the learning rate. @default true */
  readonly cycleMomentum?: boolean;
  /** Momentum where the learning rate is highest, one for all groups or one for each. @default 0.85 */
  readonly baseMomentum?: number | readonly number[];
  /** Momentum where the learning rate is lowest, one for all groups or one for each. @default 0.95 */
  readonly maxMomentum?: number | readonly number[];
  /** The first learning rate is `maxLr / divFactor`. @default 25 */
  readonly divFactor?: number;
  /** The last learning rate is the first divided by this. @default 10000 */
  readonly finalDivFactor?: number;
  /** Come down to the first learning rate as fast as up, and to the last in a third phase. @default false */
  readonly threePhase?: boolean;
}

const defaults: Required<OneCycleLROptions> = {
  totalSteps: null,
  epochs: null,
  stepsPerEpoch: null,
  pctStart: 0.3,
  annealStrategy: 'cos',
  cycleMomentum: true,
  baseMomentum: 0.85,
  maxMomentum: 0.95,
  divFactor: 25,
  finalDivFactor: 1e4,
  threePhase: false,
  lastEpoch: -1,
};

type Rate = 'initialLr' | 'maxLr' | 'minLr';
type Momentum = 'maxMomentum' | 'baseMomentum';

interface Phase {
  /** Number of the last step; a fraction where `pctStart` makes one. */
  readonly end: number;
  readonly rates: readonly [from: Rate, to: Rate];
  readonly momenta: readonly [from: Momentum, to: Momentum];
}

/** One rise and fall of the learning rate over the whole training (Smith and Topin 2017, arXiv 1708.07120). One step a batch. */
export class OneCycleLR extends LRScheduler {
  protected totalSteps: number;
  protected cycleMomentum: boolean;
  protected useBeta1: boolean;
  readonly #phases: readonly Phase[];
  readonly #anneal: (start: number, end: number, part: number) => number;

  /** @param maxLr the highest learning rate, one for all groups or one for each */
  constructor(optimizer: Optimizer<ParamGroup>, maxLr: number | readonly number[], options: OneCycleLROptions = {}) {
    const resolved = resolveOptions('OneCycleLR', defaults, options);
    super(optimizer, { lastEpoch: resolved.lastEpoch });
    const { pctStart, annealStrategy, divFactor, finalDivFactor, threePhase } = resolved;
    if (!(pctStart >= 0 && pctStart <= 1))
      throw new InputError(`OneCycleLR: pctStart must be between 0 and 1, got ${String(pctStart)}.`);
    if (annealStrategy !== 'cos' && annealStrategy !== 'linear') {
      throw new InputError(`OneCycleLR: annealStrategy must be 'cos' or 'linear', got '${String(annealStrategy)}'.`);
    }
    this.totalSteps = countSteps(resolved);
    this.cycleMomentum = resolved.cycleMomentum;
    this.useBeta1 = 'betas' in optimizer.defaults;
    this.#phases = threePhase ? threePhases(pctStart, this.totalSteps) : twoPhases(pctStart, this.totalSteps);
    this.#anneal = annealStrategy === 'cos' ? annealCosine : annealLine;
    if (resolved.lastEpoch === -1) {
      for (const [i, group] of this.groups.entries()) {
        group.maxLr = this.#each('maxLr', maxLr, i);
        group.initialLr = group.maxLr / divFactor;
        group.minLr = group.initialLr / finalDivFactor;
      }
    }
    if (this.cycleMomentum) this.#startMomentum(resolved);
    this.start();
  }

  #each(name: string, value: number | readonly number[], group: number): number {
    if (typeof value === 'number') return value;
    if (value.length === this.groups.length) return value[group] as number;
    throw new InputError(
      `OneCycleLR: expected ${this.groups.length} values for ${name}, one a parameter group, got ${value.length}.`,
    );
  }

  #startMomentum({ maxMomentum, baseMomentum, lastEpoch }: Required<OneCycleLROptions>): void {
    if (!this.useBeta1 && !('momentum' in this.optimizer.defaults)) {
      throw new InputError('OneCycleLR: cycleMomentum needs an optimizer with momentum or betas: set cycleMomentum to false.');
    }
    if (lastEpoch !== -1) return;
    for (const [i, group] of this.groups.entries()) {
      group.maxMomentum = this.#each('maxMomentum', maxMomentum, i);
      group.baseMomentum = this.#each('baseMomentum', baseMomentum, i);
      this.#setMomentum(group, group.maxMomentum);
    }
  }

  #setMomentum(group: ParamGroup, momentum: number): void {
    if (this.useBeta1) group.betas = [momentum, (group.betas as readonly [number, number])[1]];
    else group.momentum = momentum;
  }

  protected computeLr(): number[] {
    const { lastEpoch, totalSteps } = this;
    if (lastEpoch > totalSteps) {
      throw new InputError(
        `OneCycleLR: tried to step ${lastEpoch} times, the cycle has ${totalSteps} steps: raise totalSteps or stop stepping.`,
      );
    }
    const last = this.#phases.length - 1;
    const index = this.#phases.findIndex(({ end }, i) => lastEpoch <= end || i === last);
    const phase = this.#phases[index] as Phase;
    const begin = index === 0 ? 0 : (this.#phases[index - 1] as Phase).end;
    const part = (lastEpoch - begin) / (phase.end - begin);
    return this.groups.map((group) => {
      const between = (from: Rate | Momentum, to: Rate | Momentum): number =>
        this.#anneal(group[from] as number, group[to] as number, part);
      if (this.cycleMomentum) this.#setMomentum(group, between(...phase.momenta));
      return between(...phase.rates);
    });
  }
}

function countSteps({ totalSteps, epochs, stepsPerEpoch }: Required<OneCycleLROptions>): number {
  const steps = totalSteps ?? (epochs !== null && stepsPerEpoch !== null ? epochs * stepsPerEpoch : null);
  if (steps === null) throw new InputError('OneCycleLR: give totalSteps, or both epochs and stepsPerEpoch.');
  if (!Number.isInteger(steps) || steps <= 0)
    throw new InputError(`OneCycleLR: the number of steps must be a positive integer, got ${String(steps)}.`);
  return steps;
}

function twoPhases(pctStart: number, steps: number): Phase[] {
  return [
    { end: pctStart * steps - 1, rates: ['initialLr', 'maxLr'], momenta: ['maxMomentum', 'baseMomentum'] },
    { end: steps - 1, rates: ['maxLr', 'minLr'], momenta: ['baseMomentum', 'maxMomentum'] },
  ];
}

function threePhases(pctStart: number, steps: number): Phase[] {
  return [
    { end: pctStart * steps - 1, rates: ['initialLr', 'maxLr'], momenta: ['maxMomentum', 'baseMomentum'] },
    { end: 2 * pctStart * steps - 2, rates: ['maxLr', 'initialLr'], momenta: ['baseMomentum', 'maxMomentum'] },
    { end: steps - 1, rates: ['initialLr', 'minLr'], momenta: ['maxMomentum', 'maxMomentum'] },
  ];
}

function annealCosine(start: number, end: number, part: number): number {
  return end + ((start - end) / 2) * (Math.cos(Math.PI * part) + 1);
}

function annealLine(start: number, end: number, part: number): number {
  return (end - start) * part + start;
}
