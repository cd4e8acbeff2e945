import { InputError } from '../../errors';
import { ACTIVATION_NAMES } from '../activations';
import { modelConfig, type ConfigOptions } from '../config';
import {
  amount,
  coefficient,
  count,
  fieldValues,
  flag,
  integers,
  oneOf,
  optional,
  probability,
  type Field,
  type FieldTable,
} from '../fields';
import { outputFields } from '../forward';
import { ResNetConfig, timmShape, type ResNetOptions, type ResNetShape } from '../resnet';
import { outputStrides } from '../resnet/config';
import coco from './classes/coco.json';

type Json = Readonly<Record<string, unknown>>;

/** Category names of COCO by category number, which are the class numbers of the published detectors; N/A where a number has none. */
export const cocoNames: readonly string[] = coco.names;

/**
 * How a configuration names its backbone. Files of transformers 4 and of the hub have `use_timm_backbone` and `backbone`;
 * those of transformers 5 have a `backbone_config`. Either is read, and written back in the form that it had.
 */
interface BackboneOptions {
  /** The parameters carry timm's names, and the network is the one that `backbone` names. @default true without `backboneConfig` */
  readonly useTimmBackbone?: boolean;
  /** `resnet18`, `resnet34`, `resnet50`, `resnet101` or `resnet152`. @default 'resnet50' */
  readonly backbone?: string;
  /** Dilate the last stage of timm's network instead of shrinking the map (DC5). @default false */
  readonly dilation?: boolean;
  /** timm's own options of the network: `output_stride`, `in_chans` and `out_indices` stand above `dilation` and `numChannels`. */
  readonly backboneKwargs?: Json;
  /** A ResNet under transformers' names, or `{ model_type: 'timm_backbone', backbone, … }`. */
  readonly backboneConfig?: ResNetConfig | ResNetOptions | Json;
}

function text(): Field<string> {
  return { default: '', expected: 'a string', accepts: (value) => typeof value === 'string' };
}

function object<T extends object>(): Field<T> {
  return { default: {} as T, expected: 'an object', accepts: isObject };
}

/** What is read of a `timm_backbone` and of `backbone_kwargs`; all else that is there does not change the network. */
const TIMM_FIELDS = {
  /** Channels of the images; timm's own name for it, `in_chans`, is read too. */
  numChannels: count(3),
  /** 8 or 16 where the last stages are dilated. */
  outputStride: optional(outputStrides()),
  /** Stages whose maps are returned, from 1; -1 is the last. Only the last map counts, and there is no stage behind it. */
  outIndices: optional(integers()),
} satisfies FieldTable;

const backboneFields = {
  /** Whether the parameters carry timm's names, and the network is the one that `backbone` names. */
  useTimmBackbone: optional(flag(true)),
  /** `resnet18`, `resnet34`, `resnet50`, `resnet101` or `resnet152`. */
  backbone: optional(text()),
  /** Whether the last stage of timm's network is dilated instead of shrinking the map (DC5). */
  dilation: flag(false),
  /** timm's own options of the network: `output_stride`, `in_chans` and `out_indices` stand above `dilation` and `numChannels`. */
  backboneKwargs: optional(object<Json>()),
  /** A ResNet under transformers' names, or `{ model_type: 'timm_backbone', backbone, … }`. */
  backboneConfig: optional(object<ResNetConfig | Json>()),
} satisfies FieldTable;

/** The options of a DETR; names and defaults are those of transformers 5.18 (configuration_detr.py), the DETR-R50 of the paper. */
const fields = {
  ...backboneFields,
  ...outputFields,
  /** Channels of the images. */
  numChannels: count(3),
  /** Q: detections in one image at most. */
  numQueries: count(100),
  /** Layers of the encoder. */
  encoderLayers: count(6),
  /** Width of the hidden layer of an encoder layer's MLP. */
  encoderFfnDim: count(2048),
  /** nh, in the encoder; a divisor of `dModel`. */
  encoderAttentionHeads: count(8),
  /** Layers of the decoder. */
  decoderLayers: count(6),
  /** Width of the hidden layer of a decoder layer's MLP. */
  decoderFfnDim: count(2048),
  /** nh, in the decoder; a divisor of `dModel`. */
  decoderAttentionHeads: count(8),
  /** Kept for the file: transformers 5 does not drop layers. */
  encoderLayerdrop: probability(0),
  /** Kept for the file: transformers 5 does not drop layers. */
  decoderLayerdrop: probability(0),
  /** Kept for the file. */
  isEncoderDecoder: flag(true),
  /** Activation function of the MLPs. */
  activationFunction: oneOf(ACTIVATION_NAMES, 'relu'),
  /** D: width of the transformer. */
  dModel: count(256),
  /** Dropout probability in front of the encoder, behind each attention and each MLP. */
  dropout: probability(0.1),
  /** Dropout probability of the attention weights. */
  attentionDropout: probability(0),
  /** Dropout probability inside of the MLPs. */
  activationDropout: probability(0),
  /** Standard deviation of the weights that training starts from. */
  initStd: amount(0.02),
  /** Kept for the file: only segmentation reads it. */
  initXavierStd: amount(1),
  /**
   * Losses on the output of every decoder layer, as transformers computes them: the normalised output of a layer is also
   * what the next one starts from, so that the same weights predict other boxes with and without it.
   */
  auxiliaryLoss: flag(false),
  /** The same losses as the authors of DETR compute them: predictions stay those without them. transformers does not know it. */
  authorsAuxiliaryLoss: optional(flag(false)),
  /** Lets the batch normalisations of the backbone train, for a backbone from random weights. transformers does not know it and keeps them frozen. */
  trainBatchNorm: optional(flag(false)),
  /** What tells the transformer where in the image a token is: sines of its position, or trained numbers. */
  positionEmbeddingType: oneOf(['sine', 'learned'], 'sine'),
  /** Cost of a wrong class, for the matching. */
  classCost: coefficient(1),
  /** Cost of the L1 distance of boxes, for the matching. */
  bboxCost: coefficient(5),
  /** Cost of the generalized overlap, for the matching. */
  giouCost: coefficient(2),
  /** Kept for the file: only segmentation reads it. */
  maskLossCoefficient: coefficient(1),
  /** Kept for the file: only segmentation reads it. */
  diceLossCoefficient: coefficient(1),
  /** Weight of the L1 distance in the loss. */
  bboxLossCoefficient: coefficient(5),
  /** Weight of the generalized overlap in the loss. */
  giouLossCoefficient: coefficient(2),
  /** Weight of "no object" in the classification loss, where a class has 1. */
  eosCoefficient: amount(0.1),
} satisfies FieldTable;

/** What a `DetrConfig` is made from; what is left out has transformers' default. */
export type DetrOptions = Omit<ConfigOptions<typeof fields>, keyof BackboneOptions> & BackboneOptions;

/** Names that transformers takes for other options; a file that has both means the same by them. */
const ALIASES = {
  hidden_size: 'd_model',
  num_attention_heads: 'encoder_attention_heads',
  num_hidden_layers: 'encoder_layers',
} as const;

/** The options of DETR (Carion et al. 2020, arXiv 2005.12872). */
export class DetrConfig extends modelConfig('detr', fields) {
  /** The sizes of the backbone. */
  readonly #backbone: ResNetShape;

  /** @throws InputError for an unknown option, or a value that it cannot have */
  constructor(options: DetrOptions = {}, where = 'DetrConfig') {
    super(options as ConfigOptions<typeof fields>, where);
    if (!this.backboneConfig) {
      this.useTimmBackbone ??= true;
      if (this.useTimmBackbone) this.backbone ??= 'resnet50';
    }
    this.#backbone = backboneShape(this, where);
    this.#check(where);
  }

  /** Files may have other names for options. */
  static override upgradeJson(json: Json, _where: string, overrides: DetrOptions): Json {
    const file: Record<string, unknown> = { ...json };
    for (const [alias, name] of Object.entries(ALIASES)) {
      file[name] ??= file[alias];
      delete file[alias];
    }
    if (isObject(file.backbone_kwargs)) file.backbone_kwargs = withoutReplaced(file.backbone_kwargs, overrides);
    return file;
  }

  /** The sizes of the backbone, whose last map is the transformer's input. */
  get backboneShape(): ResNetShape {
    return this.#backbone;
  }

  /** Whether every decoder layer is trained on its own predictions, in either way. */
  get hasAuxiliaryLoss(): boolean {
    return this.auxiliaryLoss || this.authorsAuxiliaryLoss === true;
  }

  override get layerCount(): number {
    return this.encoderLayers + this.decoderLayers + this.backboneShape.depths.reduce((sum, blocks) => sum + blocks, 0);
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), ...backboneJson(this) };
  }

  #check(where: string): void {
    const { dModel, positionEmbeddingType, classCost, bboxCost, giouCost } = this;
    for (const heads of ['encoderAttentionHeads', 'decoderAttentionHeads'] as const) {
      if (dModel % this[heads] !== 0)
        throw new InputError(
          `${where}: expected dModel to be a multiple of ${heads} (${this[heads]}), found ${dModel}.`,
        );
    }
    const unit = positionEmbeddingType === 'sine' ? 4 : 2;
    if (dModel % unit !== 0)
      throw new InputError(
        `${where}: expected dModel to be a multiple of ${unit} for ${positionEmbeddingType} positions, found ${dModel}.`,
      );
    if (classCost === 0 && bboxCost === 0 && giouCost === 0) {
      throw new InputError(
        `${where}: expected one of classCost, bboxCost and giouCost to be above 0; without any, every matching is as good as another.`,
      );
    }
    if (this.auxiliaryLoss && this.authorsAuxiliaryLoss) {
      throw new InputError(
        `${where}: expected auxiliaryLoss (transformers' way) or authorsAuxiliaryLoss (the paper's way), found both; leave one of the two out.`,
      );
    }
  }
}

interface BackboneValues {
  readonly useTimmBackbone?: boolean;
  readonly backbone?: string;
  readonly backboneKwargs?: Json;
  readonly dilation: boolean;
  readonly numChannels: number;
  backboneConfig?: ResNetConfig | Json;
}

/**
 * The network that the options stand for, of which only the last map counts. A ResNet's own configuration is parsed in place.
 * @throws InputError for a kind of network that is not known
 */
function backboneShape(options: BackboneValues, where: string): ResNetShape {
  const shape = options.backboneConfig
    ? configuredShape(options, options.backboneConfig, where)
    : namedShape(options, where);
  return { ...shape, outIndices: shape.outIndices.slice(-1) };
}

function namedShape(options: BackboneValues, where: string): ResNetShape {
  const { useTimmBackbone, backbone, backboneKwargs, numChannels, dilation } = options;
  if (useTimmBackbone) {
    const given = { in_chans: numChannels, output_stride: dilation ? 16 : undefined };
    return timmNetwork(backbone!, { ...given, ...defined(backboneKwargs ?? {}) }, where, 'backboneKwargs');
  }
  if (backbone === undefined) return new ResNetConfig({ numChannels }).shape;
  throw new InputError(
    `${where}: expected a backboneConfig where useTimmBackbone is false, found the name ${JSON.stringify(backbone)} alone.`,
  );
}

function configuredShape(options: BackboneValues, given: ResNetConfig | Json, where: string): ResNetShape {
  const modelType = given instanceof ResNetConfig ? 'resnet' : (given.model_type ?? 'resnet');
  if (modelType !== 'timm_backbone' && modelType !== 'resnet')
    throw new InputError(`${where}: expected the backbone to be a ResNet, found ${JSON.stringify(modelType)}.`);
  const shape =
    modelType === 'timm_backbone'
      ? timmNetwork(String((given as Json).backbone), given as Json, where, 'backboneConfig')
      : (options.backboneConfig = ResNetConfig.from(given)).shape;
  if (options.dilation && (shape.outputStride ?? 32) === 32)
    throw new InputError(
      `${where}: expected a backboneConfig that is dilated where dilation is true, found none; give it outputStride: 16 (output_stride in a file).`,
    );
  return shape;
}

/** A network of timm's, whose stages end where the last map is taken. */
function timmNetwork(name: string, json: Json, where: string, field: string): ResNetShape {
  const { in_chans: inChans, num_channels: numChannels = inChans, output_stride, out_indices } = defined(json);
  const given = { numChannels, outputStride: output_stride, outIndices: out_indices };
  const { outIndices = [-1], ...options } = fieldValues(TIMM_FIELDS, given, `${where}: ${field}`);
  const shape = timmShape(name, options, where);
  const stages = shape.depths.length;
  const indices = outIndices.map((index) => (index < 0 ? index + stages + 1 : index));
  const last = Math.max(...indices);
  if (!(last >= 1 && last <= stages))
    throw new InputError(
      `${where}: ${field}: expected outIndices whose last is a stage from 1 to ${stages}, found ${JSON.stringify(outIndices)}.`,
    );
  const { depths, hiddenSizes } = shape;
  return { ...shape, depths: depths.slice(0, last), hiddenSizes: hiddenSizes.slice(0, last), outIndices: [last] };
}

/** `backbone_kwargs` of a file without what options of the caller say. */
function withoutReplaced(kwargs: Json, { numChannels, dilation }: DetrOptions): Json {
  const replaced = [
    ...(numChannels == null ? [] : ['in_chans', 'num_channels']),
    ...(dilation == null ? [] : ['output_stride']),
  ];
  return Object.fromEntries(Object.entries(kwargs).filter(([key]) => !replaced.includes(key)));
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Without the keys that have no value, as None in Python's files. */
function defined(json: Json): Json {
  return Object.fromEntries(Object.entries(json).filter(([, value]) => value != null));
}

/** The backbone as the file has it. */
function backboneJson({ backboneConfig }: BackboneValues): Json {
  if (!(backboneConfig instanceof ResNetConfig)) return {};
  const { id2label: _none, label2id: _nor, ...own } = backboneConfig.toJSON();
  // transformers 4 takes both for given when they are left out.
  return { backbone_config: own, backbone: null, use_timm_backbone: false };
}
