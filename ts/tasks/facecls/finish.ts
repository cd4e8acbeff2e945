/** What a run leaves when its training is over: metrics.json, analysis.json, samples/ and report.html. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../errors';
import type { Listener } from '../../native/listener';
import type { Device } from '../../tensor';
import type { Processes } from '../../train/distributed/processes';
import { readMetricsLog } from '../../train/metrics-logger';
import type { ImageStrip } from '../../train/report/page';
import type { RunFolder } from '../../train/run';
import { type RgbImage, decodeImage } from '../../vision/image';
import { describeRun, type RunDescription } from '../describe-run';
import { encodeJpeg, scaleToHeight } from '../montage';
import { predictionsAt, predictionImage } from './predictions';
import { analyse } from './analysis';
import { attentionStrip } from './analysis/attention';
import { FaceClassifier } from './classifier';
import type { FaceConfig } from './config';
import type { FaceData } from './data';
import { splits, type Split } from './lists';
import { type SplitMetrics, splitMetrics } from './metrics';
import { evenly, type SplitOutputs, hardestImages, majority, sampleFiles, splitOutputs } from './outputs';
import { describeProblems } from './preflight';
import { type Sample, renderReport } from './report';
import { saveThresholds, thresholdValues, tuneThresholds } from './thresholds';

/** Of the training split the figures are those of the first images only: it may be large, and they are for comparison. */
const TRAIN_IMAGES = 1000;
const SAMPLES = 12;
/** Samples of which the report shows where the model looked. */
const WATCHED = 4;

/** metrics.json. All accuracies are shares between 0 and 1. */
export interface FinalMetrics extends Readonly<Record<Split, SplitMetrics | null>> {
  /** Why figures are missing, or without some images. */
  readonly notes?: readonly string[];
}

export interface FinishOptions {
  readonly device: Device;
  readonly config: FaceConfig;
  readonly listener: Listener;
  /** Aborts between two batches with the signal's reason; the run then stays unfinished. */
  readonly signal?: AbortSignal;
  /** What else there is to say of the run. @default nothing */
  readonly notes?: readonly string[];
}

/** Evaluates the best checkpoint on all splits and writes what is for people to look at. What cannot be had is said instead. */
export async function finishRun(run: RunFolder, data: FaceData, options: FinishOptions): Promise<FinalMetrics> {
  const { device, config, listener } = options;
  const classifier = await FaceClassifier.load(run.checkpoint('best'), { device, compile: false });
  const most = majority(classifier.attributes, data);
  const notes: string[] = [...(options.notes ?? [])];
  const metrics = {} as Record<Split, SplitMetrics | null>;
  const splitsOutputs = {} as Record<Split, SplitOutputs | null>;
  for (const split of splits) {
    const outputs = await outputsOf(classifier, data, { ...options, split, notes, processes: run.processes });
    metrics[split] = outputs && splitMetrics(outputs, most);
    splitsOutputs[split] = outputs;
  }
  const finalMetrics = (): FinalMetrics => ({ ...metrics, ...(notes.length > 0 && { notes }) });
  if (!run.isWriter) return finalMetrics();
  const { val, test } = splitsOutputs;
  const thresholds = val && tuneThresholds(val);
  if (thresholds) saveThresholds(run.checkpoint('best'), thresholds);
  const samples = test ? await readSamples(data, test, evenly(test.names.length, SAMPLES), notes) : [];
  const mistakes = test ? await readSamples(data, test, hardestImages(test, SAMPLES), notes) : [];
  await writeSamples(run, samples);
  const attention = await attentionOf(classifier, samples);
  const analysis = test && analyse(test, thresholds ? thresholdValues(thresholds) : undefined);
  if (analysis) run.write('analysis.json', `${JSON.stringify(analysis)}\n`);
  for (const note of notes) listener.say(note);
  const log = readMetricsLog(run.file('metrics.jsonl'));
  run.write(
    'report.html',
    renderReport({
      ...describeThisRun(run, classifier, data, config),
      log,
      ...metrics,
      ...(analysis && { analysis }),
      attention,
      notes,
      samples,
      mistakes,
    }),
  );
  const final = finalMetrics();
  // Last, because it says that the run is finished.
  run.write('metrics.json', `${JSON.stringify(final, null, 2)}\n`);
  return final;
}

interface SplitOptions extends Omit<FinishOptions, 'notes'> {
  readonly split: Split;
  /** Gets a sentence for what is missing. */
  readonly notes: string[];
  readonly processes: Processes | undefined;
}

/** The answers for a split; null when they cannot be had. */
async function outputsOf(
  classifier: FaceClassifier,
  data: FaceData,
  { split, notes, listener, signal, processes }: SplitOptions,
): Promise<SplitOutputs | null> {
  const lost: string[] = [];
  const limit = split === 'train' ? TRAIN_IMAGES : undefined;
  try {
    const outputs = await splitOutputs(classifier, data, split, {
      listener,
      signal,
      limit,
      processes,
      onUnreadable: (reason) => void lost.push(reason),
    });
    if (lost.length > 0)
      notes.push(
        `${describeProblems(split, lost, data.celeba.split(split).length)} The figures under "${split}" are without them.`,
      );
    return outputs;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    notes.push(`There are no figures under "${split}": ${error.message}`);
    return null;
  }
}

function describeThisRun(
  run: RunFolder,
  { model }: FaceClassifier,
  { celeba }: FaceData,
  config: FaceConfig,
): RunDescription {
  const facts = { 'images (train, val, test)': splits.map((split) => celeba.split(split).length).join(', ') };
  return describeRun(run, {
    title: 'Facial attributes',
    kind: model.config.modelType === 'vit' ? 'A Vision Transformer' : `A model of type ${model.config.modelType}`,
    model,
    from: config.model.from,
    data: celeba.path,
    facts,
  });
}

/** A sample with its image in full size. */
interface FullSample extends Sample {
  readonly image: RgbImage;
}

/** An image that cannot be drawn is left out. */
async function readSamples(
  data: FaceData,
  outputs: SplitOutputs,
  images: readonly number[],
  notes: string[],
): Promise<FullSample[]> {
  const samples = images.map(async (image): Promise<FullSample[]> => {
    const name = outputs.names[image]!;
    const predictions = predictionsAt(outputs, image);
    try {
      const image = await decodeImage(await data.celeba.read(name), name);
      return [{ name, image, jpeg: await encodeJpeg(await scaleToHeight(image, 180)), predictions }];
    } catch (error) {
      notes.push(`${name} is not among the images of the report: ${(error as Error).message}`);
      return [];
    }
  });
  return (await Promise.all(samples)).flat();
}

/** Where the model looked in the first samples; nothing for a model that does not show it. */
async function attentionOf(classifier: FaceClassifier, samples: readonly FullSample[]): Promise<ImageStrip[]> {
  try {
    return await Promise.all(samples.slice(0, WATCHED).map((sample) => attentionStrip(classifier, sample)));
  } catch (error) {
    if (error instanceof InputError) return [];
    throw error;
  }
}

async function writeSamples(run: RunFolder, samples: readonly FullSample[]): Promise<void> {
  const folder = run.emptyFolder('samples');
  const files = sampleFiles(samples.map(({ name }) => name));
  for (const [i, { image, predictions }] of samples.entries())
    await writeFile(join(folder, files[i]!), await predictionImage(image, predictions));
}
