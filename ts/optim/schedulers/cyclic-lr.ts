import { InputError } from '../../errors';
import { requireSizes, bindOptions, type Arguments } from '../../nn/options';
import type { Optimizer } from '../optimizer';
import type { ParamGroup } from '../param-group';
import { LRScheduler, type SchedulerOptions, setMomentum, usesBeta1 } from './lr-scheduler';
import type { SchedulerStateDict } from './scheduler';

/** Whether the peaks of the cycles stay, halve, or shrink by `gamma`. */
export type CyclicMode = 'triangular' | 'triangular2' | 'exp_range';

export interface CyclicLROptions extends SchedulerOptions {
  /** Steps from the base rate up. @default 2000 */
  readonly stepSizeUp?: number;
  /** Steps down again; null takes as many as up. @default null */
  readonly stepSizeDown?: number | null;
  /** Heights of the cycles: all the same, halved at each, or times `gamma` at each step. @default 'triangular' */
  readonly mode?: CyclicMode;
  /** Factor at each step for 'exp_range'. @default 1 */
  readonly gamma?: number;
  /** A function of one's own for the height, in place of `mode`; it is not saved. @default null */
  readonly scaleFn?: ((count: number) => number) | null;
  /** What `scaleFn` gets: the number of the cycle, from 1, or of the step. @default 'cycle' */
  readonly scaleMode?: 'cycle' | 'iterations';
  /** Move momentum (or the first beta) against the learning rate. @default true */
  readonly cycleMomentum?: boolean;
  /** Momentum where the learning rate is highest, one for all groups or one for each. @default 0.8 */
  readonly baseMomentum?: number | readonly number[];
  /** Momentum where the learning rate is lowest, one for all groups or one for each. @default 0.9 */
  readonly maxMomentum?: number | readonly number[];
}

const defaults: Required<CyclicLROptions> = {
  stepSizeUp: 2000,
  stepSizeDown: null,
  mode: 'triangular',
  gamma: 1,
  scaleFn: null,
  scaleMode: 'cycle',
  cycleMomentum: true,
  baseMomentum: 0.8,
  maxMomentum: 0.9,
  lastEpoch: -1,
};

/** Up and down between two learning rates (Smith 2015, arXiv 1506.01186). One step a batch. */
export class CyclicLR extends LRScheduler {
  protected maxLrs: number[];
  protected totalSize: number;
  protected stepRatio: number;
  protected mode: CyclicMode;
  protected gamma: number;
  protected scaleMode: 'cycle' | 'iterations';
  protected cycleMomentum: boolean;
  /** These only where the momentum cycles. */
  declare protected useBeta1?: boolean;
  declare protected baseMomentums?: number[];
  declare protected maxMomentums?: number[];
  readonly #scaleFn: ((count: number) => number) | null;

  /**
   * @param baseLr the lowest learning rate, one for all groups or one for each
   * @param maxLr the highest one of the first cycle
   */
  constructor(
    ...args: Arguments<
      [optimizer: Optimizer<ParamGroup>, baseLr: number | readonly number[], maxLr: number | readonly number[]],
      CyclicLROptions,
      'CyclicLR'
    >
  ) {
    const resolved = bindOptions('CyclicLR', defaults, args);
    const { optimizer, baseLr, maxLr } = resolved;
    const { stepSizeUp, stepSizeDown, mode, scaleFn, lastEpoch } = resolved;
    super(optimizer, { lastEpoch });
    requireSizes('CyclicLR', { stepSizeUp, stepSizeDown: stepSizeDown ?? stepSizeUp }, 1);
    if (scaleFn === null && !['triangular', 'triangular2', 'exp_range'].includes(mode))
      throw new InputError(`CyclicLR: mode must be 'triangular', 'triangular2' or 'exp_range', got '${String(mode)}'.`);
    const baseLrs = this.perGroup('baseLr', baseLr);
    if (lastEpoch === -1) for (const [i, group] of this.groups.entries()) group.lr = baseLrs[i]!;
    this.maxLrs = this.perGroup('maxLr', maxLr);
    this.totalSize = stepSizeUp + (stepSizeDown ?? stepSizeUp);
    this.stepRatio = stepSizeUp / this.totalSize;
    this.mode = mode;
    this.gamma = resolved.gamma;
    this.#scaleFn = scaleFn;
    this.scaleMode = scaleFn !== null ? resolved.scaleMode : mode === 'exp_range' ? 'iterations' : 'cycle';
    this.cycleMomentum = resolved.cycleMomentum;
    if (this.cycleMomentum) this.#startMomentum(resolved);
    this.start();
    this.baseLrs = baseLrs;
  }

  #startMomentum({ baseMomentum, maxMomentum, lastEpoch }: Required<CyclicLROptions>): void {
    this.useBeta1 = usesBeta1('CyclicLR', this.optimizer);
    this.baseMomentums = this.perGroup('baseMomentum', baseMomentum);
    this.maxMomentums = this.perGroup('maxMomentum', maxMomentum);
    if (lastEpoch !== -1) return;
    for (const [i, group] of this.groups.entries()) {
      group.maxMomentum = this.maxMomentums[i]!;
      group.baseMomentum = this.baseMomentums[i]!;
      setMomentum(group, group.maxMomentum, this.useBeta1);
    }
  }

  protected computeLr(): number[] {
    const { lastEpoch, totalSize, stepRatio } = this;
    const cycle = Math.floor(1 + lastEpoch / totalSize);
    const fraction = 1 + lastEpoch / totalSize - cycle;
    const height = fraction <= stepRatio ? fraction / stepRatio : (fraction - 1) / (stepRatio - 1);
    const scaled = height * this.#scale(this.scaleMode === 'cycle' ? cycle : lastEpoch);
    if (this.cycleMomentum) this.#moveMomentum(scaled);
    return this.baseLrs.map((rate, i) => rate + (this.maxLrs[i]! - rate) * scaled);
  }

  #scale(count: number): number {
    if (this.#scaleFn) return this.#scaleFn(count);
    if (this.mode === 'triangular2') return 1 / 2 ** (count - 1);
    return this.mode === 'exp_range' ? this.gamma ** count : 1;
  }

  #moveMomentum(scaled: number): void {
    for (const [i, group] of this.groups.entries()) {
      const [most, least] = [this.maxMomentums![i]!, this.baseMomentums![i]!];
      setMomentum(group, most - (most - least) * scaled, this.useBeta1 === true);
    }
  }

  override stateDict(): SchedulerStateDict {
    return { ...super.stateDict(), _scale_fn_custom: null };
  }
}
