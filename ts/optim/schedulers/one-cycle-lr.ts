import { InputError } from '../../errors';
import { bindOptions, type Arguments } from '../../nn/options';
import type { Optimizer } from '../optimizer';
import type { ParamGroup } from '../param-group';
import { LRScheduler, type SchedulerOptions, setMomentum, usesBeta1 } from './lr-scheduler';

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

/** A part of the cycle, with PyTorch's keys, since it is part of the state. */
interface Phase {
  /** Number of the last step; a fraction where `pctStart` makes one. */
  readonly end_step: number;
  readonly start_lr: Rate;
  readonly end_lr: Rate;
  readonly start_momentum: Momentum;
  readonly end_momentum: Momentum;
}

type Rate = 'initial_lr' | 'max_lr' | 'min_lr';
type Momentum = 'max_momentum' | 'base_momentum';

const fields = {
  initial_lr: 'initialLr',
  max_lr: 'maxLr',
  min_lr: 'minLr',
  max_momentum: 'maxMomentum',
  base_momentum: 'baseMomentum',
} as const;

/** One rise and fall of the learning rate over the whole training (Smith and Topin 2017, arXiv 1708.07120). One step a batch. */
export class OneCycleLR extends LRScheduler {
  protected totalSteps: number;
  protected schedulePhases: readonly Phase[];
  protected annealFuncType: 'cos' | 'linear';
  protected cycleMomentum: boolean;
  /** Only where the momentum cycles. */
  declare protected useBeta1?: boolean;

  /** @param maxLr the highest learning rate, one for all groups or one for each */
  constructor(
    ...args: Arguments<
      [optimizer: Optimizer<ParamGroup>, maxLr: number | readonly number[]],
      OneCycleLROptions,
      'OneCycleLR'
    >
  ) {
    const resolved = bindOptions('OneCycleLR', defaults, args);
    const { optimizer, maxLr } = resolved;
    super(optimizer, { lastEpoch: resolved.lastEpoch });
    const { pctStart, annealStrategy, divFactor, finalDivFactor, threePhase } = resolved;
    if (!(pctStart >= 0 && pctStart <= 1))
      throw new InputError(`OneCycleLR: pctStart must be between 0 and 1, got ${String(pctStart)}.`);
    if (annealStrategy !== 'cos' && annealStrategy !== 'linear') {
      throw new InputError(`OneCycleLR: annealStrategy must be 'cos' or 'linear', got '${String(annealStrategy)}'.`);
    }
    this.totalSteps = countSteps(resolved);
    this.schedulePhases = threePhase ? threePhases(pctStart, this.totalSteps) : twoPhases(pctStart, this.totalSteps);
    this.annealFuncType = annealStrategy;
    this.cycleMomentum = resolved.cycleMomentum;
    const maxLrs = this.perGroup('maxLr', maxLr);
    if (resolved.lastEpoch === -1) {
      for (const [i, group] of this.groups.entries()) {
        group.maxLr = maxLrs[i]!;
        group.initialLr = group.maxLr / divFactor;
        group.minLr = group.initialLr / finalDivFactor;
      }
    }
    if (this.cycleMomentum) this.#startMomentum(resolved);
    this.start();
  }

  #startMomentum({ maxMomentum, baseMomentum, lastEpoch }: Required<OneCycleLROptions>): void {
    this.useBeta1 = usesBeta1('OneCycleLR', this.optimizer);
    const [most, least] = [this.perGroup('maxMomentum', maxMomentum), this.perGroup('baseMomentum', baseMomentum)];
    if (lastEpoch !== -1) return;
    for (const [i, group] of this.groups.entries()) {
      group.maxMomentum = most[i]!;
      group.baseMomentum = least[i]!;
      setMomentum(group, group.maxMomentum, this.useBeta1);
    }
  }

  protected computeLr(): number[] {
    const { lastEpoch, totalSteps } = this;
    if (lastEpoch > totalSteps) {
      throw new InputError(
        `OneCycleLR: tried to step ${lastEpoch} times, the cycle has ${totalSteps} steps: raise totalSteps or stop stepping.`,
      );
    }
    const { phase, part } = this.#position();
    const anneal = this.annealFuncType === 'cos' ? annealCosine : annealLine;
    return this.groups.map((group) => {
      const between = (from: Rate | Momentum, to: Rate | Momentum): number =>
        anneal(group[fields[from]] as number, group[fields[to]] as number, part);
      if (this.cycleMomentum)
        setMomentum(group, between(phase.start_momentum, phase.end_momentum), this.useBeta1 === true);
      return between(phase.start_lr, phase.end_lr);
    });
  }

  /** The phase of the present step, and how far into it that is, 0 to 1. */
  #position(): { phase: Phase; part: number } {
    const last = this.schedulePhases.length - 1;
    const index = this.schedulePhases.findIndex(({ end_step }, i) => this.lastEpoch <= end_step || i === last);
    const phase = this.schedulePhases[index]!;
    const begin = index === 0 ? 0 : this.schedulePhases[index - 1]!.end_step;
    const length = phase.end_step - begin;
    // A phase of a single step begins where it ends; PyTorch divides by zero there.
    return { phase, part: length === 0 ? 1 : (this.lastEpoch - begin) / length };
  }
}

function countSteps({ totalSteps, epochs, stepsPerEpoch }: Required<OneCycleLROptions>): number {
  const steps = totalSteps ?? (epochs !== null && stepsPerEpoch !== null ? epochs * stepsPerEpoch : null);
  if (steps === null) throw new InputError('OneCycleLR: give totalSteps, or both epochs and stepsPerEpoch.');
  if (!Number.isInteger(steps) || steps <= 0)
    throw new InputError(`OneCycleLR: the number of steps must be a positive integer, got ${String(steps)}.`);
  return steps;
}

function phase(
  end: number,
  [start_lr, end_lr]: [Rate, Rate],
  [start_momentum, end_momentum]: [Momentum, Momentum],
): Phase {
  return { end_step: end, start_lr, end_lr, start_momentum, end_momentum };
}

function twoPhases(pctStart: number, steps: number): Phase[] {
  return [
    phase(pctStart * steps - 1, ['initial_lr', 'max_lr'], ['max_momentum', 'base_momentum']),
    phase(steps - 1, ['max_lr', 'min_lr'], ['base_momentum', 'max_momentum']),
  ];
}

function threePhases(pctStart: number, steps: number): Phase[] {
  return [
    phase(pctStart * steps - 1, ['initial_lr', 'max_lr'], ['max_momentum', 'base_momentum']),
    phase(2 * pctStart * steps - 2, ['max_lr', 'initial_lr'], ['base_momentum', 'max_momentum']),
    phase(steps - 1, ['initial_lr', 'min_lr'], ['max_momentum', 'max_momentum']),
  ];
}

function annealCosine(start: number, end: number, part: number): number {
  return end + ((start - end) / 2) * (Math.cos(Math.PI * part) + 1);
}

function annealLine(start: number, end: number, part: number): number {
  return (end - start) * part + start;
}
