import type { Batches } from '../../data/loader';
import type { Listener } from '../../native/listener';
import { detectionTotals } from '../../models';
import { AdamW } from '../../optim';
import type { Device } from '../../tensor';
import type { ConfigTree } from '../../train/config/keys';
import { trackingOptions, trainPlan } from '../../train/config/schema';
import { chooseDevice, trainingPrecision } from '../../train/device';
import { inTurn } from '../../train/distributed/processes';
import { fit } from '../../train/fit';
import type { FitOptions } from '../../train/fit-options';
import { parameterGroups } from '../../train/groups';
import { readFinalMetrics, type RunFolder } from '../../train/run';
import { stoppable, type TrainOptions, type TrainResult, withRun } from '../../train/with-run';
import { SkippedImages } from '../skipped-images';
import type { ClassList } from './annotations/classes';
import { type DetectionConfig, freeKeys } from './config';
import { releaseBatch, trainBatches, type DetectionBatch } from './batches';
import { splitFingerprint } from './annotations/dataset';
import { labelledOnDevice, ObjectDetector } from './detector';
import { splitMetrics } from './metrics';
import { loggedMetrics } from './metrics-table';
import { finishRun, type FinalMetrics } from './finish';
import { backboneAndRest, chooseTrained, newModel, newProcessor, savedDetector } from './model';
import { startBackbone } from './backbone-start';
import { withPaddedParts } from './padded-parts';
import type { DetectedImage } from './rank-detections';
import { ShownImages } from './shown-images';
import { DRAWN_SPLITS, readDrawnSplits } from './splits/drawn-splits';
import { describeDrawn, openDataset, type OpenDataset } from './splits/open-dataset';
import { preflight, type TrainSplits } from './splits/preflight';

/** Trains a detector and leaves a run folder. A finished run is left as it is, unless it is to be longer. */
export async function train(options: TrainOptions<DetectionConfig>): Promise<TrainResult<FinalMetrics>> {
  const { config, signal, onEvent, controls, dashboard } = options;
  const listener = stoppable(options.listener, signal);
  const device = chooseDevice(config.device, listener);
  return withRun(options, async (run) => {
    if (run.isFinished(config)) return { outcome: 'completed', metrics: readFinalMetrics(run.path) as FinalMetrics };
    const { processes } = run;
    const drawn = readDrawnSplits(run.file(DRAWN_SPLITS));
    const open = () => openDataset(config.data, listener, { seed: config.seed, drawn });
    const dataset = await inTurn(processes, open);
    const { classes } = dataset;
    try {
      sayDrawn(dataset, run, listener);
      const splits = await inTurn(processes, () => preflight(dataset, listener, config.data.onError));
      const skipped = new SkippedImages(run, listener);
      const surroundings = { classes, device, listener };
      const { detector, detects, isNew } = await inTurn(processes, () => startingDetector(run, config, surroundings));
      const { batchSize, seed, augment } = config;
      const { prefetch, difficult, onError, shards } = config.data;
      const { shuffleBuffer, streams } = shards;
      const onUnreadable = onError === 'skip' ? { onUnreadable: (reason: string) => skipped.add(reason) } : {};
      const source = { split: splits.train, classes, processor: detector.processor };
      const order = { batchSize, seed, shuffleBuffer, streams };
      const batching = { ...order, prefetch, difficult, isPart: processes !== undefined, ...onUnreadable };
      const batches = trainBatches(source, augment, batching);
      const start = () => (isNew ? startBackboneOf(detector, batches, { config, listener, signal }) : undefined);
      // The others get its weights when the training begins.
      await (processes?.meet(() => (processes.isFirst ? start() : undefined)) ?? start());
      const evaluation = { listener, difficult, batchSize: config.evaluate.batchSize, processes };
      const { outcome } = await fit({
        ...trainPlan(config, 'AP50', detects),
        precision: trainingPrecision(config.precision, device),
        model: detector.model,
        data: processes ? withPaddedParts(batches, processes) : batches,
        loss: detectionLoss(detector, device),
        totals: ({ labels }) => ({ ...detectionTotals(labels, detector.model.config) }),
        optimizer: newOptimizer(detector, config.optimizer),
        schedule: config.schedule,
        evaluate: async (signal, log) => {
          const shown = new ShownImages(splits.val, classes, log.wantsImages ? config.tracking.images : 0);
          const options = { ...evaluation, signal, onImage: (image: DetectedImage) => shown.add(image) };
          const metrics = await splitMetrics(detector, splits.val, classes, options);
          await shown.draw(log);
          return loggedMetrics(metrics);
        },
        tracking: trackingOptions(config),
        evaluationSamples: splits.val.ids.length,
        count: ({ originals }) => originals.length,
        release: releaseBatch,
        save: (folder) => detector.save(folder),
        // The model was made from the checkpoint.
        load: () => {},
        run,
        config,
        freeKeys,
        dataset: await datasetDigest(splits, classes, listener),
        signal,
        onEvent,
        controls,
        dashboard,
      });
      if (outcome === 'interrupted') return { outcome };
      await skipped.gather(processes);
      return {
        outcome,
        metrics: await finishRun(run, dataset, { device, config, listener, signal, notes: skipped.notes }),
      };
    } finally {
      await dataset.close();
    }
  });
}

interface Surroundings {
  readonly classes: ClassList;
  readonly device: Device;
  readonly listener: Listener;
}

/** The detector of the last checkpoint, or a new one; and whether it detects anything before it trains. */
async function startingDetector(
  run: RunFolder,
  config: DetectionConfig,
  { classes, device, listener }: Surroundings,
): Promise<{ detector: ObjectDetector; detects: boolean; isNew: boolean }> {
  const saved = run.has('last') ? await savedDetector(run.checkpoint('last')) : undefined;
  const processor = saved?.processor ?? (await newProcessor(config));
  const { model, detects } = saved
    ? { model: saved.model, detects: true }
    : await newModel(config, classes, listener.say);
  const detector = new ObjectDetector(model.to(device), processor);
  detector.requireClasses(classes);
  chooseTrained(detector.model, config);
  return { detector, detects, isNew: saved === undefined };
}

/** AdamW at two rates: one for the backbone, one for all above it. */
function newOptimizer({ model }: ObjectDetector, { backboneLr, ...rules }: DetectionConfig['optimizer']): AdamW {
  const { lr, weightDecay, decayAll, betas, eps } = rules;
  const groups = { lr, headLr: null, weightDecay, decayAll, layerDecay: backboneLr / lr };
  return new AdamW(parameterGroups(model.namedParameters(), groups, backboneAndRest), { lr, betas, eps });
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
  { config, listener, signal }: { config: DetectionConfig; listener: Listener; signal: AbortSignal | undefined },
): Promise<void> {
  const { model, backboneStart: start, seed } = config;
  if (start.epochs === 0 || model.from !== null || model.backboneWeights !== null) return;
  await startBackbone(detector.model, batches, { ...start, seed, listener, signal });
}

/** The paper's set loss, with each of its terms. */
function detectionLoss({ model }: ObjectDetector, device: Device): FitOptions<DetectionBatch>['loss'] {
  return (batch, totals) => {
    const given = totals && { totals: { boxes: totals['boxes']!, weights: totals['weights']! } };
    const { loss, lossDict } = model.forward({ ...labelledOnDevice(batch, device), ...given });
    return { loss: loss!, terms: lossDict! };
  };
}

/** Of the images and objects that a run learns from and is chosen by. */
async function datasetDigest(
  { train, val }: TrainSplits,
  { names }: ClassList,
  listener: Listener,
): Promise<ConfigTree> {
  return {
    classes: [...names],
    train: await splitFingerprint(train, listener),
    val: await splitFingerprint(val, listener),
  };
}
