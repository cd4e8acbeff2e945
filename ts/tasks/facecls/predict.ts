import { type Failure, type Loaded, orFailure, imageBatches } from '../images';
import type { FetchOptions } from '../sources/fetch';
import { predictionsOf } from './predictions';
import { type ClassifierOptions, FaceClassifier } from './classifier';

export interface PredictOptions extends ClassifierOptions {
  /**
   * Images that pass through the model together. With 1, and `compile: false`, an image gets the same bits whatever stands beside it;
   * more is faster on a GPU. @default 1
   */
  readonly batchSize?: number;
  /** How URLs are fetched. */
  readonly fetch?: FetchOptions;
}

/** What the model says of one image: a probability of yes for each attribute. */
export interface Prediction {
  /** The path or URL. */
  readonly source: string;
  readonly attributes: Readonly<Record<string, number>>;
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
  for await (const batch of imageBatches(inputs, batchSize, options.fetch))
    yield* await predictBatch(classifier, batch);
}

/** A batch that fails is tried once more image by image, so that one of them does not take the others with it. */
async function predictBatch(classifier: FaceClassifier, batch: readonly Loaded[]): Promise<(Prediction | Failure)[]> {
  const images = batch.flatMap((item) => ('image' in item ? [item.image] : []));
  try {
    const rows = images.length > 0 ? classifier.classify(images) : [];
    return batch.map((item) => {
      if ('error' in item) return item;
      const predictions = predictionsOf(classifier.attributes, rows.shift()!);
      return {
        source: item.source,
        attributes: Object.fromEntries(predictions.map(({ attribute, probability }) => [attribute, probability])),
      };
    });
  } catch (cause) {
    if (batch.length === 1) return [await orFailure(batch[0]!.source, () => Promise.reject(cause as Error))];
    return (await Promise.all(batch.map((item) => predictBatch(classifier, [item])))).flat();
  }
}
