import { InputError, UsageError } from '../../errors';
import { DetrForObjectDetection, ResNetConfig, withConfig } from '../../models';
import {
  cocoToVoc,
  labelSpaceOf,
  readClassMap,
  initializeAsPaper,
  withClassRows,
  type DetrOptions,
} from '../../models/detr';
import * as torch from '../../tensor';
import type { LayerMap } from '../../train/groups';
import { cloneParameters } from '../../train/checkpoint';
import { DetectionProcessor } from '../../vision/detection-processor';
import type { ClassList } from './annotations/classes';
import type { DetectionConfig } from './config';
import { detectorWeights, loadDetectionProcessor, ObjectDetector } from './detector';

/** What a training starts from. */
export interface Start {
  readonly model: DetrForObjectDetection;
  /** Whether the model detects the classes already, so that training can make it worse. */
  readonly detects: boolean;
}

/** The way from image to input for a new run: that of the checkpoint it starts from, else the paper's, at the sizes of the configuration. */
export async function newProcessor({
  model: { from },
  shortestEdge,
  longestEdge,
}: DetectionConfig): Promise<DetectionProcessor> {
  const processor = from === null ? new DetectionProcessor() : await loadDetectionProcessor(detectorWeights(from));
  if (shortestEdge === null && longestEdge === null) return processor;
  const { size } = processor.options;
  const known =
    'shortestEdge' in size
      ? size
      : { shortestEdge: Math.min(size.height, size.width), longestEdge: Math.max(size.height, size.width) };
  const asked = { shortestEdge: shortestEdge ?? known.shortestEdge, longestEdge: longestEdge ?? known.longestEdge };
  return new DetectionProcessor({ ...processor.options, size: asked });
}

/** The model that training starts from: random weights, or those of `model.from` with the class head of these classes. */
export async function newModel(
  config: DetectionConfig,
  classes: ClassList,
  say: (sentence: string) => void,
): Promise<Start> {
  torch.manualSeed(config.seed);
  if (config.model.from !== null) return pretrained(config, config.model.from, classes, say);
  const { backboneWeights } = config.model;
  const model = DetrForObjectDetection.fromConfig({ ...sizesOf(config), ...lossOf(config), id2label: classes.names });
  initializeAsPaper(model);
  if (backboneWeights !== null) await model.loadBackbone(backboneWeights, { onWarning: say });
  return { model, detects: false };
}

/** The detector in a checkpoint of a run, in memory of its own. */
export async function savedDetector(checkpoint: string): Promise<ObjectDetector> {
  const { model, processor } = await ObjectDetector.load(checkpoint);
  return new ObjectDetector(cloneParameters(model), processor);
}

/** Marks what trains: all stages of a backbone that starts from random weights, else the paper's, all but the first two. */
export function chooseTrained({ model: detr }: DetrForObjectDetection, { model, optimizer }: DetectionConfig): void {
  const stages = Array.from({ length: detr.backbone.model.shape.depths.length + 1 }, (_, stage) => stage);
  const isRandom = model.from === null && model.backboneWeights === null;
  const chosen = model.trainStages ?? (isRandom ? stages : stages.slice(2));
  const unknown = chosen.find((stage) => !stages.includes(stage));
  if (unknown !== undefined)
    throw new UsageError(
      `model.trainStages: expected stages of the backbone, 0 to ${stages.length - 1}, found ${unknown}.`,
    );
  detr.backbone.trainStages(optimizer.backboneLr === 0 ? [] : chosen);
}

/** The backbone learns at a rate of its own. */
export const backboneAndRest: LayerMap = {
  layers: 1,
  layerOf: (name) => (name.startsWith('model.backbone.') ? 0 : 1),
  isHead: () => false,
};

async function pretrained(
  config: DetectionConfig,
  from: string,
  classes: ClassList,
  say: (sentence: string) => void,
): Promise<Start> {
  refuseSizes(config);
  const loaded = await DetrForObjectDetection.fromPretrained(detectorWeights(from), {
    dtype: 'float32',
    onWarning: say,
  });
  // With transformers' own auxiliary losses a model predicts otherwise; one that was trained so goes on so.
  const loss = loaded.config.auxiliaryLoss
    ? { ...lossOf(config), auxiliaryLoss: true, authorsAuxiliaryLoss: undefined }
    : lossOf(config);
  const { dropout } = config.model;
  const model = withConfig(loaded, { ...loss, ...(dropout !== null && { dropout }) });
  const rows = classRows(model, classes, config.model.classMap);
  const missing = classes.names.filter((_, id) => rows[id] === null);
  if (missing.length > 0)
    say(`${from} does not know ${missing.join(', ')}: their rows of the class head start from random weights.`);
  return { model: cloneParameters(withClassRows(model, classes.names, rows)), detects: missing.length === 0 };
}

/**
 * For each class and then "no object" the row of the class head that says so; null where there is none. What the map file
 * says goes before equal names.
 * @throws InputError when the map file is for another detector
 */
export function classRows(
  model: DetrForObjectDetection,
  classes: ClassList,
  mapFile: string | null,
): (number | null)[] {
  const { names, noObject } = labelSpaceOf(model.config);
  const isUnnamed = names.every((name, row) => name === `LABEL_${row}`);
  const map = mapFile === null ? cocoToVoc : readClassMap(mapFile);
  if (mapFile !== null && map.noObject !== noObject) {
    throw new InputError(
      `${mapFile} is for a detector whose row ${map.noObject} says "no object"; here it is row ${noObject}.`,
    );
  }
  const rowOf = (name: string): number | null => {
    const same = names.indexOf(name);
    if (mapFile === null && same !== -1) return same;
    const entry = map.noObject === noObject ? map.classes.find((entry) => entry.name === name) : undefined;
    if (!entry) return same === -1 ? null : same;
    if (isUnnamed || names[entry.row] === entry.from) return entry.row;
    if (mapFile === null) return null;
    throw new InputError(
      `${mapFile} expects row ${entry.row} to be ${entry.from}, found ${names[entry.row] ?? 'no such row'}; it is for another detector.`,
    );
  };
  return [...classes.names.map(rowOf), noObject];
}

function sizesOf({ model }: DetectionConfig): DetrOptions {
  const {
    dModel,
    numQueries,
    encoderLayers,
    decoderLayers,
    attentionHeads,
    ffnDim,
    dropout,
    dilation,
    trainBatchNorm,
  } = model;
  const given = {
    dModel,
    numQueries,
    encoderLayers,
    decoderLayers,
    dropout,
    dilation,
    trainBatchNorm,
    encoderAttentionHeads: attentionHeads,
    decoderAttentionHeads: attentionHeads,
    encoderFfnDim: ffnDim,
    decoderFfnDim: ffnDim,
  };
  return { ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)), ...backboneOf(model) };
}

function backboneOf({ backbone, depths, widths, dilation }: DetectionConfig['model']): DetrOptions {
  if (depths === null && widths === null) return backbone === null ? {} : { backbone };
  if (backbone !== null)
    throw new UsageError(
      `The backbone is either model.backbone (${backbone}) or model.depths and model.widths: leave one of the two null.`,
    );
  if (depths === null || widths?.length !== depths.length + 1) {
    throw new UsageError(
      `Expected model.widths to hold the channels of the stem and of each stage in model.depths, found ${widths?.length ?? 0} widths for ${depths?.length ?? 0} stages.`,
    );
  }
  // The configuration of such a network has no word for it (transformers' ResNetConfig), so a checkpoint would lose it.
  if (dilation)
    throw new UsageError(
      'model.dilation is for a backbone that model.backbone names, found one given by model.depths and model.widths: leave it null.',
    );
  const [embeddingSize, ...hiddenSizes] = widths;
  return { backboneConfig: new ResNetConfig({ depths, embeddingSize, hiddenSizes, layerType: 'basic' }) };
}

function lossOf({ loss }: DetectionConfig): DetrOptions {
  return {
    auxiliaryLoss: false,
    authorsAuxiliaryLoss: loss.auxiliary,
    eosCoefficient: loss.noObject,
    bboxLossCoefficient: loss.bbox,
    giouLossCoefficient: loss.giou,
  };
}

/** A checkpoint has its sizes already. */
function refuseSizes({ model }: DetectionConfig): void {
  const { from: _from, classMap: _classMap, trainStages: _stages, dropout: _dropout, ...sizes } = model;
  const given = Object.entries(sizes).find(([, value]) => value !== null);
  if (given)
    throw new UsageError(
      `model.${given[0]} belongs to a model from random weights: leave it null where model.from is given.`,
    );
}
