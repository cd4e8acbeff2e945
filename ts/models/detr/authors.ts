/**
 * The checkpoints of DETR's authors (facebookresearch/detr): a `.pth` file with the weights, and after training the
 * command line beside them. There is no configuration, so it is found from the shapes of the weights.
 */
import { basename } from 'node:path';
import { InputError } from '../../errors';
import { isUint8Array } from '../../native/realm';
import * as torch from '../../tensor';
import { Tensor } from '../../tensor';
import type { Checkpoint } from '../load';
import { loadPth, savePth, type PthValue } from '../pth';
import { resnetNamed, ResNetConfig, timmShape, translateKeys } from '../resnet';
import { fromAuthors, toAuthors } from './keys';
import type { PretrainedModel } from '../pretrained';
import { cocoNames, type DetrConfig } from './config';

type Json = Record<string, unknown>;

/**
 * The configuration and the weights of a `.pth` file.
 * @param overrides `dilation` where the file does not say whether it is a DC5
 * @throws InputError for a file that is no checkpoint of a DETR, or of one that normalises first
 */
export function readDetrPth(path: string, overrides: { readonly dilation?: boolean } = {}): Checkpoint {
  const content = loadPth(path);
  const { model = content, args = {} } = isObject(content) ? content : {};
  const state = new Map(
    isObject(model)
      ? Object.entries(model).filter((entry): entry is [string, Tensor] => entry[1] instanceof Tensor)
      : [],
  );
  const shapes = new Shapes(path, state);
  const options = isObject(args) ? args : {};
  const { dilation, notes } = dilationOf(path, overrides.dilation ?? options.dilation);
  const json = configOf(shapes, options, dilation);
  return {
    json,
    where: path,
    notes,
    tensors: fromAuthors(state, {
      encoderLayers: json.encoder_layers as number,
      decoderLayers: json.decoder_layers as number,
    }),
  };
}

/**
 * Writes the weights as `{ model, args }`, under the authors' names. Of their command line only `dilation` (DC5) is part of it.
 * @param model a `DetrForObjectDetection`
 * @throws InputError when the model has no heads, or the file cannot be written
 */
export function saveDetrPth(model: PretrainedModel<DetrConfig>, path: string): void {
  const { config } = model;
  if (model.headKeys === undefined)
    throw new InputError(
      `saveDetrPth: expected a DetrForObjectDetection, found a ${model.constructor.name}, without heads.`,
    );
  torch.scoped(() => {
    const state = new Map(Object.entries(model.stateDict()));
    translateKeys(state, 'model.backbone.conv_encoder.model.', 'torchvision', config.backboneShape.depths);
    // The shapes of the weights do not show it.
    const args = { dilation: config.backboneShape.outputStride === 16 };
    savePth({ model: Object.fromEntries(toAuthors(state, config)), args }, path);
  });
}

function isObject(value: unknown): value is Record<string, PthValue> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Tensor) &&
    !isUint8Array(value)
  );
}

/** Reads sizes off the weights. */
class Shapes {
  readonly #path: string;
  readonly #state: ReadonlyMap<string, Tensor>;

  constructor(path: string, state: ReadonlyMap<string, Tensor>) {
    this.#path = path;
    this.#state = state;
  }

  has(key: string): boolean {
    return this.#state.has(key);
  }

  size(key: string, dim: number): number {
    const tensor = this.#state.get(key);
    if (!tensor) throw this.refusal(`it has no ${key}`);
    return tensor.shape[dim]!;
  }

  /** One more than the largest number at that position of a key. */
  count(pattern: RegExp): number {
    return Math.max(-1, ...[...this.#state.keys()].map((key) => Number(pattern.exec(key)?.[1] ?? -1))) + 1;
  }

  refusal(why: string): InputError {
    return new InputError(`${this.#path}: expected a checkpoint of facebookresearch/detr, found that ${why}.`);
  }
}

/** Whether the last stage is dilated (DC5): the command line says so where it is there, else the name of the file, as published, or nothing does. */
function dilationOf(path: string, known: unknown): { dilation: boolean; notes: readonly string[] } {
  if (typeof known === 'boolean') return { dilation: known, notes: [] };
  const dilation = /dc5/i.test(basename(path));
  const taken = dilation
    ? 'by its name it was taken for one that is; pass { dilation: false } when it is not'
    : 'it was taken for one that is not; pass { dilation: true } for a DC5 checkpoint';
  return {
    dilation,
    notes: [`the weights do not tell whether the last stage of the backbone is dilated (DC5), and ${taken}`],
  };
}

function configOf(shapes: Shapes, args: Record<string, PthValue>, dilation: boolean): Json {
  if (shapes.has('transformer.encoder.norm.weight') || args.pre_norm === true)
    throw shapes.refusal('it normalises before each layer (pre_norm), which no published DETR does');
  const numLabels = shapes.size('class_embed.weight', 0) - 1;
  return {
    model_type: 'detr',
    ...backboneOf(shapes, dilation),
    d_model: shapes.size('input_proj.weight', 0),
    num_queries: shapes.size('query_embed.weight', 0),
    encoder_layers: shapes.count(/^transformer\.encoder\.layers\.(\d+)\./),
    decoder_layers: shapes.count(/^transformer\.decoder\.layers\.(\d+)\./),
    encoder_ffn_dim: shapes.size('transformer.encoder.layers.0.linear1.weight', 0),
    decoder_ffn_dim: shapes.size('transformer.decoder.layers.0.linear1.weight', 0),
    position_embedding_type: shapes.has('backbone.1.row_embed.weight') ? 'learned' : 'sine',
    ...(numLabels === cocoNames.length
      ? { id2label: Object.fromEntries(cocoNames.entries()) }
      : { num_labels: numLabels }),
    ...argumentsOf(args),
  };
}

/** The authors' default, which the shapes do not show. */
const HEADS = 8;

const ARGUMENTS: Readonly<Record<string, string>> = {
  dropout: 'dropout',
  set_cost_class: 'class_cost',
  set_cost_bbox: 'bbox_cost',
  set_cost_giou: 'giou_cost',
  bbox_loss_coef: 'bbox_loss_coefficient',
  giou_loss_coef: 'giou_loss_coefficient',
  eos_coef: 'eos_coefficient',
};

function argumentsOf(args: Record<string, PthValue>): Json {
  const heads = args.nheads ?? HEADS;
  const known = Object.entries(ARGUMENTS)
    .filter(([name]) => args[name] !== undefined)
    .map(([name, option]) => [option, args[name]]);
  const auxiliary = args.aux_loss === true ? { authors_auxiliary_loss: true } : {};
  return { encoder_attention_heads: heads, decoder_attention_heads: heads, ...Object.fromEntries(known), ...auxiliary };
}

/** A network of timm's by its name where it has the size of one, else a ResNet by its sizes. */
function backboneOf(shapes: Shapes, dilation: boolean): Json {
  const body = 'backbone.0.body.';
  const depths = Array.from({ length: shapes.count(/^backbone\.0\.body\.layer(\d+)\./) - 1 }, (_, stage) =>
    shapes.count(new RegExp(`^backbone\\.0\\.body\\.layer${stage + 1}\\.(\\d+)\\.`)),
  );
  const layerType = shapes.has(`${body}layer1.0.conv3.weight`) ? 'bottleneck' : 'basic';
  const last = layerType === 'bottleneck' ? 'conv3' : 'conv2';
  const hiddenSizes = depths.map((_, stage) => shapes.size(`${body}layer${stage + 1}.0.${last}.weight`, 0));
  const [embeddingSize, numChannels] = [shapes.size(`${body}conv1.weight`, 0), shapes.size(`${body}conv1.weight`, 1)];
  const name = resnetNamed({ depths, hiddenSizes, layerType });
  if (name && embeddingSize === timmShape(name).embeddingSize)
    return { use_timm_backbone: true, backbone: name, dilation, num_channels: numChannels };
  const outputStride = dilation ? 16 : undefined;
  return {
    use_timm_backbone: false,
    num_channels: numChannels,
    backbone_config: new ResNetConfig({
      depths,
      hiddenSizes,
      layerType,
      embeddingSize,
      numChannels,
      outputStride,
    }).toJSON(),
  };
}
