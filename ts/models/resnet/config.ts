import { InputError } from '../../errors';
import { ACTIVATION_NAMES } from '../activations';
import { modelConfig, type ConfigOptions } from '../config';
import { count, counts, flag, integers, oneOf, optional, strings, type Field, type FieldTable } from '../fields';
import { OUTPUT_STRIDES, resnetSizes, timmShape, type OutputStride, type ResNetName, type ResNetShape } from './shape';

/** The options of a ResNet; names and defaults are those of transformers 5.18 (configuration_resnet.py), a ResNet-50. */
const fields = {
  /** Channels of the images. */
  numChannels: count(3),
  /** Channels behind the stem. */
  embeddingSize: count(64),
  /** Channels behind each stage. */
  hiddenSizes: counts([256, 512, 1024, 2048]),
  /** Blocks of each stage. */
  depths: counts([3, 4, 6, 3]),
  /** Two 3x3 convolutions a block, or a 3x3 between two 1x1 at a quarter of the channels. */
  layerType: oneOf(['basic', 'bottleneck'], 'bottleneck'),
  /** Behind the stem and behind every block; inside of a block it is always ReLU. */
  hiddenAct: oneOf(ACTIVATION_NAMES, 'relu'),
  /** Whether the first stage halves height and width too, as all others do. */
  downsampleInFirstStage: flag(false),
  /** Whether a bottleneck halves the size in its first convolution instead of in its 3x3. */
  downsampleInBottleneck: flag(false),
  /** Names of the maps to return: `stem`, `stage1`, …; the last when neither this nor `outIndices` is given. */
  outFeatures: optional(strings()),
  /** The same by number: 0 is the stem, -1 the last stage. */
  outIndices: optional(integers()),
  /** Pixels of the image for one of the last map: 16 dilates the last stage (DC5). transformers does not know it. */
  outputStride: optional(outputStrides()),
} satisfies FieldTable;

/** What a `ResNetConfig` is made from; what is left out has transformers' default. */
export type ResNetOptions = ConfigOptions<typeof fields>;

/** The options of a ResNet (He et al. 2016, arXiv 1512.03385) as the backbone of another model. */
export class ResNetConfig extends modelConfig('resnet', fields) {
  /** @throws InputError for an unknown option, or a value that it cannot have */
  constructor(options: ResNetOptions = {}, where = 'ResNetConfig') {
    super(options, where);
    const { hiddenSizes, depths } = this;
    if (hiddenSizes.length !== depths.length) {
      throw new InputError(
        `${where}: expected as many hiddenSizes as depths, found ${hiddenSizes.length} and ${depths.length}.`,
      );
    }
    this.outIndices = this.#resolveOutputs(where);
    this.outFeatures = this.outIndices.map((index) => this.stageNames[index]!);
  }

  /** The network of a name, such as `resnet18`. */
  static named(name: ResNetName, options: ResNetOptions = {}): ResNetConfig {
    return new ResNetConfig({ ...resnetSizes(name), ...options });
  }

  /**
   * timm's files name the network. Names of stages follow from their number. Files say twice which maps to return: where the caller
   * says it in one way, both go.
   */
  static override upgradeJson(
    { stage_names: _follows, architecture, out_features, out_indices, ...rest }: Readonly<Record<string, unknown>>,
    where: string,
    { outFeatures, outIndices }: ResNetOptions,
  ): Readonly<Record<string, unknown>> {
    const maps = (outFeatures ?? outIndices) ? {} : { out_features, out_indices };
    if (typeof architecture !== 'string') return { ...rest, ...maps };
    const { depths, hiddenSizes, layerType } = timmShape(architecture, {}, where);
    return { ...rest, ...maps, depths, hidden_sizes: hiddenSizes, layer_type: layerType };
  }

  /** Names of all maps, in order: `stem`, `stage1`, … */
  get stageNames(): string[] {
    return ['stem', ...this.depths.map((_, stage) => `stage${stage + 1}`)];
  }

  /** What `ResNet` is built from, with Hugging Face's names for the parameters. */
  get shape(): ResNetShape {
    return { ...this, keyStyle: 'huggingface', outIndices: this.outIndices! };
  }

  override get layerCount(): number {
    return this.depths.reduce((sum, blocks) => sum + blocks, 0);
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), stage_names: this.stageNames };
  }

  #resolveOutputs(where: string): number[] {
    const { stageNames: names, outFeatures, outIndices } = this;
    const byName = outFeatures?.map((feature) => names.indexOf(feature));
    const byNumber = outIndices?.map((index) => (index < 0 ? index + names.length : index));
    const chosen = byName ?? byNumber ?? [names.length - 1];
    const inOrder = chosen.every(
      (index, i) => index >= 0 && index < names.length && (i === 0 || index > chosen[i - 1]!),
    );
    if (!inOrder || chosen.length === 0) {
      throw new InputError(
        `${where}: expected the maps to return out of ${names.join(', ')}, each once and in this order, found ${JSON.stringify(outFeatures ?? outIndices)}.`,
      );
    }
    if (byName && byNumber && byName.join() !== byNumber.join()) {
      throw new InputError(
        `${where}: outFeatures (${outFeatures!.join(', ')}) and outIndices (${outIndices!.join(', ')}) differ; leave one of the two out.`,
      );
    }
    return chosen;
  }
}

/** @internal how far an image shrinks, as {@link ResNetShape.outputStride} has it */
export function outputStrides(): Field<OutputStride> {
  const accepts = (value: unknown): boolean => OUTPUT_STRIDES.includes(value as OutputStride);
  return { default: 32, expected: `one of ${OUTPUT_STRIDES.join(', ')}`, accepts };
}
