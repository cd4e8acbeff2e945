import type { Batches } from '../../data/loader';
import type { Listener } from '../../native/listener';
import { AdamW } from '../../optim';
import * as torch from '../../tensor';
import type { Device } from '../../tensor';
import { fingerprint } from '../../train/config/fingerprint';
import { trainPlan } from '../../train/config/schema';
import { autocastType } from '../../train/device';
import type { Metrics } from '../../train/events';
import { parameterGroups } from '../../train/groups';
import type { TrainParts } from '../../train/types';
import type { RunFolder } from '../../train/run';
import { makeSchedule } from '../../train/schedule';
import { type Fit, type TrainContext, type TrainOptions, type TrainResult, trainTask } from '../train-task';
import type { ClassList } from './classes';
import { type DetectionConfig, freeKeys } from './config';
import { releaseBatch, trainBatches, type DetectionBatch } from './data';
import { splitFingerprint, type DetectionSplit } from './dataset';
import { labelledOnDevice, ObjectDetector } from './detector';
import { splitMetrics, type SplitMetrics } from './metrics';
import { finishRun, type FinalMetrics } from './finish';
import { backboneAndRest, chooseTrained, newModel, newProcessor, savedDetector } from './model';
import { startBackbone } from './backbone-start';
import { DRAWN_SPLITS, readDrawnSplits } from './drawn-splits';
import { describeDrawn, openDataset, type OpenDataset } from './open-dataset';
import { preflight, type TrainSplits } from './preflight';

/** Trains a detector and leaves a run folder. A finished run is left as it is. */
export function train(options: TrainOptions<DetectionConfig>): Promise<TrainResult<FinalMetrics>> {
  return trainTask(options, prepareTraining);
}

async function prepareTraining(
  context: TrainContext<DetectionConfig>,
  fit: Fit<FinalMetrics>,
): Promise<TrainResult<FinalMetrics>> {
  const { config, run, device, listener, signal } = context;
  const drawn = readDrawnSplits(run.file(DRAWN_SPLITS));
  const dataset = await openDataset(config.data, listener, { seed: config.seed, drawn });
  try {
    sayDrawn(dataset, run, listener);
    const splits = await preflight(dataset, listener);
    const saved = run.has('last') ? await savedDetector(run.checkpoint('last')) : undefined;
    const processor = saved?.processor ?? (await newProcessor(config));
    const start = saved ? { model: saved.model, detects: true } : await newModel(config, dataset.classes, listener.say);
    const detector = new ObjectDetector(start.model.to(device), processor);
    detector.requireClasses(dataset.classes);
    chooseTrained(detector.model, config);
    const {
      batchSize,
      seed,
      augment,
      data: { prefetch, difficult },
    } = config;
    const batches = trainBatches({ split: splits.train, classes: dataset.classes, processor }, augment, {
      batchSize,
      seed,
      prefetch,
      difficult,
    });
    if (!saved) await startBackboneOf(detector, batches, context);
    return await fit({
      plan: trainPlan(config, 'AP50', start.detects),
      parts: trainParts(detector, { batches, val: splits.val, classes: dataset.classes }, context),
      digest: await digest(config, splits, dataset, listener),
      finish: () => finishRun(run, dataset, { device, config, listener, signal }),
    });
  } finally {
    dataset.close();
  }
}

/** A division by lot is kept, so that a resume and an evaluation know it. */
function sayDrawn(dataset: OpenDataset, run: RunFolder, { say }: Listener): void {
  const sentence = describeDrawn(dataset);
  if (sentence === undefined) return;
  run.write(DRAWN_SPLITS, `${JSON.stringify(dataset.drawn, null, 2)}\n`);
  say(`${sentence} ${run.file(DRAWN_SPLITS)} lists them.`);
}

/** A backbone from random weights may get a start of its own. */
async function startBackboneOf(
  detector: ObjectDetector,
  batches: Batches<DetectionBatch>,
  context: TrainContext<DetectionConfig>,
): Promise<void> {
  const {
    config: { model, backboneStart: start, seed },
    listener,
    signal,
  } = context;
  if (start.epochs === 0 || model.from !== null || model.backboneWeights !== null) return;
  await startBackbone(detector.model, batches, { ...start, seed, listener, signal });
}

interface TrainingData {
  readonly batches: Batches<DetectionBatch>;
  readonly val: DetectionSplit;
  readonly classes: ClassList;
}

/** What the shared loop needs to train this detector on this data. */
function trainParts(
  detector: ObjectDetector,
  { batches, val, classes }: TrainingData,
  context: TrainContext<DetectionConfig>,
): TrainParts<DetectionBatch> {
  const { config, device, listener } = context;
  const {
    data: { difficult },
    evaluate: { batchSize },
  } = config;
  const { model } = detector;
  const { lr, backboneLr, weightDecay, decayAll, betas, eps } = config.optimizer;
  const rules = { lr, headLr: null, weightDecay, decayAll, layerDecay: backboneLr / lr };
  const optimizer = new AdamW(parameterGroups(model.namedParameters(), rules, backboneAndRest), { lr, betas, eps });
  const steps = config.epochs * Math.ceil(batches.batches / config.accumulate);
  return {
    model,
    data: batches,
    optimizer,
    scheduler: makeSchedule(optimizer, config.schedule, { steps, epochs: config.epochs }),
    loss: detectionLoss(detector, device, config),
    count: ({ originals }) => originals.length,
    release: releaseBatch,
    evaluationImages: val.ids.length,
    evaluate: async (signal) =>
      validationMetrics(await splitMetrics(detector, val, classes, { signal, listener, difficult, batchSize })),
    save: (folder) => detector.save(folder),
  };
}

/** The paper's set loss, with each of its terms. */
function detectionLoss(
  { model }: ObjectDetector,
  device: Device,
  config: DetectionConfig,
): TrainParts<DetectionBatch>['loss'] {
  const dtype = autocastType(config.precision, device);
  return (batch) => {
    const forward = () => model.forward(labelledOnDevice(batch, device));
    const { loss, lossDict } = dtype ? torch.autocast(device, { dtype }, forward) : forward();
    return { loss: loss!, terms: lossDict! };
  };
}

function validationMetrics({ loss, voc07, voc12, coco: { AP, AP50, AP75, AR100 } }: SplitMetrics): Metrics {
  return { loss, AP, AP50, AP75, AR100, 'voc07.mAP': voc07.mAP, 'voc12.mAP': voc12.mAP };
}

/** Of all that decides the outcome of a run. */
async function digest(
  config: DetectionConfig,
  splits: TrainSplits,
  { classes }: OpenDataset,
  listener: Listener,
): Promise<string> {
  const dataset = {
    classes: [...classes.names],
    train: await splitFingerprint(splits.train, listener),
    val: await splitFingerprint(splits.val, listener),
  };
  return fingerprint({ ...config, dataset }, freeKeys);
}
