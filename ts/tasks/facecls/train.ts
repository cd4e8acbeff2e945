import type { ViTForImageClassification } from '../../models';
import * as nn from '../../nn';
import { AdamW } from '../../optim';
import * as torch from '../../tensor';
import type { Device } from '../../tensor';
import { fingerprint, imageFingerprint } from '../../train/config/fingerprint';
import { trainPlan } from '../../train/config/schema';
import { autocastType, toDevice } from '../../train/device';
import type { Metrics } from '../../train/events';
import { parameterGroups } from '../../train/groups';
import type { TrainParts } from '../../train/types';
import { makeSchedule } from '../../train/schedule';
import { type Fit, type TrainContext, type TrainOptions, type TrainResult, trainTask } from '../train-task';
import { FaceClassifier } from './classifier';
import { type FaceConfig, freeKeys } from './config';
import type { FaceBatch, FaceData, FaceDataOptions } from './data';
import { type FinalMetrics, finishRun } from './finish';
import type { Split } from './lists';
import type { SplitMetrics } from './metrics';
import { layerMap, newModel, newProcessor, savedClassifier } from './model';
import { faceFolder, openFaces } from './open';
import { evaluateSplit, releaseBatch } from './outputs';
import { preflight } from './preflight';

/** Trains a classifier of facial attributes and leaves a run folder. A finished run is left as it is. */
export function train(options: TrainOptions<FaceConfig>): Promise<TrainResult<FinalMetrics>> {
  return trainTask(options, prepareTraining);
}

async function prepareTraining(
  context: TrainContext<FaceConfig>,
  fit: Fit<FinalMetrics>,
): Promise<TrainResult<FinalMetrics>> {
  const { config, run, device, listener, signal } = context;
  const saved = run.has('last') ? await savedClassifier(run.checkpoint('last')) : undefined;
  const processor = saved?.processor ?? (await newProcessor(config));
  const data = openFaces(await faceFolder(config.data.folder, listener), processor, dataOptions(config), listener);
  try {
    await preflight(data, listener);
    const model = saved?.model ?? (await newModel(config, data.attributes, listener.say));
    const classifier = new FaceClassifier(model.to(device), processor);
    return await fit({
      plan: trainPlan(config, 'meanAccuracy'),
      parts: await trainParts(classifier, data, context),
      digest: digest(config, data),
      finish: () => finishRun(run, data, { device, config, listener, signal }),
    });
  } finally {
    await data.close();
  }
}

/** What the shared loop needs to train this classifier on this data. */
async function trainParts(
  classifier: FaceClassifier,
  data: FaceData,
  { config, device, listener }: TrainContext<FaceConfig>,
): Promise<TrainParts<FaceBatch>> {
  const { model } = classifier;
  const batches = await data.train();
  const optimizer = newOptimizer(model, config.optimizer);
  const steps = config.epochs * Math.ceil(batches.batches / config.accumulate);
  return {
    model,
    data: batches,
    optimizer,
    scheduler: makeSchedule(optimizer, config.schedule, { steps, epochs: config.epochs }),
    loss: faceLoss(classifier, device, config, data),
    count: ({ names }) => names.length,
    release: releaseBatch,
    evaluationImages: data.celeba.split('val').length,
    evaluate: async (signal) => validationMetrics(await evaluateSplit(classifier, data, 'val', { signal, listener })),
    save: (folder) => classifier.save(folder),
  };
}

/** AdamW over groups of parameters that differ in learning rate and weight decay. */
export function newOptimizer(
  model: ViTForImageClassification,
  { betas, eps, ...rules }: FaceConfig['optimizer'],
): AdamW {
  return new AdamW(parameterGroups(model.namedParameters(), rules, layerMap(model)), { lr: rules.lr, betas, eps });
}

/** Binary cross entropy, the mean over images and attributes. */
function faceLoss(
  { model }: FaceClassifier,
  device: Device,
  config: FaceConfig,
  data: FaceData,
): TrainParts<FaceBatch>['loss'] {
  const dtype = autocastType(config.precision, device);
  const posWeight = config.balance ? torch.keep(balanceWeights(data).to(device)) : undefined;
  const forward = (pixelValues: torch.Tensor) => model.forward({ pixelValues }).logits;
  return ({ pixelValues, labels }) => {
    const images = toDevice(pixelValues, device);
    const logits = dtype ? torch.autocast(device, { dtype }, () => forward(images)) : forward(images);
    return {
      loss: nn.functional.binaryCrossEntropyWithLogits(logits.to('float32'), toDevice(labels, device), { posWeight }),
    };
  };
}

/** For each attribute how many images lack it for one that has it, in the training split. (K) */
function balanceWeights(data: FaceData): torch.Tensor {
  const faces = data.celeba.split('train');
  return torch.tensor(
    data.attributes.map((_, k) => {
      const positives = faces.reduce((sum, { labels }) => sum + labels[k]!, 0);
      return positives > 0 ? (faces.length - positives) / positives : 1;
    }),
  );
}

function validationMetrics({ images: _, perAttribute: __, ...metrics }: SplitMetrics): Metrics {
  return metrics;
}

function dataOptions({ batchSize, evaluate, seed, augment, data }: FaceConfig): FaceDataOptions {
  const cache = data.cache === null ? { cacheBytes: 0 } : { cacheFolder: data.cache };
  return { batchSize, evaluationBatchSize: evaluate.batchSize, seed, augment, prefetch: data.prefetch, ...cache };
}

/** Of all that decides the outcome of a run. */
function digest(config: FaceConfig, { attributes, celeba }: FaceData): string {
  const images = (split: Split) => {
    const faces = celeba.split(split);
    return imageFingerprint(
      faces.map(({ name }) => name),
      faces.map(({ labels }) => labels),
    );
  };
  const dataset = { attributes: [...attributes], train: images('train'), val: images('val') };
  return fingerprint({ ...config, dataset }, freeKeys);
}
