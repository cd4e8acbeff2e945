/** The dataset that belongs to weights: the one that is named, else that of the run. */
import { join } from 'node:path';
import type { Listener } from '../../native/listener';
import { type ConfigTree, valueAt } from '../../train/config/keys';
import { readConfigFile } from '../../train/config/files';
import { isRun } from '../../train/run';
import { DRAWN_SPLITS, readDrawnSplits } from './splits/drawn-splits';
import { openDataset, type DataChoice, type OpenDataset } from './splits/open-dataset';

export interface OwnDatasetOptions {
  /** VOC devkit, its archives, or a COCO file. @default that of the run, else the drawn scenes */
  readonly data?: string;
  /** Folder or archive of a COCO file's images. */
  readonly images?: string;
  /** File with one class a line. @default those of the dataset */
  readonly classes?: string;
}

/** The configuration of a run; empty for other weights. */
export function configOfRun(weights: string): ConfigTree {
  return isRun(weights) ? readConfigFile(join(weights, 'config.yaml')) : {};
}

/** Opens it, divided as the run divided it: what was trained on must not be measured on. */
export function openOwnDataset(weights: string, options: OwnDatasetOptions, listener: Listener): Promise<OpenDataset> {
  const isOwn = options.data === undefined && isRun(weights);
  const drawn = isOwn ? readDrawnSplits(join(weights, DRAWN_SPLITS)) : undefined;
  return openDataset(choiceOf(configOfRun(weights), options), listener, { drawn });
}

/** What to read: as asked, else as the run did. */
function choiceOf(run: ConfigTree, { data, images, classes }: OwnDatasetOptions): DataChoice {
  const own = (valueAt(run, 'data') ?? {}) as unknown as Partial<DataChoice>;
  if (data === undefined)
    return { folder: null, ...own, ...(images !== undefined && { images }), ...(classes !== undefined && { classes }) };
  return { folder: data, images, classes: classes ?? own.classes, ...(own.shards && { shards: own.shards }) };
}
