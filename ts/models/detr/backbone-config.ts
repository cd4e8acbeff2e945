/**
 * How a configuration names its backbone. Files of transformers 4 and of the hub have `use_timm_backbone` and `backbone`;
 * those of transformers 5 have a `backbone_config`. Either is read, and written back in the form that it had.
 */
import { InputError } from '../../errors';
import { flag, optional, type Field, type FieldTable } from '../fields';
import { ResNetConfig, timmShape, type OutputStride, type ResNetOptions, type ResNetShape } from '../resnet';

type Json = Readonly<Record<string, unknown>>;

export interface BackboneOptions {
  /** The parameters carry timm's names, and the network is the one that `backbone` names. @default true without `backboneConfig` */
  readonly useTimmBackbone?: boolean;
  /** `resnet18`, `resnet34`, `resnet50`, `resnet101` or `resnet152`. @default 'resnet50' */
  readonly backbone?: string;
  /** Dilate the last stage of timm's network instead of shrinking the map (DC5). @default false */
  readonly dilation?: boolean;
  /** A ResNet under transformers' names, or `{ model_type: 'timm_backbone', backbone, … }`. */
  readonly backboneConfig?: ResNetConfig | ResNetOptions | Json;
}

function text(): Field<string> {
  return { default: '', expected: 'a string', accepts: (value) => typeof value === 'string' };
}

function object(): Field<ResNetConfig | Json> {
  return { default: {}, expected: 'an object', accepts: (value) => typeof value === 'object' && !Array.isArray(value) };
}

export const backboneFields = {
  /** Whether the parameters carry timm's names, and the network is the one that `backbone` names. */
  useTimmBackbone: optional(flag(true)),
  /** `resnet18`, `resnet34`, `resnet50`, `resnet101` or `resnet152`. */
  backbone: optional(text()),
  /** Whether the last stage of timm's network is dilated instead of shrinking the map (DC5). */
  dilation: flag(false),
  /** A ResNet under transformers' names, or `{ model_type: 'timm_backbone', backbone, … }`. */
  backboneConfig: optional(object()),
} satisfies FieldTable;

interface BackboneValues {
  readonly useTimmBackbone?: boolean;
  readonly backbone?: string;
  readonly dilation: boolean;
  readonly numChannels: number;
  backboneConfig?: ResNetConfig | Json;
}

/**
 * The network that the options stand for, of which only the last map counts. A ResNet's own configuration is parsed in place.
 * @throws InputError for a kind of network that is not known
 */
export function backboneShape(options: BackboneValues, where: string): ResNetShape {
  const shape = options.backboneConfig
    ? configuredShape(options, options.backboneConfig, where)
    : namedShape(options, where);
  return { ...shape, outIndices: shape.outIndices.slice(-1) };
}

function namedShape({ useTimmBackbone, backbone, numChannels, dilation }: BackboneValues, where: string): ResNetShape {
  if (useTimmBackbone) return timmShape(backbone!, { numChannels, outputStride: dilation ? 16 : undefined }, where);
  if (backbone === undefined) return new ResNetConfig({ numChannels }).shape;
  throw new InputError(
    `${where}: expected a backboneConfig where useTimmBackbone is false, found the name ${JSON.stringify(backbone)} alone.`,
  );
}

function configuredShape(options: BackboneValues, given: ResNetConfig | Json, where: string): ResNetShape {
  const modelType = given instanceof ResNetConfig ? 'resnet' : (given.model_type ?? 'resnet');
  if (modelType === 'timm_backbone') return timmConfigured(given as Json, where);
  if (modelType !== 'resnet')
    throw new InputError(`${where}: expected the backbone to be a ResNet, found ${JSON.stringify(modelType)}.`);
  const config = ResNetConfig.from(given);
  options.backboneConfig = config;
  return config.shape;
}

function timmConfigured(
  { backbone, num_channels: numChannels = 3, output_stride: outputStride }: Json,
  where: string,
): ResNetShape {
  return timmShape(
    String(backbone),
    { numChannels: numChannels as number, outputStride: (outputStride ?? undefined) as OutputStride | undefined },
    where,
  );
}

/** The backbone as the file has it. */
export function backboneJson({ backboneConfig }: BackboneValues): Json {
  if (!(backboneConfig instanceof ResNetConfig)) return {};
  const { id2label: _none, label2id: _nor, ...own } = backboneConfig.toJSON();
  // transformers 4 takes both for given when they are left out.
  return { backbone_config: own, backbone: null, use_timm_backbone: false };
}
