/** Batches of a stream, in the stream's own order. */
import { InputError } from '../errors';

/** @throws InputError for a stream that can only be read by `for await` */
export function* streamNow<Sample, Batch>(
  stream: Iterable<Sample>,
  batchSize: number | null,
  dropLast: boolean,
  make: (samples: Sample[]) => Batch,
): Generator<Batch, void, undefined> {
  if (typeof stream[Symbol.iterator] !== 'function') {
    throw new InputError(
      'DataLoader: the dataset can only be read asynchronously; write `for await (const batch of loader)`',
    );
  }
  let samples: Sample[] = [];
  for (const sample of stream) {
    samples.push(sample);
    if (samples.length < (batchSize ?? 1)) continue;
    yield make(samples);
    samples = [];
  }
  if (samples.length > 0 && !dropLast) yield make(samples);
}

/** The same with `for await`, for streams of either kind. */
export async function* streamAsync<Sample, Batch>(
  stream: Iterable<Sample> | AsyncIterable<Sample>,
  batchSize: number | null,
  dropLast: boolean,
  make: (samples: Sample[]) => Batch | Promise<Batch>,
): AsyncGenerator<Batch, void, undefined> {
  let samples: Sample[] = [];
  for await (const sample of stream) {
    samples.push(sample);
    if (samples.length < (batchSize ?? 1)) continue;
    yield make(samples);
    samples = [];
  }
  if (samples.length > 0 && !dropLast) yield make(samples);
}
