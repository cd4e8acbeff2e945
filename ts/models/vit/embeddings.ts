import { ShapeError } from '../../errors';
import { Conv2d, Dropout, functional, init, Module, Parameter } from '../../nn';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { heightWidth } from '../fields';
import type { SelfInitializing } from '../initialize';
import type { ModelFactory } from '../pretrained';
import type { ViTConfig } from './config';

/** Cuts an image into patches and projects each: (B, C, H, W) -> (B, N, D). */
class ViTPatchEmbeddings extends Module {
  readonly projection: Conv2d;

  constructor({ numChannels, hiddenSize, patchSize }: ViTConfig, factory?: ModelFactory) {
    super();
    const kernel = [...heightWidth(patchSize)];
    this.projection = new Conv2d(numChannels, hiddenSize, kernel, { stride: kernel, ...factory });
  }

  forward(pixelValues: Tensor): Tensor {
    return this.projection.forward(pixelValues).flatten(2).transpose(1, 2); // (B, C, H, W) -> (B, N, D)
  }
}

/** Patches, the class token before them, and the position embeddings. */
export class ViTEmbeddings extends Module implements SelfInitializing {
  readonly #config: ViTConfig;
  /** (1, 1, D) */
  declare cls_token: Parameter;
  readonly patch_embeddings: ViTPatchEmbeddings;
  /** (1, 1 + N, D) */
  declare position_embeddings: Parameter;
  readonly dropout: Dropout;

  constructor(config: ViTConfig, factory: ModelFactory = {}) {
    super();
    const { hiddenSize, numPatches, hiddenDropoutProb } = config;
    this.#config = config;
    this.cls_token = new Parameter(torch.randn([1, 1, hiddenSize], factory));
    this.patch_embeddings = new ViTPatchEmbeddings(config, factory);
    this.position_embeddings = new Parameter(torch.randn([1, 1 + numPatches, hiddenSize], factory));
    this.dropout = new Dropout(hiddenDropoutProb);
  }

  /** (B, C, H, W) -> (B, 1 + N, D) */
  forward(pixelValues: Tensor, interpolatePosEncoding: boolean): Tensor {
    const [batch, channels, height, width] = pixelValues.shape as [number, number, number, number];
    this.#check(channels, height, width, interpolatePosEncoding);
    const patches = this.patch_embeddings.forward(pixelValues); // (B, N, D)
    const tokens = torch.cat([this.cls_token.expand([batch, -1, -1]), patches], 1); // (B, 1 + N, D)
    return this.dropout.forward(tokens.add(this.#positions(height, width)));
  }

  #check(channels: number, height: number, width: number, interpolate: boolean): void {
    const { numChannels, imageSize } = this.#config;
    if (channels !== numChannels)
      throw new ShapeError(`pixelValues: expected ${numChannels} channels (B, C, H, W), found ${channels}.`);
    const [expectedHeight, expectedWidth] = heightWidth(imageSize);
    if (!interpolate && (height !== expectedHeight || width !== expectedWidth)) {
      throw new ShapeError(
        `pixelValues: expected images of ${expectedHeight}x${expectedWidth}, found ${height}x${width}; resize them, or pass interpolatePosEncoding: true.`,
      );
    }
  }

  /** The position embeddings for an image of this size: (1, 1 + N, D). */
  #positions(height: number, width: number): Tensor {
    const [patchHeight, patchWidth] = heightWidth(this.#config.patchSize);
    const grid = [Math.floor(height / patchHeight), Math.floor(width / patchWidth)] as const;
    return interpolatePositions(this.position_embeddings, this.#config.grid, grid);
  }

  initializeWeights(range: number, isFresh: (parameter: Parameter) => boolean): void {
    for (const parameter of [this.position_embeddings, this.cls_token]) {
      if (isFresh(parameter)) init.truncNormal_(parameter, 0, range);
    }
  }
}

/**
 * Position embeddings for another grid of patches, by bicubic interpolation as transformers and DINO do it; the class
 * token keeps its own: (1, 1 + h w, D) -> (1, 1 + h' w', D). The same tensor when the grid stays.
 */
export function interpolatePositions(
  positions: Tensor,
  from: readonly [number, number],
  to: readonly [number, number],
): Tensor {
  if (from[0] === to[0] && from[1] === to[1]) return positions;
  const width = positions.shape[2]!;
  const patches = positions
    .narrow(1, 1, positions.shape[1]! - 1)
    .reshape([1, ...from, width])
    .permute([0, 3, 1, 2]); // (1, h w, D) -> (1, D, h, w)
  const resized = functional.interpolate(patches, { size: to, mode: 'bicubic', alignCorners: false });
  const tokens = resized.permute([0, 2, 3, 1]).reshape([1, -1, width]); // (1, D, h', w') -> (1, h' w', D)
  return torch.cat([positions.narrow(1, 0, 1), tokens], 1);
}
