import { BatchNorm2d, Module } from '../../nn';
import type { Tensor } from '../../tensor';
import { activation, type ActivationName } from '../activations';
import type { ModelFactory } from '../pretrained';
import { BATCH_NORM_EPS, ConvNorm, FrozenBatchNorm2d, ResNetConv } from './conv-norm';
import type { Keys, UnitKeys } from './keys';
import type { Epilogue } from './packed-conv';
import type { ResNetShape } from './shape';

export interface ResNetFactory extends ModelFactory {
  /** Keep statistics, scale and shift of the batch normalisations as they were loaded. @default false */
  readonly frozenBatchNorm?: boolean;
}

/** A unit with an activation behind it; ReLU is computed with the unit. */
export function applyActivated(
  unit: ConvNorm,
  name: ActivationName,
  input: Tensor,
  addition: Omit<Epilogue, 'relu'> = {},
): Tensor {
  return name === 'relu'
    ? unit.apply(input, { ...addition, relu: true })
    : activation(name)(unit.apply(input, addition));
}

export function convNorm(
  inChannels: number,
  outChannels: number,
  kernel: number,
  geometry: { stride?: number; dilation?: number },
  { frozenBatchNorm = false, ...factory }: ResNetFactory,
): ConvNorm {
  const conv = new ResNetConv(inChannels, outChannels, kernel, geometry, factory);
  return new ConvNorm(
    conv,
    frozenBatchNorm
      ? new FrozenBatchNorm2d(outChannels, factory)
      : new BatchNorm2d(outChannels, { eps: BATCH_NORM_EPS, ...factory }),
  );
}

/** The members of a unit, as the module that has it lists them. */
export function unitMembers({ conv, norm }: ConvNorm, [convKey, normKey]: UnitKeys): [string, Module][] {
  return [
    [convKey, conv],
    [normKey, norm],
  ];
}

export interface BlockShape {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly stride: number;
  /** Of the first 3x3 convolution, and of the second where there is one. */
  readonly dilations: readonly [number, number];
}

/** Two or three convolutions and a way around them: (B, inChannels, H, W) -> (B, outChannels, H / stride, W / stride). */
export class ResidualBlock extends Module {
  readonly #shortcut: ConvNorm | null;
  readonly #path: readonly ConvNorm[];
  readonly #keys: Keys;
  readonly #activation: ActivationName;

  constructor(shape: ResNetShape, keys: Keys, block: BlockShape, factory: ResNetFactory) {
    super();
    const { inChannels, outChannels, stride } = block;
    this.#keys = keys;
    this.#activation = shape.hiddenAct;
    const fits = inChannels === outChannels && stride === 1;
    this.#shortcut = fits ? null : convNorm(inChannels, outChannels, 1, { stride }, factory);
    this.#path =
      shape.layerType === 'basic'
        ? basicPath(block, factory)
        : bottleneckPath(block, shape.downsampleInBottleneck, factory);
  }

  /** All convolutions with their norms, the shortcut's first where there is one. */
  get units(): readonly ConvNorm[] {
    return this.#shortcut ? [this.#shortcut, ...this.#path] : this.#path;
  }

  protected override members(): Iterable<readonly [string, Module]> {
    const shortcut = this.#shortcut ? unitMembers(this.#shortcut, this.#keys.shortcut) : [];
    return [...shortcut, ...this.#path.flatMap((unit, index) => unitMembers(unit, this.#keys.conv(index)))];
  }

  /** @param isDone nobody reads the input again, so that the result may take its memory */
  forward(input: Tensor, isDone = false): Tensor {
    const around = this.#shortcut ? this.#shortcut.apply(input) : input;
    let current = input;
    for (const unit of this.#path.slice(0, -1)) current = unit.apply(current, { relu: true });
    return applyActivated(this.#path.at(-1)!, this.#activation, current, {
      residual: around,
      intoResidual: isDone || around !== input,
    });
  }
}

function basicPath(
  { inChannels, outChannels, stride, dilations: [first, second] }: BlockShape,
  factory: ResNetFactory,
): ConvNorm[] {
  return [
    convNorm(inChannels, outChannels, 3, { stride, dilation: first }, factory),
    convNorm(outChannels, outChannels, 3, { dilation: second }, factory),
  ];
}

function bottleneckPath(
  { inChannels, outChannels, stride, dilations: [dilation] }: BlockShape,
  early: boolean,
  factory: ResNetFactory,
): ConvNorm[] {
  const width = Math.floor(outChannels / 4);
  return [
    convNorm(inChannels, width, 1, { stride: early ? stride : 1 }, factory),
    convNorm(width, width, 3, { stride: early ? 1 : stride, dilation }, factory),
    convNorm(width, outChannels, 1, {}, factory),
  ];
}
