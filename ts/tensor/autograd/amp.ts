/** torch.amp: mixed precision. */
import { DTypeError, InputError, TorchError } from '../../errors';
import { grads } from './backward';
import { full } from '../creation/fill';
import type { Device } from '../types/device';
import { keep, scoped } from '../memory/lifetime';
import { noGrad } from '../core/modes';
import { operator } from '../operators/operator';
import { checkOptions } from '../../options';
import type { Tensor } from '../core/tensor';

export { autocast, type AutocastOptions } from '../core/modes';

export interface GradScalerOptions {
  /** The scale to begin with. @default 65536 */
  readonly initScale?: number;
  /** Above 1: what the scale grows by after `growthInterval` steps without an infinity. @default 2 */
  readonly growthFactor?: number;
  /** Below 1: what the scale is multiplied by after a step with one. @default 0.5 */
  readonly backoffFactor?: number;
  /** Steps in a row. @default 2000 */
  readonly growthInterval?: number;
  /** When false, `scale` and `unscale_` do nothing and `step` is the optimizer's. @default true */
  readonly enabled?: boolean;
}

/** Under PyTorch's keys; empty for a scaler that is not enabled. */
export interface GradScalerState {
  scale: number;
  growth_factor: number;
  backoff_factor: number;
  growth_interval: number;
  _growth_tracker: number;
}

/** An optimizer, as far as the scaler knows it. */
export interface ScaledOptimizer {
  readonly paramGroups: readonly { readonly params: readonly Tensor[] }[];
  /** Moves the parameters by their gradients. */
  step(): unknown;
}

type Stage = 'ready' | 'unscaled' | 'stepped';

interface Progress {
  stage: Stage;
  /** By device: above 0 when a gradient was infinite or NaN. */
  foundInf: Map<string, Tensor>;
}

const DEFAULTS: Required<GradScalerOptions> = {
  initScale: 65536,
  growthFactor: 2,
  backoffFactor: 0.5,
  growthInterval: 2000,
  enabled: true,
};

/**
 * Scales the loss so that gradients in float16 do not vanish, undoes it before the optimizer's step, and skips the steps
 * whose gradients are infinite or NaN. The counterpart of `torch.amp.GradScaler`, state dict included.
 * @example
 * const scaler = new torch.amp.GradScaler('cuda');
 * const loss = torch.autocast('cuda', {}, () => model.forward(input).mean());
 * scaler.scale(loss).backward();
 * scaler.step(optimizer);
 * scaler.update();
 */
export class GradScaler {
  readonly #enabled: boolean;
  #growthFactor: number;
  #backoffFactor: number;
  #growthInterval: number;
  #initScale: number;
  #initTracker = 0;
  #tensors: { scale: Tensor; tracker: Tensor } | null = null;
  #progress = new Map<ScaledOptimizer, Progress>();

  /** @param device where the scale is kept: the loss's */
  constructor(
    readonly device: Device = 'cuda',
    options: GradScalerOptions = {},
  ) {
    checkOptions('GradScaler', options, Object.keys(DEFAULTS));
    const { initScale, growthFactor, backoffFactor, growthInterval, enabled } = { ...DEFAULTS, ...options };
    this.#enabled = enabled;
    this.#initScale = initScale;
    this.#growthInterval = growthInterval;
    this.#growthFactor = growing(growthFactor);
    this.#backoffFactor = shrinking(backoffFactor);
  }

  /** The loss, or each of several, times the scale. */
  scale<T extends Tensor | readonly Tensor[]>(outputs: T): T {
    if (!this.#enabled) return outputs;
    const times = (output: Tensor): Tensor =>
      output.mul(this.#made().scale.to({ device: output.device, nonBlocking: true }));
    return (Array.isArray(outputs) ? outputs.map(times) : times(outputs as Tensor)) as T;
  }

  /** Divides the gradients of the optimizer's parameters by the scale; for clipping, say. `step` does it else. */
  unscale_(optimizer: ScaledOptimizer): void {
    if (!this.#enabled) return;
    const { scale } = this.#expect('unscale_');
    const progress = this.#of(optimizer);
    if (progress.stage === 'unscaled')
      throw new TorchError('unscale_() has already been called on this optimizer since the last update().');
    if (progress.stage === 'stepped') throw new TorchError('unscale_() is being called after step().');
    scoped(() =>
      noGrad(() => {
        const inverse = scale.double().reciprocal().float();
        for (const [device, gradients] of gradientsByDevice(optimizer))
          progress.foundInf.set(device, unscale(gradients, inverse.to({ device }), device));
      }),
    );
    progress.stage = 'unscaled';
  }

  /**
   * The optimizer's step, unless a gradient is infinite or NaN; unscales first if that is not done.
   * @returns what the optimizer's step returns; undefined for one that was skipped
   */
  step<O extends ScaledOptimizer>(optimizer: O): ReturnType<O['step']> | undefined {
    const step = (): ReturnType<O['step']> => optimizer.step() as ReturnType<O['step']>;
    if (!this.#enabled) return step();
    this.#expect('step');
    const progress = this.#of(optimizer);
    if (progress.stage === 'stepped') throw new TorchError('step() has already been called since the last update().');
    if (progress.stage === 'ready') this.unscale_(optimizer);
    if (progress.foundInf.size === 0)
      throw new TorchError('GradScaler.step: no parameter of this optimizer has a gradient; call backward() first.');
    const finite = [...progress.foundInf.values()].every((found) => found.item() === 0);
    progress.stage = 'stepped';
    return finite ? step() : undefined;
  }

  /** Ends a step: lowers the scale after an infinity, raises it after enough steps without; or sets it to `newScale`. */
  update(newScale?: number | Tensor): void {
    if (!this.#enabled) return;
    const { scale, tracker } = this.#expect('update');
    scoped(() => {
      if (newScale === undefined) this.#adapt(scale, tracker);
      else if (typeof newScale === 'number') scale.fill_(newScale);
      else scale.copy_(newScale);
    });
    for (const { foundInf } of this.#progress.values()) for (const tensor of foundInf.values()) tensor.dispose();
    this.#progress = new Map();
  }

  #adapt(scale: Tensor, tracker: Tensor): void {
    const found = [...this.#progress.values()].flatMap(({ foundInf }) => [...foundInf.values()]);
    if (found.length === 0)
      throw new TorchError(
        'GradScaler.update: no gradients were checked since the last update(); call step() before it.',
      );
    const sum = found.map((tensor) => tensor.to({ device: scale.device })).reduce((total, next) => total.add(next));
    operator('aten', '_amp_update_scale_').call([
      scale,
      tracker,
      sum,
      this.#growthFactor,
      this.#backoffFactor,
      this.#growthInterval,
    ]);
  }

  /** The scale; 1 when not enabled. On a device other than the CPU this waits for it. */
  getScale(): number {
    if (!this.#enabled) return 1;
    return this.#tensors ? Number(this.#tensors.scale.item()) : this.#initScale;
  }

  /** False when made with `enabled: false`: the scaler then does nothing. */
  isEnabled(): boolean {
    return this.#enabled;
  }

  /** What the scale grows by after `growthInterval` steps without an infinity. */
  getGrowthFactor(): number {
    return this.#growthFactor;
  }

  /**
   * From now on the scale grows by `factor`, which is above 1.
   * @throws InputError for another
   */
  setGrowthFactor(factor: number): void {
    this.#growthFactor = growing(factor);
  }

  /** What the scale is multiplied by after a step with an infinity. */
  getBackoffFactor(): number {
    return this.#backoffFactor;
  }

  /**
   * From now on the scale is multiplied by `factor`, which is below 1, after a step with an infinity.
   * @throws InputError for another
   */
  setBackoffFactor(factor: number): void {
    this.#backoffFactor = shrinking(factor);
  }

  /** Steps in a row without an infinity that make the scale grow. */
  getGrowthInterval(): number {
    return this.#growthInterval;
  }

  /** From now on the scale grows after so many steps in a row without an infinity. */
  setGrowthInterval(steps: number): void {
    this.#growthInterval = steps;
  }

  /**
   * The scale, its options and the steps since it last changed, under PyTorch's keys; `{}` when not enabled. On a device other
   * than the CPU this waits for it.
   */
  stateDict(): GradScalerState | Record<string, never> {
    if (!this.#enabled) return {};
    return {
      scale: this.getScale(),
      growth_factor: this.#growthFactor,
      backoff_factor: this.#backoffFactor,
      growth_interval: this.#growthInterval,
      _growth_tracker: this.#tensors ? Number(this.#tensors.tracker.item()) : this.#initTracker,
    };
  }

  /**
   * Takes over a state that `stateDict()` gave, here or in Python; does nothing when not enabled.
   * @throws InputError for the empty state of a scaler that was not enabled
   */
  loadStateDict(state: GradScalerState | Record<string, never>): void {
    if (!this.#enabled) return;
    if (Object.keys(state).length === 0)
      throw new InputError('GradScaler: the state dict is empty, as a scaler that is not enabled saves it.');
    this.#initScale = state.scale;
    this.#initTracker = state._growth_tracker;
    this.#growthFactor = state.growth_factor;
    this.#backoffFactor = state.backoff_factor;
    this.#growthInterval = state.growth_interval;
    this.#tensors?.scale.fill_(this.#initScale);
    this.#tensors?.tracker.fill_(this.#initTracker);
  }

  #made(): { scale: Tensor; tracker: Tensor } {
    const { device } = this;
    return (this.#tensors ??= {
      scale: keep(full([], this.#initScale, { dtype: 'float32', device })),
      tracker: keep(full([], this.#initTracker, { dtype: 'int32', device })),
    });
  }

  #expect(method: string): { scale: Tensor; tracker: Tensor } {
    if (this.#tensors) return this.#tensors;
    throw new TorchError(`GradScaler.${method}: nothing was scaled yet; call scale(loss).backward() before it.`);
  }

  #of(optimizer: ScaledOptimizer): Progress {
    let progress = this.#progress.get(optimizer);
    if (!progress) this.#progress.set(optimizer, (progress = { stage: 'ready', foundInf: new Map() }));
    return progress;
  }
}

function growing(factor: number): number {
  if (factor > 1) return factor;
  throw new InputError(`GradScaler: expected a growth factor above 1, found ${factor}`);
}

function shrinking(factor: number): number {
  if (factor < 1) return factor;
  throw new InputError(`GradScaler: expected a backoff factor below 1, found ${factor}`);
}

/** Gradients by device and then by type, as the kernel takes them. */
function gradientsByDevice({ paramGroups }: ScaledOptimizer): Map<Device, Map<string, Tensor[]>> {
  const devices = new Map<Device, Map<string, Tensor[]>>();
  for (const gradient of grads(paramGroups.flatMap(({ params }) => params))) {
    if (!gradient) continue;
    const { dtype, device } = gradient;
    if (dtype === 'float16')
      throw new DTypeError(
        'GradScaler: cannot unscale gradients in float16; keep the parameters in float32 and use autocast.',
      );
    const types = devices.get(device) ?? new Map<string, Tensor[]>();
    devices.set(device, types.set(dtype, [...(types.get(dtype) ?? []), gradient]));
  }
  return devices;
}

/** Divides in place; gives the tensor that says whether something was infinite or NaN. */
function unscale(gradients: ReadonlyMap<string, Tensor[]>, inverse: Tensor, device: Device): Tensor {
  const found = keep(full([], 0, { dtype: 'float32', device }));
  for (const list of gradients.values())
    operator('aten', '_amp_foreach_non_finite_check_and_unscale_').call([list, found, inverse]);
  return found;
}
