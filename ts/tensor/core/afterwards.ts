import { requireFunction } from './arguments';
import { isPromise } from './context';

/** What `body` returns; `done` is called when it is over, a promise when it has settled. */
export function afterwards<T>(body: () => T, done: () => void): T {
  requireFunction('afterwards', 'body', body);
  requireFunction('afterwards', 'done', done);
  let result: T;
  try {
    result = body();
  } catch (error) {
    done();
    throw error;
  }
  if (isPromise(result)) return (async () => result)().finally(done) as T;
  done();
  return result;
}
