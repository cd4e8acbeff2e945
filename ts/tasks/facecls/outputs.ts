import { InputError } from '../../errors';
import { type Listener, silent, withBar } from '../../native/listener';
import type { Processes } from '../../train/distributed/processes';
import { passTogether } from '../pass-together';
import type { FaceClassifier } from './classifier';
import type { FaceBatch, FaceData } from './data';
import type { Split } from './lists';
import { majorityLabels, type Outputs } from './metrics';

export interface EvaluationOptions {
  /** Aborts between two batches with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly listener?: Listener;
  /** Only the first so many images. @default all */
  readonly limit?: number;
  /** Told of an image that cannot be read and is left out. @default it ends the evaluation */
  readonly onUnreadable?: (reason: string) => void;
  /** Those that pass the split through the model together; all of them get the outputs of all. @default this one alone */
  readonly processes?: Processes | undefined;
}

/** A split's answers, and which images they are for. */
export interface SplitOutputs extends Outputs {
  readonly names: readonly string[];
}

/** Passes a split through the model. @throws InputError when the dataset lacks an attribute of the model */
export async function splitOutputs(
  classifier: FaceClassifier,
  data: FaceData,
  split: Split,
  options: EvaluationOptions = {},
): Promise<SplitOutputs> {
  const { limit, processes } = options;
  const { attributes } = classifier;
  const columns = columnsOf(attributes, data);
  const faces = new Map(
    data.celeba
      .split(split)
      .slice(0, limit)
      .map((face) => [face.name, face]),
  );
  if (faces.size === 0)
    throw new InputError(`Expected images in the ${split} split of ${data.celeba.path}, found none.`);
  const isWanted = (name: string) => faces.has(name);
  const parts = processes
    ? await passTogether({ ...options, processes }, ({ onUnreadable }) =>
        batchOutputs(classifier, data, split, { ...options, onUnreadable, isWanted }),
      )
    : await batchOutputs(classifier, data, split, { ...options, isWanted });
  const names = parts.flatMap((part) => part.names);
  if (names.length === 0)
    throw new InputError(`Expected images that can be read in the ${split} split of ${data.celeba.path}, found none.`);
  const labels = Uint8Array.from(names.flatMap((name) => columns.map((column) => faces.get(name)!.labels[column]!)));
  const joined = new Float32Array(names.length * attributes.length);
  parts.reduce((at, { logits }) => (joined.set(logits, at), at + logits.length), 0);
  return { attributes, logits: joined, labels, names };
}

/** One batch that has passed through the model. */
interface BatchOutputs {
  readonly names: readonly string[];
  /** (B, K), as one row. */
  readonly logits: Float32Array;
}

interface BatchesOptions extends EvaluationOptions {
  /** Whether an image is among those that are looked at. */
  readonly isWanted: (name: string) => boolean;
}

/** The batches of a split, or those of one of several processes, in turn. */
async function batchOutputs(
  classifier: FaceClassifier,
  data: FaceData,
  split: Split,
  { signal, listener = silent, limit, onUnreadable, isWanted, processes }: BatchesOptions,
): Promise<BatchOutputs[]> {
  const all = await data.evaluation(split, onUnreadable);
  const batches = processes ? all.deal(processes.rank, processes.size) : all;
  const count = Math.min(data.celeba.split(split).length, limit ?? Infinity);
  const outputs: BatchOutputs[] = [];
  let done = 0;
  const pass = async (update: (done: number, all: number) => void) => {
    for await (const batch of batches.epoch(0)) {
      signal?.throwIfAborted();
      const names = batch.names.filter(isWanted);
      const length = names.length * classifier.attributes.length;
      const logits = names.length > 0 ? classifier.logits(batch.pixelValues).slice(0, length) : new Float32Array();
      outputs.push({ names, logits });
      releaseBatch(batch);
      done += names.length * (processes?.size ?? 1);
      update(Math.min(done, count), count);
      // Those behind the limit come last.
      if (names.length < batch.names.length) break;
    }
  };
  await withBar(listener, `evaluating the ${split} split`, (bar) => pass((now, of) => bar.update(now, of)), 'steps');
  return outputs;
}

/** The more frequent answer in the training split for each attribute. */
export function majority(attributes: readonly string[], data: FaceData): Uint8Array {
  const all = majorityLabels(
    data.celeba.split('train').map(({ labels }) => labels),
    data.attributes.length,
  );
  return Uint8Array.from(columnsOf(attributes, data), (column) => all[column]!);
}

export function releaseBatch({ pixelValues, labels }: FaceBatch): void {
  pixelValues.dispose();
  labels.dispose();
}

/** Where the dataset has each attribute of the model: names decide, not places. */
function columnsOf(attributes: readonly string[], data: FaceData): number[] {
  const columns = attributes.map((name) => data.attributes.indexOf(name));
  const missing = attributes.filter((_, k) => columns[k]! < 0);
  if (missing.length === 0) return columns;
  throw new InputError(
    `The dataset ${data.celeba.path} has no labels for ${missing.join(', ')} of the model; it has ${data.attributes.join(', ')}.`,
  );
}

/** `count` places spread evenly over `length`. */
export function evenly(length: number, count: number): number[] {
  const some = Math.min(length, count);
  return Array.from({ length: some }, (_, i) => Math.floor((i * length) / some));
}

/** The images with the surest wrong answer, the surest first. */
export function hardestImages({ attributes, logits, labels, names }: SplitOutputs, count: number): number[] {
  const width = attributes.length;
  const sureness = names.map((_, image) => {
    let sure = -1; // no answer is wrong; a wrong one may be as unsure as 0
    for (let k = image * width; k < (image + 1) * width; k++) {
      if (logits[k]! >= 0 !== (labels[k] === 1)) sure = Math.max(sure, Math.abs(logits[k]!));
    }
    return sure;
  });
  const wrong = [...names.keys()].filter((image) => sureness[image]! >= 0);
  return wrong.sort((a, b) => sureness[b]! - sureness[a]!).slice(0, count);
}

/** A JPEG's name for each image: its own without the ending, and a number where another image has that already. */
export function sampleFiles(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const stem = name.replace(/\.\w+$/, '').replace(/[^\w.-]+/g, '_');
    let file = `${stem}.jpg`;
    // Some file systems do not tell cases apart.
    for (let i = 2; taken.has(file.toLowerCase()); i++) file = `${stem}-${i}.jpg`;
    taken.add(file.toLowerCase());
    return file;
  });
}
