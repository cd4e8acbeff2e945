import { writeShards } from '../../data/shards/write-shards';
import { InputError } from '../../errors';
import type { Listener } from '../../native/listener';
import { imageSamples, type ShardingOptions, writingOrder } from '../shards';
import type { DetectionSplit } from './annotations/dataset';
import { IMAGE_ENDING, splitNames, type SplitName } from './annotations/names';
import { recordOf } from './annotations/shards';
import { type DataChoice, describeDrawn, openDataset, type OpenDataset } from './splits/open-dataset';
import { preflight } from './splits/preflight';
import { validateSplit } from './splits/validate-split';

/** Opens a dataset and writes it as `shardDetectionData` does. */
export async function shard(
  choice: DataChoice,
  out: string,
  listener: Listener,
  options: ShardingOptions = {},
): Promise<Partial<Record<SplitName, number>>> {
  const dataset = await openDataset(choice, listener);
  try {
    const sentence = describeDrawn(dataset);
    if (sentence !== undefined) listener.say(sentence);
    return await shardDetectionData(dataset, out, listener, options);
  } finally {
    await dataset.close();
  }
}

/**
 * Writes a dataset as shards, each sample an image and a JSON file with its objects.
 * @param out folder, absent or empty
 * @returns how many images of each split
 * @throws InputError when it is neither, or nobody could train on the dataset
 */
async function shardDetectionData(
  dataset: OpenDataset,
  out: string,
  listener: Listener,
  options: ShardingOptions = {},
): Promise<Partial<Record<SplitName, number>>> {
  const { maxBytes, seed = 0, onProgress } = options;
  const splits = await usableSplits(dataset, listener);
  const all = [...splits.values()].reduce((sum, { ids }) => sum + ids.length, 0);
  const samplesOf = (split: DetectionSplit) =>
    imageSamples(writingOrder(split.ids.length, seed), async (index) => {
      const [annotation, bytes] = await Promise.all([split.annotation(index), split.image(index)]);
      const id = split.ids[index]!;
      return { file: fileOf(split, index), bytes, record: recordOf(id, annotation) };
    });
  await writeShards(out, Object.fromEntries([...splits].map(([name, split]) => [name, samplesOf(split)])), {
    maxBytes,
    info: { task: 'vocdet', classes: dataset.classes.names },
    onProgress: (done) => onProgress?.(done, all),
  });
  return Object.fromEntries([...splits].map(([name, { ids }]) => [name, ids.length]));
}

/** The splits of a training, as it would use them; that of the test where there is one of its own. */
async function usableSplits(dataset: OpenDataset, listener: Listener): Promise<Map<SplitName, DetectionSplit>> {
  const { train, val } = await preflight(dataset, listener);
  const splits = new Map<SplitName, DetectionSplit>([
    ['train', train],
    ['val', val],
  ]);
  const test = await dataset.split('test').catch((error: unknown) => {
    if (error instanceof InputError) return undefined; // preflight has said so
    throw error;
  });
  if (test && test.name !== val.name) {
    const { usable } = await validateSplit(test, dataset.classes, listener);
    if (usable.ids.length > 0) splits.set('test', usable);
  }
  return new Map(splitNames.flatMap((name) => (splits.has(name) ? [[name, splits.get(name)!]] : [])));
}

/** The name of an image's file: its id, with the ending of the file. */
function fileOf(split: DetectionSplit, index: number): string {
  // `JPEGImages/a.png in VOC2007.tar` is one of an archive.
  const [file] = split.describe(index).split(' in ');
  const ending = IMAGE_ENDING.exec(file!)?.[0] ?? '.jpg';
  return `${split.ids[index]!.replace(IMAGE_ENDING, '')}${ending.toLowerCase()}`;
}
