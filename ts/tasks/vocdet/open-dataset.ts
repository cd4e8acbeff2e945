import { join } from 'node:path';
import { InputError } from '../../errors';
import { type Listener, withBar } from '../../native/listener';
import type { ClassList } from './classes';
import { readClassFile, vocClasses } from './classes';
import { findClasses, type DetectionData, type DetectionSplit } from './dataset';
import { openDetectionData } from './open';
import { usualSplits } from './split-roles';
import { ensureDrawnScenes } from './synth';

/** Where the drawn scenes lie. */
export const DRAWN_SCENES = join('data', 'processed', 'scenes');

export const splitNames = ['train', 'val', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

/** What to read and how its parts are called; null is the usual. */
export interface DataChoice extends Readonly<Partial<Record<SplitName, string | null>>> {
  readonly folder: string | null;
  readonly images?: string | null;
  readonly classes?: string | null;
}

/** A dataset with its classes and the names of its splits. */
export interface OpenDataset {
  readonly data: DetectionData;
  readonly classes: ClassList;
  /** @throws InputError when the dataset has no such split */
  split(name: SplitName): Promise<DetectionSplit>;
  close(): void;
}

/** Opens a dataset; without a folder the drawn scenes, which are drawn when they are not there yet. */
export async function openDataset(choice: DataChoice, listener: Listener): Promise<OpenDataset> {
  const { folder, images, classes } = choice;
  const data = openDetectionData(folder ?? (await drawnScenes(listener)), images ?? undefined);
  try {
    const list = classes ? readClassFile(classes) : folder === null ? vocClasses : await findClasses(data);
    return { data, classes: list, split: (name) => openSplit(data, name, choice), close: () => data.close() };
  } catch (error) {
    data.close();
    throw error;
  }
}

async function drawnScenes(listener: Listener): Promise<string> {
  await withBar(listener, 'drawing scenes', (bar) => ensureDrawnScenes(DRAWN_SCENES, { onProgress: (done, all) => bar.update(done, all) }), 'steps');
  return DRAWN_SCENES;
}

async function openSplit(data: DetectionData, name: SplitName, choice: DataChoice): Promise<DetectionSplit> {
  const usual = usualSplits(data.splits);
  // The annotations of some test sets were never published.
  const asked = choice[name] ?? usual[name] ?? (name === 'test' ? (choice.val ?? usual.val) : undefined);
  if (asked === undefined) {
    throw new InputError(`Expected a split to ${name === 'train' ? 'train on' : 'validate on'} in ${data.path}, found ${data.splits.join(', ')}; name one by data.${name}.`);
  }
  const split = await data.split(asked);
  if (split.ids.length > 0) return split;
  throw new InputError(`Expected pictures in the split ${asked} of ${data.path}, found none.`);
}
