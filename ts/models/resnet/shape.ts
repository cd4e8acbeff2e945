import { InputError } from '../../errors';
import type { ActivationName } from '../activations';
import type { KeyStyle } from './keys';

/** What a ResNet is made of, whoever published it. */
export interface ResNetShape {
  /** Whose names the parameters carry. */
  readonly keyStyle: KeyStyle;
  readonly numChannels: number;
  /** Channels behind the stem. */
  readonly embeddingSize: number;
  /** Channels behind each stage. */
  readonly hiddenSizes: readonly number[];
  /** Blocks of each stage. */
  readonly depths: readonly number[];
  /** Two 3x3 convolutions a block, or a 3x3 between two 1x1 at a quarter of the channels. */
  readonly layerType: 'basic' | 'bottleneck';
  /** Behind the stem and behind every block; inside of a block it is always ReLU. */
  readonly hiddenAct: ActivationName;
  /** Whether the first stage halves height and width too. */
  readonly downsampleInFirstStage: boolean;
  /** Whether a bottleneck halves the size in its first convolution instead of in its 3x3. */
  readonly downsampleInBottleneck: boolean;
  /** Pixels of the image for one of the last map; stages that would shrink further dilate instead. All shrink without it. */
  readonly outputStride?: OutputStride;
  /** Stages whose maps are returned, in order: 0 is the stem. */
  readonly outIndices: readonly number[];
}

export const OUTPUT_STRIDES = [8, 16, 32] as const;
/** How many pixels of the input one position of the last map stands for. */
export type OutputStride = (typeof OUTPUT_STRIDES)[number];

/** What tells the networks of the paper apart. */
type ResNetSizes = Pick<ResNetShape, 'depths' | 'hiddenSizes' | 'layerType'>;

const basic = { hiddenSizes: [64, 128, 256, 512], layerType: 'basic' } as const;
const bottleneck = { hiddenSizes: [256, 512, 1024, 2048], layerType: 'bottleneck' } as const;

const SIZES = {
  resnet18: { ...basic, depths: [2, 2, 2, 2] },
  resnet34: { ...basic, depths: [3, 4, 6, 3] },
  resnet50: { ...bottleneck, depths: [3, 4, 6, 3] },
  resnet101: { ...bottleneck, depths: [3, 4, 23, 3] },
  resnet152: { ...bottleneck, depths: [3, 8, 36, 3] },
} as const satisfies Record<string, ResNetSizes>;

/** A depth of the paper. */
export type ResNetName = keyof typeof SIZES;
/** The names of all networks of the paper. */
export const RESNET_NAMES = Object.keys(SIZES) as readonly ResNetName[];

/** ResNetSizes and widths of He et al. 2016, table 1. */
export function resnetSizes(name: ResNetName): ResNetSizes {
  return SIZES[name];
}

/** The name of the network that has these depths and widths. */
export function resnetNamed(sizes: ResNetSizes): ResNetName | undefined {
  const text = ({ depths, hiddenSizes, layerType }: ResNetSizes): string =>
    JSON.stringify([depths, hiddenSizes, layerType]);
  return RESNET_NAMES.find((name) => text(SIZES[name]) === text(sizes));
}

/**
 * The network that timm and torchvision build by a name such as `resnet50` or `resnet50.a1_in1k`.
 * @throws InputError for a network that is none of these
 * @internal
 */
export function timmShape(
  name: string,
  options: Partial<Pick<ResNetShape, 'numChannels' | 'outputStride' | 'outIndices'>> = {},
  where = 'ResNet',
): ResNetShape {
  const known = RESNET_NAMES.find((known) => name.replace(/^timm\//, '').split('.')[0] === known);
  if (!known)
    throw new InputError(
      `${where}: expected the backbone to be one of ${RESNET_NAMES.join(', ')}, found ${JSON.stringify(name)}.`,
    );
  return {
    keyStyle: 'torchvision',
    numChannels: 3,
    embeddingSize: 64,
    ...SIZES[known],
    hiddenAct: 'relu',
    downsampleInFirstStage: false,
    downsampleInBottleneck: false,
    outIndices: [4],
    ...options,
  };
}
