import { type Listener, silent } from '../../native/listener';
import * as nn from '../../nn';
import { AdamW } from '../../optim';
import * as torch from '../../tensor';
import { fingerprint } from '../../train/config/fingerprint';
import { trainPlan } from '../../train/config/schema';
import { autocastType, chooseDevice } from '../../train/device';
import type { Metrics, Outcome, TrainEvent } from '../../train/events';
import { parameterGroups } from '../../train/groups';
import type { TrainParts } from '../../train/plan';
import { RunFolder, readFinalMetrics } from '../../train/run';
import { makeSchedule } from '../../train/schedule';
import { Trainer } from '../../train/trainer';
import { FaceClassifier } from './classifier';
import { type FaceConfig, freeKeys } from './config';
import type { FaceBatch, FaceData, FaceDataOptions } from './data';
import { type FinalMetrics, finishRun } from './finish';
import { layerMap, newModel, newProcessor, savedClassifier } from './model';
import { faceFolder, openFaces } from './open';
import { evaluateSplit, releaseBatch } from './outputs';

export interface TrainOptions {
  readonly config: FaceConfig;
  /** The run folder: absent or empty, or with `resume` the one to go on with. */
  readonly run: string;
  /** Goes on from the run's last checkpoint. @default false */
  readonly resume?: boolean;
  /** Its abort saves a checkpoint and ends the training after the running step. */
  readonly signal?: AbortSignal;
  /** Hears what happens around the training: drawing, reading, evaluating. */
  readonly listener?: Listener;
  /** Hears of every step, evaluation and checkpoint. */
  readonly onEvent?: (event: TrainEvent) => void;
}

export interface TrainResult {
  readonly outcome: Outcome;
  /** Final figures; absent when the training was interrupted. */
  readonly metrics?: FinalMetrics;
}

/** Trains a classifier of facial attributes and leaves a run folder. A finished run is left as it is. */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { config, resume = false, signal } = options;
  const device = chooseDevice(config.device);
  const run = resume ? RunFolder.reopen(options.run) : RunFolder.create(options.run, config);
  try {
    if (run.finished) return { outcome: 'completed', metrics: readFinalMetrics(run.path) as FinalMetrics };
    return await trainInto(run, device, options);
  } catch (error) {
    if (!resume) run.discardUnlessBegun();
    if (signal?.aborted && error === signal.reason) return { outcome: 'interrupted' };
    throw error;
  } finally {
    run.release();
  }
}

async function trainInto(run: RunFolder, device: string, options: TrainOptions): Promise<TrainResult> {
  const { config, signal, onEvent } = options;
  const listener = stoppable(options.listener ?? silent, signal);
  const saved = run.has('last') ? await savedClassifier(run.checkpoint('last')) : undefined;
  const processor = saved?.processor ?? (await newProcessor(config));
  const data = openFaces(await faceFolder(config.data.folder, listener), processor, dataOptions(config), listener);
  try {
    const model = saved?.model ?? (await newModel(config, data.attributes, listener.say));
    const classifier = new FaceClassifier(model.to(device), processor);
    const parts = await trainParts(classifier, data, device, options);
    const trainer = new Trainer({ plan: trainPlan(config, 'meanAccuracy'), parts, run, config: digest(config, data), signal, listener: onEvent });
    await trainer.restore();
    const outcome = await trainer.fit();
    if (outcome === 'interrupted') return { outcome };
    return { outcome, metrics: await finishRun(run, data, { device, config, listener, signal }) };
  } finally {
    await data.close();
  }
}

/** Ends what shows its progress here, such as the drawing of faces, at the signal. */
function stoppable(listener: Listener, signal?: AbortSignal): Listener {
  return {
    say: listener.say,
    bar: (label, unit) => {
      const bar = listener.bar(label, unit);
      return {
        update: (done, total) => {
          signal?.throwIfAborted();
          bar.update(done, total);
        },
        stop: () => bar.stop(),
      };
    },
  };
}

/** What the shared loop needs to train this classifier on this data. */
async function trainParts(classifier: FaceClassifier, data: FaceData, device: string, options: TrainOptions): Promise<TrainParts<FaceBatch>> {
  const { config, listener } = options;
  const { model } = classifier;
  const batches = await data.train();
  const { betas, eps, ...rules } = config.optimizer;
  const optimizer = new AdamW(parameterGroups(model.namedParameters(), rules, layerMap(model)), { lr: rules.lr, betas, eps });
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
    evaluate: async (signal) => validationFigures(await evaluateSplit(classifier, data, 'val', { signal, listener })),
    save: (folder) => classifier.save(folder),
  };
}

/** Binary cross entropy, the mean over images and attributes. */
function faceLoss({ model }: FaceClassifier, device: string, config: FaceConfig, data: FaceData): TrainParts<FaceBatch>['loss'] {
  const dtype = autocastType(config.precision, device);
  const posWeight = config.balance ? torch.keep(balanceWeights(data).to(device)) : undefined;
  const forward = (pixelValues: torch.Tensor) => model.forward({ pixelValues }).logits;
  return ({ pixelValues, labels }) => {
    const images = pixelValues.to(device);
    const logits = dtype ? torch.autocast(device, { dtype }, () => forward(images)) : forward(images);
    return { loss: nn.functional.binaryCrossEntropyWithLogits(logits.to('float32'), labels.to(device), { posWeight }) };
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

function validationFigures({ images: _, perAttribute: __, ...figures }: FinalMetrics['val']): Metrics {
  return figures;
}

function dataOptions({ batchSize, evaluate, seed, augment, data }: FaceConfig): FaceDataOptions {
  const cache = data.cache === null ? { cacheBytes: 0 } : { cacheFolder: data.cache };
  return { batchSize, evaluationBatchSize: evaluate.batchSize, seed, augment, prefetch: data.prefetch, ...cache };
}

/** Of all that decides the outcome of a run. */
function digest(config: FaceConfig, data: FaceData): string {
  const dataset = { attributes: [...data.attributes], train: data.celeba.split('train').length, val: data.celeba.split('val').length };
  return fingerprint({ ...config, dataset }, freeKeys);
}
