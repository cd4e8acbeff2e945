/** A second try when memory runs out. */
import { OutOfMemoryError } from '../../errors';
import { binding } from '../../native/binding';
import { collectGarbage, largestTensors } from './live-tensors';

/**
 * Frees what nobody uses any more (garbage, caches) and tries once again; when there is no second try, or it fails too, the
 * error says what fills the memory.
 * @param retry null for what must not be done twice, because it writes to its arguments
 */
export function retryAfterOom<T>(error: unknown, retry: (() => T) | null): T {
  if (!isFirstReport(error)) throw error;
  // V8 needs memory to collect, and ends the process when it gets none.
  binding.emptyCache();
  collectGarbage();
  binding.emptyCache();
  if (retry) {
    try {
      return retry();
    } catch (second) {
      if (!(second instanceof OutOfMemoryError)) throw second;
    }
  }
  throw new OutOfMemoryError(`${error.message}\n${largestTensors()}`, { cause: error });
}

/** An error that has a cause was made here already, and says everything. */
function isFirstReport(error: unknown): error is OutOfMemoryError {
  return error instanceof OutOfMemoryError && error.cause === undefined;
}

/** @internal What `body` gives, with {@link retryAfterOom} for what memory it lacks. */
export function withOomRetry<T>(
  body: () => T,
  { repeatable = false }: { /** Whether it may be done twice. @default false */ readonly repeatable?: boolean } = {},
): T {
  try {
    return body();
  } catch (error) {
    return retryAfterOom(error, repeatable ? body : null);
  }
}
