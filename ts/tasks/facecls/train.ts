import type { ImageClassificationModel } from '../../models';
import * as nn from '../../nn';
import { AdamW } from '../../optim';
import * as torch from '../../tensor';
import type { Device } from '../../tensor';
import { imageFingerprint } from '../../train/config/fingerprint';
import type { ConfigTree } from '../../train/config/keys';
import { trackingOptions, trainPlan } from '../../train/config/schema';
import { chooseDevice, trainingPrecision } from '../../train/device';
import { inTurn } from '../../train/distributed/processes';
import type { Metrics } from '../../train/types';
import { fit } from '../../train/fit';
import type { FitOptions } from '../../train/fit-options';
import { parameterGroups } from '../../train/groups';
import { readFinalMetrics } from '../../train/run';
import { stoppable, type TrainOptions, type TrainResult, withRun } from '../../train/with-run';
import { shardsOptions } from '../shards';
import { SkippedImages } from '../skipped-images';
import { FaceClassifier } from './classifier';
import { type FaceConfig, freeKeys } from './config';
import type { FaceBatch, FaceData } from './data';
import { type FinalMetrics, finishRun } from './finish';
import type { Split } from './lists';
import { splitMetrics, type SplitMetrics } from './metrics';
import { layerMap, newModel, newProcessor, savedClassifier } from './model';
import { faceFolder, openFaces } from './open';
import { majority, releaseBatch, splitOutputs } from './outputs';
import { preflight } from './preflight';
import { showImages } from './shown-images';

/** Trains a classifier of facial attributes and leaves a run folder. A finished run is left as it is, unless it is to be longer. */
export async function train(options: TrainOptions<FaceConfig>): Promise<TrainResult<FinalMetrics>> {
  const { config, signal, onEvent, controls, dashboard } = options;
  const listener = stoppable(options.listener, signal);
  const device = chooseDevice(config.device, listener);
  return withRun(options, async (run) => {
    if (run.isFinished(config)) return { outcome: 'completed', metrics: readFinalMetrics(run.path) as FinalMetrics };
    const { processes } = run;
    const saved = run.has('last') ? await savedClassifier(run.checkpoint('last')) : undefined;
    const processor = saved?.processor ?? (await inTurn(processes, () => newProcessor(config)));
    const folder = await inTurn(processes, () => faceFolder(config.data.folder, listener));
    const options = { ...dataOptions(config), isPart: processes !== undefined };
    const data = await inTurn(processes, () => openFaces(folder, processor, options, listener));
    try {
      const { onError } = config.data;
      await inTurn(processes, () => (run.isWriter ? preflight(data, listener, onError) : undefined));
      const skipped = new SkippedImages(run, listener);
      const startModel = () => newModel(config, data.attributes, listener.say);
      const model = saved?.model ?? (await inTurn(processes, startModel));
      const onUnreadable = onError === 'skip' ? (reason: string) => skipped.add(reason) : undefined;
      const classifier = new FaceClassifier(model.to(device), processor);
      const { outcome } = await fit({
        ...trainPlan(config, 'meanAccuracy'),
        precision: trainingPrecision(config.precision, device),
        model,
        data: await inTurn(processes, () => data.train(onUnreadable)),
        loss: faceLoss(classifier, device, config, data),
        optimizer: newOptimizer(model, config.optimizer),
        schedule: config.schedule,
        evaluate: async (signal, log) => {
          const outputs = await splitOutputs(classifier, data, 'val', { signal, listener, processes });
          await showImages(log, data.celeba, outputs, config.tracking.images);
          return validationMetrics(splitMetrics(outputs, majority(classifier.attributes, data)));
        },
        tracking: trackingOptions(config),
        evaluationSamples: data.celeba.split('val').length,
        count: ({ names }) => names.length,
        release: releaseBatch,
        save: (folder) => classifier.save(folder),
        // The model was made from the checkpoint.
        load: () => {},
        run,
        config,
        freeKeys,
        dataset: datasetDigest(data),
        signal,
        onEvent,
        controls,
        dashboard,
      });
      if (outcome === 'interrupted') return { outcome };
      await skipped.gather(processes);
      return {
        outcome,
        metrics: await finishRun(run, data, { device, config, listener, signal, notes: skipped.notes }),
      };
    } finally {
      await data.close();
    }
  });
}

/** AdamW over groups of parameters that differ in learning rate and weight decay. */
export function newOptimizer(
  model: ImageClassificationModel,
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
): FitOptions<FaceBatch>['loss'] {
  const posWeight = config.balance ? torch.keep(balanceWeights(data).to(device)) : undefined;
  return ({ pixelValues, labels }) => {
    const { logits } = model.forward({ pixelValues: pixelValues.to({ device, nonBlocking: true }) });
    return nn.functional.binaryCrossEntropyWithLogits(logits.to('float32'), labels.to({ device, nonBlocking: true }), {
      posWeight,
    });
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

function dataOptions({ batchSize, evaluate, seed, augment, data }: FaceConfig): Parameters<typeof openFaces>[2] {
  const cache = data.cache === null ? { cacheBytes: 0 } : { cacheFolder: data.cache };
  const { shuffleBuffer, streams } = data.shards;
  return {
    batchSize,
    evaluationBatchSize: evaluate.batchSize,
    seed,
    augment,
    prefetch: data.prefetch,
    shuffleBuffer,
    streams,
    shards: shardsOptions(data.shards),
    ...cache,
  };
}

/** Of the images and labels that a run learns from and is chosen by. */
function datasetDigest({ attributes, celeba }: FaceData): ConfigTree {
  const images = (split: Split) => {
    const faces = celeba.split(split);
    return imageFingerprint(
      faces.map(({ name }) => name),
      faces.map(({ labels }) => labels),
    );
  };
  return { attributes: [...attributes], train: images('train'), val: images('val') };
}
