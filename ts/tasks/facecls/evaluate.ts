import { join } from 'node:path';
import { InputError } from '../../errors';
import { type Listener, silent } from '../../native/listener';
import type { Device } from '../../tensor';
import { valueAt } from '../../train/config/keys';
import { readConfigFile } from '../../train/config/files';
import { isRun, weightsOf } from '../../train/run';
import { analyse, type FaceAnalysis } from './analysis';
import { type Slice, sliceMetrics } from './analysis/slices';
import { FaceClassifier } from './classifier';
import { shardsOptions } from '../shards';
import type { FaceConfig } from './config';
import type { FaceData } from './data';
import type { Split } from './lists';
import { splitMetrics, type SplitMetrics } from './metrics';
import { faceFolder, openFaces } from './open';
import { majority, type SplitOutputs, splitOutputs } from './outputs';
import { loadThresholds } from './thresholds';
import type { InferenceOptions } from '../prepared-model';

export interface EvaluateOptions extends InferenceOptions {
  /** Dataset in the CelebA format. @default that of the run, else the drawn faces */
  readonly data?: string;
  /** @default 'test' */
  readonly split?: Split;
  /** @default 'cpu' */
  readonly device?: Device;
  /** Images in a batch. @default 128 */
  readonly batchSize?: number;
  /** Attributes of the dataset; for each the metrics of the images that have it and of those that lack it. @default none */
  readonly slices?: readonly string[];
  readonly listener?: Listener;
  /** Use a head that starts from random weights, where the checkpoint brings none of this size; without it that is an error. @default false */
  readonly allowNewHead?: boolean;
}

/** The metrics of a split, with what lies behind them. */
export type Evaluation = SplitMetrics & {
  readonly analysis: FaceAnalysis;
  /** By the attributes that were asked for. */
  readonly slices?: Readonly<Record<string, Slice>>;
};

/**
 * The figures of a run (its best checkpoint), a hub folder or a model of the hub on one split of a dataset.
 * @throws InputError when the dataset lacks an attribute of the model or of `slices`
 */
export async function evaluate(weights: string, options: EvaluateOptions = {}): Promise<Evaluation> {
  const { split = 'test', device, batchSize = 128, listener = silent, allowNewHead, precision, compile } = options;
  const classifier = await FaceClassifier.load(weights, {
    device,
    onWarning: listener.say,
    allowNewHead,
    precision,
    compile,
  });
  const own = dataOfRun(weights);
  const folder = await faceFolder(options.data ?? own.folder, listener);
  const reading = { evaluationBatchSize: batchSize, ...(own.shards && { shards: shardsOptions(own.shards) }) };
  const data = await openFaces(folder, classifier.processor, reading, listener);
  try {
    const members = (options.slices ?? []).map((name) => [name, membersOf(name, data)] as const);
    const outputs = await splitOutputs(classifier, data, split, { listener });
    const most = majority(classifier.attributes, data);
    const slices = members.map(([name, has]) => [name, sliceMetrics(outputs, has(outputs, split), most)] as const);
    return {
      ...splitMetrics(outputs, most),
      analysis: analyse(outputs, loadThresholds(weightsOf(weights))),
      ...(slices.length > 0 && { slices: Object.fromEntries(slices) }),
    };
  } finally {
    await data.close();
  }
}

/** Which of the evaluated images have an attribute of the dataset. @throws InputError when it has no such attribute */
function membersOf(
  name: string,
  { celeba, attributes }: FaceData,
): (outputs: SplitOutputs, split: Split) => Uint8Array {
  const column = attributes.indexOf(name);
  if (column < 0)
    throw new InputError(
      `Expected slices by attributes of ${celeba.path}, found ${JSON.stringify(name)}; it has ${attributes.join(', ')}.`,
    );
  return ({ names }, split) => {
    const labels = new Map(celeba.split(split).map((face) => [face.name, face.labels[column]!]));
    return Uint8Array.from(names, (image) => labels.get(image)!);
  };
}

/** The dataset that a run was trained on; null for the drawn faces. */
function dataOfRun(weights: string): Pick<FaceConfig['data'], 'folder'> & Partial<FaceConfig['data']> {
  if (!isRun(weights)) return { folder: null };
  const own = valueAt(readConfigFile(join(weights, 'config.yaml')), 'data') as Partial<FaceConfig['data']> | undefined;
  return { folder: null, ...own };
}
