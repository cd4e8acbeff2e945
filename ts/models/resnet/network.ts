/**
 * The residual network of He et al. 2016 (arXiv 1512.03385) with the stride in the 3x3 convolutions, as torchvision, timm
 * and transformers 5.18 (modeling_resnet.py) build it; one network, whose parameters carry the names of whoever published
 * them. It differs in how batch normalisation by fixed statistics is computed: within the convolution before it.
 *
 * Shapes: B images, C channels, H x W pixels.
 */
import { Module } from '../../nn';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { isKept } from '../../tensor/memory/lifetime';
import { requirePixels } from '../forward';
import { applyActivated, convNorm, ResidualBlock, unitMembers, type ResNetFactory } from './block';
import type { ConvNorm } from './conv-norm';
import { KEY_STYLES, translateKeys, type Keys } from './keys';
import type { ResNetShape } from './shape';

/** Stem and stages: (B, C, H, W) -> the maps of the chosen stages. */
export class ResNet extends Module {
  readonly #keys: Keys;
  readonly #stem: ConvNorm;
  readonly #stages: readonly (readonly ResidualBlock[])[];

  constructor(
    readonly shape: ResNetShape,
    factory: ResNetFactory = {},
  ) {
    super();
    this.#keys = KEY_STYLES[shape.keyStyle];
    this.#stem = convNorm(shape.numChannels, shape.embeddingSize, 7, { stride: 2 }, factory);
    this.#stages = makeStages(shape, this.#keys, factory);
  }

  /** Channels of each map that is returned. */
  get channels(): number[] {
    const { embeddingSize, hiddenSizes, outIndices } = this.shape;
    return outIndices.map((stage) => [embeddingSize, ...hiddenSizes][stage]!);
  }

  /** The modules of one stage; 0 is the stem. */
  stage(index: number): readonly Module[] {
    return index === 0 ? [this.#stem.conv, this.#stem.norm] : this.#stages[index - 1]!;
  }

  /**
   * Without autograd, computes the convolutions with weights that are packed for the processor: faster, at the price of a second
   * copy of the weights. Each is packed when it first runs, and again when it has changed.
   * @param enabled false frees the copies, and computes as before
   */
  optimizeForInference(enabled = true): this {
    for (const unit of this.#units()) {
      if (enabled) unit.packs = true;
      else unit.unpack();
    }
    return this;
  }

  #units(): ConvNorm[] {
    return [this.#stem, ...this.#stages.flat().flatMap((block) => block.units)];
  }

  /** The stem's layers and the blocks, by name. */
  layers(): [string, Module][] {
    const blocks = this.#stages.flatMap((stage, s) =>
      stage.map((block, b) => [this.#keys.block(s + 1, b), block] as [string, Module]),
    );
    return [...unitMembers(this.#stem, this.#keys.stem), ...blocks];
  }

  protected override members(): Iterable<readonly [string, Module]> {
    return this.layers();
  }

  /** Files may carry the names of another publisher. */
  override upgradeState(state: Map<string, Tensor>, prefix: string): void {
    translateKeys(state, prefix, this.shape.keyStyle, this.shape.depths);
  }

  /**
   * The maps of the stages in `shape.outIndices`, from pixels (B, C, H, W) of any type. Sides that a stride does not divide are
   * rounded up.
   * @throws ShapeError when the pixels are not (B, numChannels, H, W)
   */
  forward(pixels: Tensor): Tensor[] {
    requirePixels(pixels, this.shape.numChannels);
    const input = pixels.to(this.#stem.conv.weight.dtype);
    // Channels last is what oneDNN's kernels compute in; any other order they have to change back and forth.
    const ordered = input.device === 'cpu' ? input.contiguous({ memoryFormat: 'channels_last' }) : input;
    const stem = applyActivated(this.#stem, this.shape.hiddenAct, ordered);
    let current = torch.maxPool2d(stem, [3, 3], { stride: [2, 2], padding: [1, 1] }); // (B, C, H / 2, W / 2) -> (B, C, H / 4, W / 4)
    stem.dispose();
    const maps = [current];
    for (const blocks of this.#stages) {
      for (const block of blocks) {
        const isDone = !this.#isReturned(maps, current) && !isKept(current);
        const next = block.forward(current, isDone);
        // Not at the end of this forward: without a backward pass to come, two maps are enough at a time.
        if (isDone && next !== current) current.dispose();
        current = next;
      }
      maps.push(current);
    }
    return this.shape.outIndices.map((index) => maps[index]!);
  }

  #isReturned(maps: readonly Tensor[], map: Tensor): boolean {
    return this.shape.outIndices.includes(maps.indexOf(map));
  }
}

function makeStages(shape: ResNetShape, keys: Keys, factory: ResNetFactory): ResidualBlock[][] {
  let inChannels = shape.embeddingSize;
  let stride = 4;
  let dilation = 1;
  return shape.depths.map((depth, stage) => {
    const wanted = stage === 0 && !shape.downsampleInFirstStage ? 1 : 2;
    const step = stride >= (shape.outputStride ?? Infinity) ? 1 : wanted;
    stride *= step;
    // The first block still looks at what the stage before made, and so at its distance.
    const first = dilation;
    if (step !== wanted) dilation *= wanted;
    return Array.from({ length: depth }, (_, block) => {
      const outChannels = shape.hiddenSizes[stage]!;
      const blockShape = {
        inChannels,
        outChannels,
        stride: block === 0 ? step : 1,
        dilations: [block === 0 ? first : dilation, dilation] as const,
      };
      inChannels = outChannels;
      return new ResidualBlock(shape, keys, blockShape, factory);
    });
  });
}
