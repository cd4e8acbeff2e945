import { InputError } from '../../errors';
import { type Listener, silent } from '../../native/listener';
import { withClassRows } from '../../models/detr';
import type { Device } from '../../tensor';
import { valueAt } from '../../train/config/keys';
import { isRun } from '../../train/run';
import { ClassList } from './annotations/classes';
import type { InferenceOptions } from '../prepared-model';
import { trainingImages } from './calibrate';
import { ObjectDetector } from './detector';
import type { BootstrapOptions } from './evaluator';
import { separate, splitMetrics } from './metrics';
import type { DetectionAnalysis, SplitMetrics } from './metrics-table';
import { classRows } from './model';
import { configOfRun, openOwnDataset, type OwnDatasetOptions } from './own-dataset';
import { describeDrawn } from './splits/open-dataset';
import { splitNames, type SplitName } from './annotations/names';

export interface EvaluateOptions extends InferenceOptions, OwnDatasetOptions {
  /** `train`, `val` or `test`, or the name of a split in the dataset, as `2007/test`. @default 'test' */
  readonly split?: string;
  /** Takes the classes of the dataset from the detector's own by their names, COCO's for VOC's. @default false */
  readonly zeroShot?: boolean;
  /** @default 'cpu' */
  readonly device?: Device;
  /** Images in a batch; the padding beside smaller ones moves figures a little. @default that of the run, else 8 */
  readonly batchSize?: number;
  /** Intervals by the bootstrap. @default none */
  readonly bootstrap?: BootstrapOptions;
  readonly listener?: Listener;
  /** Use a head that starts from random weights, where the checkpoint brings none of this size; without it that is an error. @default false */
  readonly allowNewHead?: boolean;
}

/** The metrics of a split, with what lies behind them. */
export interface Evaluation extends SplitMetrics {
  readonly analysis: DetectionAnalysis;
}

/** The figures of a run (its best checkpoint), a hub folder, a model of the hub or a `.pth` file on one split of a dataset. */
export async function evaluate(weights: string, options: EvaluateOptions = {}): Promise<Evaluation> {
  const {
    split = 'test',
    device,
    listener = silent,
    zeroShot = false,
    bootstrap,
    allowNewHead,
    precision,
    compile,
  } = options;
  const own = configOfRun(weights);
  const batchSize = options.batchSize ?? (valueAt(own, 'evaluate.batchSize') as number | undefined) ?? 8;
  const difficult = (valueAt(own, 'data.difficult') ?? 'keep') as 'keep' | 'drop';
  const loaded = await ObjectDetector.load(weights, {
    device,
    onWarning: listener.say,
    allowNewHead,
    precision,
    compile,
  });
  const dataset = await openOwnDataset(weights, options, listener);
  try {
    const sentence = describeDrawn(dataset);
    const isOwn = options.data === undefined && isRun(weights);
    if (sentence !== undefined && !isOwn && isRole(split)) listener.say(sentence);
    const detector = zeroShot ? mapped(loaded, dataset.classes, weights) : loaded;
    if (!zeroShot) requireSame(detector, dataset.classes, weights);
    detector.model.optimizeForInference();
    if (detector.needsCalibration) detector.calibrateOn(await trainingImages(dataset));
    const images = isRole(split) ? await dataset.split(split) : await dataset.data.split(split);
    const { metrics, analysis } = separate(
      await splitMetrics(detector, images, dataset.classes, { batchSize, difficult, listener, bootstrap }),
    );
    return { ...metrics, analysis };
  } finally {
    await dataset.close();
  }
}

function isRole(split: string): split is SplitName {
  return splitNames.some((name) => name === split);
}

/** The detector for other classes: its own rows for them, by name. */
function mapped(detector: ObjectDetector, classes: ClassList, weights: string): ObjectDetector {
  const { model } = detector;
  const rows = classRows(model, classes, null);
  const missing = classes.names.filter((_, id) => rows[id] === null);
  if (missing.length > 0)
    throw new InputError(`${weights} does not know ${missing.join(', ')}: without training it cannot detect them.`);
  return detector.withModel(withClassRows(model, classes.names, rows));
}

function requireSame(detector: ObjectDetector, classes: ClassList, weights: string): void {
  try {
    detector.requireClasses(classes);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError(`${weights}: ${cause.message} Or map them by name: the option zeroShot.`, { cause });
  }
}
