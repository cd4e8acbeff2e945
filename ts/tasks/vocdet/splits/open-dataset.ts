import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError } from '../../../errors';
import { type Listener, withBar } from '../../../native/listener';
import { readClassFile } from '../annotations/class-file';
import { type ClassList, vocClasses } from '../annotations/classes';
import { openCocoFiles } from '../annotations/coco';
import { findClasses, type DetectionData, type DetectionSplit } from '../annotations/dataset';
import { drawnSplit, drawSplits, type DrawnSplits } from './drawn-splits';
import { openDetectionData } from '../annotations/open';
import { roleOf, splitNames, usualSplits, type SplitName } from '../annotations/names';
import { ensureDrawnScenes, SCENE_SETS } from '../synth/synth';
import { shardsOptions } from '../../shards';

/** Where the drawn scenes lie. */
export const DRAWN_SCENES = join('data', 'processed', 'scenes');

/** What to read and how its parts are called; null is the usual. */
export interface DataChoice extends Readonly<Partial<Record<SplitName, string | null>>> {
  readonly folder: string | null;
  readonly images?: string | null;
  readonly classes?: string | null;
  /** Where shards are kept that are fetched from elsewhere. @default data/interim/shards, 8 GiB */
  readonly shards?: Parameters<typeof shardsOptions>[0];
}

export interface OpenOptions {
  /** Decides how the images of a dataset without splits are divided. @default 0 */
  readonly seed?: number;
  /** How they were divided before. */
  readonly drawn?: DrawnSplits;
}

/** A dataset with its classes and the names of its splits. */
export interface OpenDataset {
  readonly data: DetectionData;
  readonly classes: ClassList;
  /** How the images were divided, where the dataset does not say it. */
  readonly drawn: DrawnSplits | undefined;
  /** @throws InputError when the dataset has no such split */
  split(name: SplitName): Promise<DetectionSplit>;
  close(): void | Promise<void>;
}

/** Opens a dataset; without a folder the drawn scenes, which are drawn when they are not there yet. */
export async function openDataset(
  choice: DataChoice,
  listener: Listener,
  options: OpenOptions = {},
): Promise<OpenDataset> {
  const data = await openChosen(choice, listener);
  try {
    const names = namesOf(data, choice);
    // A file that lists the classes may list more of them than another: those of the splits that are used count.
    for (const name of Object.values(names)) if (name !== undefined) await data.split(name).catch(() => undefined);
    const { classes, folder } = choice;
    const list = classes
      ? readClassFile(classes)
      : folder === null && !hasFiles(choice)
        ? vocClasses
        : await findClasses(data);
    const drawn = options.drawn ?? (await drawIfNeeded(data, names, options.seed ?? 0));
    return {
      data,
      classes: list,
      drawn,
      split: (name) => openSplit(data, { name, names, drawn }),
      close: () => data.close(),
    };
  } catch (error) {
    await data.close();
    throw error;
  }
}

/** Splits may be named by COCO's files instead of a folder. */
async function openChosen(choice: DataChoice, listener: Listener): Promise<DetectionData> {
  const { folder, images, shards } = choice;
  if (hasFiles(choice)) return openCocoFiles(filesOf(choice), images ?? undefined);
  if (folder === null) requireDrawnSets(choice);
  return openDetectionData(
    folder ?? (await drawnScenes(listener)),
    images ?? undefined,
    shards && shardsOptions(shards),
  );
}

function hasFiles(choice: DataChoice): boolean {
  return splitNames.some((name) => /\.json$/i.test(choice[name] ?? ''));
}

/** The files that are named for splits, from the dataset's folder on or from here, and the dataset itself where it is one. */
function filesOf(choice: DataChoice): string[] {
  const { folder } = choice;
  const isFile = folder !== null && (statSync(folder, { throwIfNoEntry: false })?.isFile() ?? false);
  const above = folder === null ? '.' : isFile ? dirname(folder) : folder;
  const named = splitNames
    .flatMap((name) => (choice[name] ?? '').split('+'))
    .map((path) => path.trim())
    .filter((path) => /\.json$/i.test(path));
  const paths = named.map(
    (path) =>
      [join(above, path), join(above, 'annotations', path), path].find((one) => existsSync(one)) ?? join(above, path),
  );
  return [...new Set([...(isFile ? [folder] : []), ...paths])];
}

/** @throws InputError for a split that the drawn scenes do not have, before they are drawn */
function requireDrawnSets(choice: DataChoice): void {
  for (const set of splitNames.flatMap((name) => choice[name]?.split('+') ?? [])) {
    if (SCENE_SETS.includes(set.trim().replace(/^scenes\//, ''))) continue;
    throw new InputError(
      `Expected a set ${set.trim()} in ${DRAWN_SCENES}, found ${SCENE_SETS.join(', ')}; a dataset of your own is named by data.folder.`,
    );
  }
}

async function drawnScenes(listener: Listener): Promise<string> {
  await withBar(
    listener,
    'drawing scenes',
    (bar) => ensureDrawnScenes(DRAWN_SCENES, { onProgress: (done, all) => bar.update(done, all) }),
    'steps',
  );
  return DRAWN_SCENES;
}

type Names = Readonly<Partial<Record<SplitName, string>>>;

/** As asked, else as they are usually called. */
function namesOf({ splits }: DetectionData, choice: DataChoice): Names {
  const usual = usualSplits(splits);
  return Object.fromEntries(splitNames.map((name) => [name, choice[name] ?? usual[name]]));
}

/** Divides what there is to train on, or all that is for no use by its name, where nothing is there to validate on. */
async function drawIfNeeded(
  data: DetectionData,
  { train, val, test }: Names,
  seed: number,
): Promise<DrawnSplits | undefined> {
  if (val !== undefined) return undefined;
  const open = (wanted: ReturnType<typeof roleOf>) => data.splits.filter((split) => roleOf(split) === wanted).join('+');
  const base = train ?? (open('trainval') || open(undefined));
  return base === '' ? undefined : drawSplits(await data.split(base), seed, test === undefined);
}

interface SplitChoice {
  readonly name: SplitName;
  readonly names: Names;
  readonly drawn: DrawnSplits | undefined;
}

async function openSplit(data: DetectionData, { name, names, drawn }: SplitChoice): Promise<DetectionSplit> {
  if (drawn && (drawn[name].length > 0 || name !== 'test'))
    return drawnSplit(await data.split(drawn.from), drawn, name);
  // The annotations of some test sets were never published.
  if (name === 'test' && names.test === undefined) return openSplit(data, { name: 'val', names, drawn });
  const asked = names[name];
  if (asked !== undefined) return data.split(asked);
  throw new InputError(
    `Expected a split to ${name === 'train' ? 'train on' : 'validate on'} in ${data.path}, found ${data.splits.join(', ')}; name one by data.${name}.`,
  );
}

/** What to say of a division that the dataset does not have itself. */
export function describeDrawn({ data, drawn }: OpenDataset): string | undefined {
  if (!drawn) return undefined;
  const counts = splitNames.map((name) => drawn[name].length);
  return `${data.path} does not say which images of ${drawn.from} are to validate on: ${counts[0]} to train, ${counts[1]} to validate and ${counts[2]} to test on were drawn by the seed ${drawn.seed}.`;
}
