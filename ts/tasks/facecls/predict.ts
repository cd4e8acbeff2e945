import { InputError } from '../../errors';
import { type RgbImage, decodeImage } from '../../vision/image';
import { ahead } from '../sources/ahead';
import type { FetchOptions } from '../sources/fetch';
import { type Source, expandSources } from '../sources/sources';
import { answersOf } from './answers';
import { type ClassifierOptions, FaceClassifier } from './classifier';

export interface PredictOptions extends ClassifierOptions {
  /**
   * Images that pass through the model together. With 1 an image gets the same bits whatever stands beside it;
   * more is faster on a GPU. @default 1
   */
  readonly batchSize?: number;
  /** How URLs are fetched. */
  readonly fetch?: FetchOptions;
}

/** What the model says of one picture: a probability of yes for each attribute. */
export interface Prediction {
  /** The path or URL. */
  readonly source: string;
  readonly attributes: Readonly<Record<string, number>>;
}

/** A picture that could not be read. */
export interface Failure {
  readonly source: string;
  readonly error: InputError;
}

/**
 * Predictions for files, folders, patterns and URLs, in order. One that cannot be read yields a `Failure` in its
 * place, and the others go on.
 * @param weights a run folder, a hub folder or a hub name
 */
export async function* predict(
  weights: string,
  inputs: readonly string[],
  options: PredictOptions = {},
): AsyncGenerator<Prediction | Failure, void, undefined> {
  const classifier = await FaceClassifier.load(weights, options);
  const { batchSize = 1 } = options;
  let batch: Loaded[] = [];
  for await (const item of loadPictures(inputs, options.fetch)) {
    batch.push(item);
    if (batch.length < batchSize) continue;
    yield* predictBatch(classifier, batch);
    batch = [];
  }
  yield* predictBatch(classifier, batch);
}

/** A decoded picture, or why there is none. */
export type Loaded = { readonly source: string; readonly image: RgbImage } | Failure;

/** Reads and decodes pictures a few ahead of their use. */
export function loadPictures(inputs: readonly string[], fetch?: FetchOptions): AsyncGenerator<Loaded, void, undefined> {
  return ahead(expandSources(inputs, fetch), 8, load);
}

async function load(source: Source): Promise<Loaded> {
  try {
    return { source: source.name, image: await decodeImage(await source.read(), source.name) };
  } catch (error) {
    if (error instanceof InputError) return { source: source.name, error };
    throw error;
  }
}

function predictBatch(classifier: FaceClassifier, batch: readonly Loaded[]): (Prediction | Failure)[] {
  const images = batch.flatMap((item) => ('image' in item ? [item.image] : []));
  const rows = images.length > 0 ? classifier.classify(images) : [];
  return batch.map((item) => {
    if ('error' in item) return item;
    const answers = answersOf(classifier.attributes, rows.shift()!);
    return { source: item.source, attributes: Object.fromEntries(answers.map(({ attribute, probability }) => [attribute, probability])) };
  });
}
