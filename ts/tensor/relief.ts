/** What happens when memory runs out. */
import { OutOfMemoryError } from '../errors';
import { binding } from '../native/binding';
import { collectGarbage, largestTensors } from './census';

/**
 * Frees what nobody uses any more (garbage, caches) and tries once again; when there is no second try, or it fails too, the
 * error tells what fills the memory.
 * @param again null for what must not be done twice, because it writes to its arguments
 */
export function relieve<T>(error: unknown, again: (() => T) | null): T {
  if (!isNews(error)) throw error;
  // V8 needs memory to collect, and ends the process when it gets none.
  binding.emptyCache();
  collectGarbage();
  binding.emptyCache();
  if (again) {
    try {
      return again();
    } catch (second) {
      if (!(second instanceof OutOfMemoryError)) throw second;
    }
  }
  throw new OutOfMemoryError(`${error.message}\n${largestTensors()}`, { cause: error });
}

/** Of an error that came through several hands the first has told everything. */
function isNews(error: unknown): error is OutOfMemoryError {
  return error instanceof OutOfMemoryError && error.cause === undefined;
}

/** @internal What `body` gives, with {@link relieve} for what memory it lacks. */
export function relieved<T>(body: () => T, { twice = false }: { /** Whether it may be done twice. @default false */ readonly twice?: boolean } = {}): T {
  try {
    return body();
  } catch (error) {
    return relieve(error, twice ? body : null);
  }
}
