/** What stands in for the files of a run in the processes that write none. */
import { restoreCheckpoint } from '../checkpoint';
import type { MetricsFile } from '../metrics-logger';
import type { RunFolder } from '../run';
import type { CheckpointSaver } from '../saving/saver';
import type { SavedState } from '../state';

/** Takes lines and keeps none. */
export const noLog: Pick<MetricsFile, 'append' | 'flush' | 'truncate' | 'close'> = {
  append: () => {},
  flush: () => 0,
  truncate: () => {},
  close: () => {},
};

/** Goes on from the checkpoint that the first process has written, and writes none. */
export class FollowingSaver implements Pick<
  CheckpointSaver,
  'restore' | 'save' | 'isSettled' | 'settled' | 'reserve' | 'close'
> {
  readonly isSettled = false;
  readonly #run: RunFolder;
  readonly #settings: Parameters<typeof restoreCheckpoint>[1];

  constructor(run: RunFolder, settings: Parameters<typeof restoreCheckpoint>[1]) {
    this.#run = run;
    this.#settings = settings;
  }

  restore(): Promise<SavedState | undefined> {
    return restoreCheckpoint(this.#run, this.#settings);
  }

  async save(): Promise<void> {}

  async settled(): Promise<undefined> {}

  reserve(): void {}

  async close(): Promise<void> {}
}
