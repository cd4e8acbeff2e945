import { join } from 'node:path';
import { type Listener, silent } from '../../native/listener';
import type { Device } from '../../tensor';
import { valueAt } from '../../train/config/keys';
import { readConfigFile } from '../../train/config/files';
import { isRun } from '../../train/run';
import { FaceClassifier } from './classifier';
import type { Split } from './lists';
import type { SplitMetrics } from './metrics';
import { faceFolder, openFaces } from './open';
import { evaluateSplit } from './outputs';
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
  readonly listener?: Listener;
  /** Use a head that starts from random weights, where the checkpoint brings none of this size; without it that is an error. @default false */
  readonly allowNewHead?: boolean;
}

/** The figures of a run (its best checkpoint), a hub folder or a model of the hub on one split of a dataset. */
export async function evaluate(weights: string, options: EvaluateOptions = {}): Promise<SplitMetrics> {
  const { split = 'test', device, batchSize = 128, listener = silent, allowNewHead, precision, compile } = options;
  const classifier = await FaceClassifier.load(weights, {
    device,
    onWarning: listener.say,
    allowNewHead,
    precision,
    compile,
  });
  const folder = await faceFolder(options.data ?? dataOfRun(weights), listener);
  const data = openFaces(folder, classifier.processor, { evaluationBatchSize: batchSize }, listener);
  try {
    return await evaluateSplit(classifier, data, split, { listener });
  } finally {
    await data.close();
  }
}

/** The dataset that a run was trained on; null for the drawn faces. */
function dataOfRun(weights: string): string | null {
  if (!isRun(weights)) return null;
  const folder = valueAt(readConfigFile(join(weights, 'config.yaml')), 'data.folder');
  return typeof folder === 'string' ? folder : null;
}
