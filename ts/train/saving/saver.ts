import { mkdir, rm } from 'node:fs/promises';
import { capturingFiles } from '../../native/replace-file';
import { isError } from '../../native/realm';
import { scoped } from '../../tensor';
import { planCheckpoint, type Progress, restoreCheckpoint, type SavedParts, writeNow } from '../checkpoint';
import type { CheckpointSettings, FitSettings } from '../fit-options';
import { splitTensors } from '../pytree';
import type { RunFolder } from '../run';
import type { SavedState } from '../state';
import { applyPlan } from './apply';
import type { StagedFile } from './plan';
import { blockSize, LARGEST_BLOCK, Staging } from './staging';
import { CheckpointWriter } from './writer';

type Settings = CheckpointSettings & Pick<FitSettings<never>, 'model' | 'plan'>;

/** A checkpoint that was taken, and that is on disk once `done` fulfils. */
interface Taken {
  readonly step: number;
  readonly done: Promise<void>;
  isDone: boolean;
}

/**
 * Takes the checkpoints of a training. Their files are copied into memory while the training waits, and another thread brings them
 * to the disk while it goes on; at most one is on the way. Where that is switched off or fails, the training waits for the disk.
 */
export class CheckpointSaver {
  readonly #run: RunFolder;
  readonly #settings: Settings;
  readonly #warn: (message: string) => void;
  readonly #memory = new Staging();
  #isBeside: boolean;
  #writer: CheckpointWriter | undefined;
  /** Settles once the memory that was asked for in advance is there; undefined before it is asked for. */
  #reserved: Promise<void> | undefined;
  /** What `checkpoints/last` holds, or will. */
  #saved: SavedParts | undefined;
  #taken: Taken | undefined;

  /** @param warn says why the training waits for the disk from now on */
  constructor(run: RunFolder, settings: Settings, warn: (message: string) => void) {
    this.#run = run;
    this.#settings = settings;
    this.#warn = warn;
    this.#isBeside = settings.plan.asyncCheckpoint;
  }

  /** As `restoreCheckpoint`. */
  async restore(): Promise<SavedState | undefined> {
    const state = await restoreCheckpoint(this.#run, this.#settings);
    this.#saved = state && { step: state.loop.step, optimizer: state.optimizer, averages: state.averages };
    return state;
  }

  /**
   * Takes a checkpoint; the one before it has been waited for.
   * @throws InputError when the system refuses to write, unless that shows later: see `settled`
   */
  async save(progress: Progress): Promise<void> {
    await this.#reserved;
    const { plan, parts } = await planCheckpoint(this.#run, this.#settings, progress, this.#saved, (folder, fill) =>
      this.#isBeside ? this.#stage(folder, fill) : writeNow(folder, fill),
    );
    const writer = this.#thread();
    const buffers = this.#memory.buffers;
    const done = writer ? writer.write(plan, buffers) : applyPlan(plan, buffers);
    const taken: Taken = { step: progress.loop.step, done, isDone: false };
    this.#saved = parts;
    this.#taken = taken;
    done.then(
      () => (taken.isDone = true),
      () => (taken.isDone = true),
    );
    if (!writer) await done;
  }

  /** Whether there is a checkpoint that has come to the disk, or failed to, since `settled` told of one. */
  get isSettled(): boolean {
    return this.#taken?.isDone === true;
  }

  /**
   * Waits until the checkpoint that was taken last is on disk.
   * @returns its step; undefined where that was told before
   * @throws InputError when the system refuses to write
   */
  async settled(): Promise<number | undefined> {
    const taken = this.#taken;
    if (taken === undefined) return undefined;
    try {
      await taken.done;
    } finally {
      this.#taken = undefined;
      this.#memory.clear();
    }
    return taken.step;
  }

  /** Has memory for what a checkpoint will hold made ready, so that the first one takes no longer than others. */
  reserve(): void {
    if (this.#reserved !== undefined || !this.#isBeside) return;
    const bytes = this.#estimate();
    // Less is there at once.
    const sizes: number[] = [];
    for (let left = bytes < LARGEST_BLOCK ? 0 : bytes; left > 0; left -= sizes.at(-1)!) sizes.push(blockSize(left));
    const blocks = sizes.length === 0 ? undefined : this.#thread()?.reserve(sizes);
    this.#reserved = Promise.resolve(blocks).then(
      (made = []) => made.forEach((block) => this.#memory.add(block)),
      () => {}, // then the first checkpoint allocates it
    );
  }

  /** Waits for what is on the way, whether it fails or not, and gives thread and memory back. */
  async close(): Promise<void> {
    await this.#taken?.done.catch(() => {});
    await this.#reserved;
    this.#writer?.release();
    this.#writer = undefined;
    this.#memory.dispose();
  }

  /** Bytes of weights, averages and the optimizer's state; what else `save` writes is taken for little. */
  #estimate(): number {
    const { model, optimizer, averages } = this.#settings;
    return scoped(() => {
      const bytesOf = (tree: unknown) =>
        Object.values(splitTensors(tree).tensors).reduce((sum, { nbytes }) => sum + nbytes, 0);
      return bytesOf(model.stateDict()) * (averages ? 2 : 1) + bytesOf(optimizer.stateDict());
    });
  }

  async #stage(folder: string, fill: () => void | Promise<void>): Promise<readonly StagedFile[]> {
    const files = new Map<string, StagedFile>();
    try {
      await capturingFiles(folder, this.#memory.captureInto(folder, files), fill);
      return [...files.values()];
    } catch (error) {
      // Once more as if there were no thread: `save` may read what it has written, or there is no memory for a copy.
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      await fill();
      this.#waitFromNowOn(error);
      return [];
    }
  }

  /** The thread that writes; undefined where the training waits for the disk. */
  #thread(): CheckpointWriter | undefined {
    if (!this.#isBeside) return undefined;
    try {
      return (this.#writer ??= CheckpointWriter.take());
    } catch (error) {
      this.#waitFromNowOn(error);
      return undefined;
    }
  }

  #waitFromNowOn(error: unknown): void {
    this.#isBeside = false;
    const reason = (isError(error) ? error.message : String(error)).replace(/\.$/, '');
    this.#warn(`Checkpoints are written while the training waits, not beside it: ${reason}.`);
  }
}
