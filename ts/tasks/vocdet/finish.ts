/** What a run leaves when its training is over: metrics.json, samples/ and report.html. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Listener } from '../../native/listener';
import type { Device } from '../../tensor';
import { readMetricsLog } from '../../train/metrics-log';
import type { RunFolder } from '../../train/run';
import { readState } from '../../train/state';
import { type RgbImage, decodeImage } from '../../vision/image';
import { describeRun, type RunDescription } from '../describe-run';
import { encodeJpeg, scaleToHeight } from '../sheet';
import { annotatedPicture, classColour, type Mark } from './annotate';
import type { ClassList } from './classes';
import type { DetectionConfig } from './config';
import type { DetectionSplit } from './dataset';
import { ObjectDetector } from './detector';
import { judgePicture } from './evaluator';
import { splitFigures, withoutCurves, type DetectedPicture, type FullFigures, type SplitFigures } from './figures';
import { splitNames, type OpenDataset, type SplitName } from './open-dataset';
import { renderReport, type Sample } from './report';
import { shownDetections, WorstPictures } from './worst';

/** Of the training split the figures are those of the first pictures only: it may be large, and they are for comparison. */
const TRAIN_PICTURES = 500;
const SAMPLES = 12;
const MISTAKES = 12;

/** metrics.json. All precisions are shares between 0 and 1. */
export type FinalMetrics = Readonly<Record<SplitName, SplitFigures>>;

export interface FinishOptions {
  readonly device: Device;
  readonly config: DetectionConfig;
  readonly listener: Listener;
  /** Aborts between two batches with the signal's reason; the run then stays unfinished. */
  readonly signal?: AbortSignal;
}

/** Evaluates the best checkpoint on all splits and writes what is for people to look at. */
export async function finishRun(run: RunFolder, dataset: OpenDataset, options: FinishOptions): Promise<FinalMetrics> {
  const { config, listener, signal, device } = options;
  const detector = await ObjectDetector.load(run.checkpoint('best'), { device });
  // As `evaluate` does, so that both give the same figures.
  detector.model.optimizeForInference();
  const worst = new WorstPictures(MISTAKES);
  const samples: DetectedPicture[] = [];
  const figures = {} as Record<SplitName, FullFigures>;
  for (const name of splitNames) {
    const split = name === 'train' ? firstOf(await dataset.split(name), TRAIN_PICTURES) : await dataset.split(name);
    const step = Math.ceil(split.ids.length / SAMPLES);
    const onPicture = (picture: DetectedPicture) => {
      worst.add(picture);
      if (picture.index % step === 0) samples.push(picture);
    };
    figures[name] = await splitFigures(detector, split, dataset.classes, {
      listener, signal, batchSize: config.evaluate.batchSize, difficult: config.data.difficult, ...(name === 'test' && { onPicture }),
    });
  }
  const test = await dataset.split('test');
  const shown = await writeSamples(run, test, samples, dataset.classes);
  const mistakes = await Promise.all(worst.pictures.map((picture) => sampleOf(test, picture, dataset.classes)));
  sayWhenStartIsBest(run, config, listener);
  if (test.name === (await dataset.split('val')).name) {
    listener.say(`${dataset.data.path} has no split to test on: the figures under "test" are those of ${test.name}, by which the checkpoint was chosen.`);
  }
  const log = readMetricsLog(run.file('metrics.jsonl'));
  run.write('report.html', renderReport({ ...(await describe(run, detector, dataset, config)), log, ...figures, samples: shown, mistakes }));
  const metrics = Object.fromEntries(splitNames.map((name) => [name, withoutCurves(figures[name])])) as FinalMetrics;
  // Last, because it says that the run is finished.
  run.write('metrics.json', `${JSON.stringify(metrics, null, 2)}\n`);
  return metrics;
}

/** The beginning of a split. */
function firstOf(split: DetectionSplit, count: number): DetectionSplit {
  return { ...split, ids: split.ids.slice(0, count) };
}

function sayWhenStartIsBest(run: RunFolder, { model }: DetectionConfig, { say }: Listener): void {
  if (readState(run.checkpoint('last')).loop.best?.step !== 0) return;
  say(`No checkpoint was better than the start, ${model.from}: checkpoints/best is the start, with the class head of this dataset. A lower learning rate or more data may help.`);
}

async function describe(run: RunFolder, { model }: ObjectDetector, { data, classes, split }: OpenDataset, config: DetectionConfig): Promise<RunDescription> {
  const counts = await Promise.all(splitNames.map(async (name) => (await split(name)).ids.length));
  const facts = { 'pictures (train, val, test)': counts.join(', '), classes: classes.length };
  return describeRun(run, { title: 'Object detection', kind: 'A DETR', model, from: config.model.from, data: data.path, facts });
}

async function writeSamples(run: RunFolder, split: DetectionSplit, pictures: readonly DetectedPicture[], classes: ClassList): Promise<Sample[]> {
  const folder = run.emptyFolder('samples');
  return Promise.all(
    pictures.map(async (picture, i) => {
      const sample = await sampleOf(split, picture, classes);
      // Numbered, for two ids may differ by nothing that a file name can hold.
      await writeFile(join(folder, `${i + 1}-${sample.name.replace(/[^\w.-]+/g, '_')}.jpg`), sample.full);
      return sample;
    }),
  );
}

interface FullSample extends Sample {
  /** The annotated picture in its own size. */
  readonly full: Buffer;
}

/** A picture with its detections, judged by what is there. */
async function sampleOf(split: DetectionSplit, { index, original, detections }: DetectedPicture, classes: ClassList): Promise<FullSample> {
  const picture = await decodeImage(await split.picture(index), split.describe(index));
  const shown = shownDetections(detections);
  const { detections: verdicts, missed } = judgePicture(shown, original.truths);
  const found = verdicts.map((verdict, row) => ({ name: classes.names[shown.labels[row]!]!, score: shown.scores[row]!, verdict }));
  const marks = found.map(({ name, score }, row): Mark => ({
    box: shown.boxes.data.subarray(4 * row, 4 * row + 4), text: `${name} ${Math.round(100 * score)}`, colour: classColour(shown.labels[row]!),
  }));
  const full = await annotatedPicture(await enlarged(picture), marks.map((mark) => ({ ...mark, box: scaled(mark.box, enlargement(picture)) })));
  const jpeg = await encodeJpeg(await scaleToHeight(await decodeImage(full, original.id), 260));
  return { name: original.id, jpeg, full, found, missed: missed.map((row) => classes.names[original.truths.labels[row]!]!) };
}

/** Text would hide a picture that is not much larger than its letters. */
function enlargement({ height }: RgbImage): number {
  return Math.max(1, Math.ceil(320 / height));
}

function enlarged(picture: RgbImage): Promise<RgbImage> {
  const factor = enlargement(picture);
  return factor === 1 ? Promise.resolve(picture) : scaleToHeight(picture, factor * picture.height);
}

function scaled(box: ArrayLike<number>, factor: number): number[] {
  return Array.from(box, (value) => factor * value);
}
