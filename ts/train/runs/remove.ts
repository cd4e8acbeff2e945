import { rmSync } from 'node:fs';
import { InputError, UsageError } from '../../errors';
import { isRun } from '../run';
import { summarizeRun } from './summary';

/**
 * Deletes run folders, all of them or none.
 * @throws UsageError for a folder that is no run
 * @throws InputError for a run that is being trained
 */
export function removeRuns(paths: readonly string[], { dryRun = false }: { dryRun?: boolean } = {}): void {
  for (const path of paths) {
    if (!isRun(path))
      throw new UsageError(`Expected a run folder to delete, found none at ${path}; nothing was deleted.`);
    if (summarizeRun(path).state === 'running')
      throw new InputError(`${path} is being trained: stop that first; nothing was deleted.`);
  }
  if (!dryRun) for (const path of paths) rmSync(path, { recursive: true });
}
