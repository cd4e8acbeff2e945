/** What a run leaves when its training is over: metrics.json, analysis.json, samples/ and report.html. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../errors';
import type { Listener } from '../../native/listener';
import type { Device } from '../../tensor';
import type { Processes } from '../../train/distributed/processes';
import { readMetricsLog } from '../../train/metrics-logger';
import type { RunFolder } from '../../train/run';
import type { ImageStrip } from '../../train/report/page';
import { readState } from '../../train/state';
import { decodeImage } from '../../vision/image';
import { describeRun, type RunDescription } from '../describe-run';
import { encodeJpeg } from '../montage';
import type { DetectionConfig } from './config';
import { partOf, type DetectionSplit } from './annotations/dataset';
import { ObjectDetector } from './detector';
import { separate, splitMetrics } from './metrics';
import type { FullMetrics, SplitMetrics } from './metrics-table';
import { describeProblems } from './splits/validate-split';
import type { OpenDataset } from './splits/open-dataset';
import { splitNames, type SplitName } from './annotations/names';
import { renderReport, type Sample } from './report';
import { type DetectedImage, HardestImages } from './rank-detections';
import { drawnSample, type DrawnSample, drawnTruth } from './drawn-sample';
import { attentionPanels } from './visualize';

/** Of the training split the figures are those of the first images only: it may be large, and they are for comparison. */
const TRAIN_IMAGES = 500;
const SAMPLES = 12;
const MISTAKES = 12;
/** Samples of which the report shows where the decoder looked, and detections of each. */
const WATCHED = { images: 4, count: 3 } as const;

/** metrics.json. All precisions are shares between 0 and 1. */
export interface FinalMetrics extends Readonly<Record<SplitName, SplitMetrics | null>> {
  /** Why figures are missing, or without some images. */
  readonly notes?: readonly string[];
}

export interface FinishOptions {
  readonly device: Device;
  readonly config: DetectionConfig;
  readonly listener: Listener;
  /** Aborts between two batches with the signal's reason; the run then stays unfinished. */
  readonly signal?: AbortSignal;
  /** What else there is to say of the run. @default nothing */
  readonly notes?: readonly string[];
}

/** Evaluates the best checkpoint on all splits and writes what is for people to look at. What cannot be had is said instead. */
export async function finishRun(run: RunFolder, dataset: OpenDataset, options: FinishOptions): Promise<FinalMetrics> {
  const { config, listener, device } = options;
  const detector = await ObjectDetector.load(run.checkpoint('best'), { device, compile: false });
  // As `evaluate` does, so that both give the same figures.
  detector.model.optimizeForInference();
  const notes: string[] = [...(options.notes ?? [])];
  const metrics = {} as Record<SplitName, FullMetrics | null>;
  const hardest = new HardestImages(MISTAKES);
  const samples: DetectedImage[] = [];
  for (const name of splitNames) {
    const onImage = (image: DetectedImage, step: number) => {
      hardest.add(image);
      if (image.index % step === 0) samples.push(image);
    };
    metrics[name] = await metricsOf(detector, dataset, {
      ...options,
      name,
      notes,
      processes: run.processes,
      ...(name === 'test' && { onImage }),
    });
  }
  const finalMetrics = (): FinalMetrics => {
    const written = Object.fromEntries(
      splitNames.map((name) => [name, metrics[name] && separate(metrics[name]).metrics]),
    ) as Record<SplitName, SplitMetrics | null>;
    return { ...written, ...(notes.length > 0 && { notes }) };
  };
  if (!run.isWriter) return finalMetrics();
  const shown = metrics.test ? await writeSamples(run, { dataset, images: samples, notes }) : [];
  const mistakes = metrics.test ? await samplesOf({ dataset, images: hardest.images, notes }) : [];
  const attention = await attentionOf(detector, { dataset, images: samples, notes });
  if (metrics.test) run.write('analysis.json', `${JSON.stringify(separate(metrics.test).analysis)}\n`);
  sayWhenStartIsBest(run, config, listener);
  for (const note of notes) listener.say(note);
  const log = readMetricsLog(run.file('metrics.jsonl'));
  run.write(
    'report.html',
    renderReport({
      ...(await describeThisRun(run, detector, dataset, config)),
      log,
      ...metrics,
      notes,
      samples: shown,
      mistakes,
      attention,
    }),
  );
  const final = finalMetrics();
  // Last, because it says that the run is finished.
  run.write('metrics.json', `${JSON.stringify(final, null, 2)}\n`);
  return final;
}

interface SplitOptions extends Omit<FinishOptions, 'notes'> {
  readonly name: SplitName;
  /** Gets a sentence for what is missing. */
  readonly notes: string[];
  /** Sees each image, and every how many of them is a sample. */
  readonly onImage?: (image: DetectedImage, step: number) => void;
  readonly processes: Processes | undefined;
}

/** The figures of a split; null when they cannot be had. */
async function metricsOf(
  detector: ObjectDetector,
  dataset: OpenDataset,
  options: SplitOptions,
): Promise<FullMetrics | null> {
  const { name, notes, config, listener, signal, onImage, processes } = options;
  const lost: string[] = [];
  try {
    const split = name === 'train' ? firstOf(await dataset.split(name), TRAIN_IMAGES) : await dataset.split(name);
    if (name === 'test' && split.name === (await dataset.split('val')).name) {
      notes.push(
        `${dataset.data.path} has no split to test on: the figures under "test" are those of ${split.name}, by which the checkpoint was chosen.`,
      );
    }
    const step = Math.ceil(split.ids.length / SAMPLES);
    const metrics = await splitMetrics(detector, split, dataset.classes, {
      listener,
      signal,
      processes,
      batchSize: config.evaluate.batchSize,
      difficult: config.data.difficult,
      onUnreadable: (reason) => void lost.push(reason),
      ...(onImage && { onImage: (image) => onImage(image, step) }),
    });
    if (lost.length > 0)
      notes.push(
        `${describeProblems(split.name, lost, split.ids.length)} The figures under "${name}" are without them.`,
      );
    return metrics;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    notes.push(
      `There are no figures under "${name}": ${error.message}${lost.length > 0 ? ` ${lost.slice(0, 3).join(' ')}` : ''}`,
    );
    return null;
  }
}

/** The beginning of a split. */
function firstOf(split: DetectionSplit, count: number): DetectionSplit {
  return partOf(split, split.name, [...split.ids.keys()].slice(0, count));
}

function sayWhenStartIsBest(run: RunFolder, { model }: DetectionConfig, { say }: Listener): void {
  if (readState(run.checkpoint('last')).loop.best?.step !== 0) return;
  say(
    `No checkpoint was better than the start, ${model.from}: checkpoints/best is the start, with the class head of this dataset. A lower learning rate or more data may help.`,
  );
}

async function describeThisRun(
  run: RunFolder,
  { model }: ObjectDetector,
  { data, classes, split }: OpenDataset,
  config: DetectionConfig,
): Promise<RunDescription> {
  const counts = await Promise.all(
    splitNames.map((name) =>
      split(name).then(
        ({ ids }) => ids.length,
        () => 0,
      ),
    ),
  );
  const facts = { 'images (train, val, test)': counts.join(', '), classes: classes.length };
  return describeRun(run, {
    title: 'Object detection',
    kind: 'A DETR',
    model,
    from: config.model.from,
    data: data.path,
    facts,
  });
}

interface Shown {
  readonly dataset: OpenDataset;
  readonly images: readonly DetectedImage[];
  readonly notes: string[];
}

async function writeSamples(run: RunFolder, shown: Shown): Promise<Sample[]> {
  const folder = run.emptyFolder('samples');
  const samples = await samplesOf(shown);
  // Numbered, for two ids may differ by nothing that a file name can hold.
  await Promise.all(
    samples.map(({ name, full }, i) => writeFile(join(folder, `${i + 1}-${name.replace(/[^\w.-]+/g, '_')}.jpg`), full)),
  );
  return samples;
}

/** An image that cannot be drawn is left out. */
async function samplesOf({ dataset, images, notes }: Shown): Promise<(DrawnSample & Sample)[]> {
  const test = await dataset.split('test');
  const samples = images.map(async (image) => {
    try {
      const truth = await drawnTruth(test, image, dataset.classes);
      return [{ ...(await drawnSample(test, image, dataset.classes)), truth }];
    } catch (error) {
      notes.push(`${image.original.id} is not among the images of the report: ${(error as Error).message}`);
      return [];
    }
  });
  return (await Promise.all(samples)).flat();
}

/** Where the decoder looked in the first samples; one that cannot be read is left out, for the samples say so. */
async function attentionOf(detector: ObjectDetector, { dataset, images }: Shown): Promise<ImageStrip[]> {
  const strips: ImageStrip[] = [];
  for (const { index, original } of images.slice(0, WATCHED.images)) {
    const test = await dataset.split('test');
    const image = await test.image(index).then(
      (bytes) => decodeImage(bytes, test.describe(index)),
      () => undefined,
    );
    if (image === undefined) continue;
    const panels = await attentionPanels(detector, image, { count: WATCHED.count, threshold: 0 });
    const encoded = panels.map(async (panel) => ({ jpeg: await encodeJpeg(panel.image), title: panel.title }));
    strips.push({ title: original.id, panels: await Promise.all(encoded) });
  }
  return strips;
}
