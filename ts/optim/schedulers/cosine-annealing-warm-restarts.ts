import { InputError } from '../../errors';
import { requireSizes, bindOptions, type Arguments } from '../../nn/options';
import type { Optimizer } from '../optimizer';
import type { ParamGroup } from '../param-group';
import { LRScheduler, type SchedulerOptions } from './lr-scheduler';

export interface CosineAnnealingWarmRestartsOptions extends SchedulerOptions {
  /** Factor on the length of the period at each restart, an integer. @default 1 */
  readonly tMult?: number;
  /** Learning rate at the bottom. @default 0 */
  readonly etaMin?: number;
}

const defaults: Required<CosineAnnealingWarmRestartsOptions> = { tMult: 1, etaMin: 0, lastEpoch: -1 };

/** Half a cosine from the base rate down to `etaMin`, again and again (SGDR, Loshchilov and Hutter 2016, arXiv 1608.03983). */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  protected t0: number;
  protected tMult: number;
  protected etaMin: number;
  /** Length of the present period. */
  protected ti: number;
  /** Steps since the last restart; a fraction after `step(epoch)` with one. */
  protected tCur: number;

  /** @param t0 steps until the first restart */
  constructor(
    ...args: Arguments<
      [optimizer: Optimizer<ParamGroup>, t0: number],
      CosineAnnealingWarmRestartsOptions,
      'CosineAnnealingWarmRestarts'
    >
  ) {
    const { optimizer, t0, tMult, etaMin, lastEpoch } = bindOptions('CosineAnnealingWarmRestarts', defaults, args);
    super(optimizer, { lastEpoch });
    this.t0 = t0;
    requireSizes('CosineAnnealingWarmRestarts', { t0, tMult }, 1);
    this.tMult = tMult;
    this.etaMin = etaMin;
    this.ti = t0;
    this.tCur = lastEpoch;
    this.start();
  }

  protected computeLr(): number[] {
    const { etaMin, tCur, ti } = this;
    return this.baseLrs.map((rate) => etaMin + ((rate - etaMin) * (1 + Math.cos((Math.PI * tCur) / ti))) / 2);
  }

  /** The next step; or the one at `epoch`, which may be a fraction, to step within epochs. */
  override step(epoch?: number): void {
    if (epoch !== undefined || this.lastEpoch < 0) this.#seek(epoch ?? 0);
    else {
      this.lastEpoch++;
      this.tCur++;
      if (this.tCur >= this.ti) {
        this.tCur %= this.ti;
        this.ti *= this.tMult;
      }
    }
    this.setLr(this.computeLr());
  }

  #seek(epoch: number): void {
    if (!(epoch >= 0))
      throw new InputError(`CosineAnnealingWarmRestarts: expected an epoch of at least 0, got ${String(epoch)}.`);
    const { t0, tMult } = this;
    const restarts = tMult === 1 ? 0 : Math.trunc(Math.log((epoch / t0) * (tMult - 1) + 1) / Math.log(tMult));
    this.ti = t0 * tMult ** restarts;
    this.tCur = tMult === 1 ? epoch % t0 : epoch - (t0 * (tMult ** restarts - 1)) / (tMult - 1);
    this.lastEpoch = Math.floor(epoch);
  }
}
