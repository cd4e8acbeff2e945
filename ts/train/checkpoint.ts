import { writeFileSync } from 'node:fs';
import { copyFile, link, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { safetensors, scope } from '../tensor';
import { replaceFolder } from './atomic';
import type { TrainOptimizer, TrainParts } from './types';
import type { RunFolder } from './run';
import { type SavedState, readState } from './state';
import { joinTensors, splitTensors } from './pytree';

const OPTIMIZER = 'optimizer.safetensors';

/** Writes `checkpoints/last`: the model by `save`, optimizer.safetensors and state.json beside it. */
export async function saveLast(
  run: RunFolder,
  parts: Pick<TrainParts<never>, 'save' | 'optimizer'>,
  state: SavedState,
): Promise<void> {
  await replaceFolder(run.checkpoint('last'), async (folder) => {
    await scope(() => parts.save(folder));
    const { skeleton, tensors } = splitTensors(parts.optimizer.stateDict());
    safetensors.save(tensors, join(folder, OPTIMIZER));
    writeFileSync(join(folder, 'state.json'), `${JSON.stringify({ ...state, optimizer: skeleton }, null, 2)}\n`);
  });
}

/** Gives `checkpoints/last` another state of the loop; model and optimizer are those that it has. */
export async function saveState(run: RunFolder, state: SavedState): Promise<void> {
  const last = run.checkpoint('last');
  const { optimizer } = readState(last);
  await replaceFolder(last, async (folder) => {
    await linkTree(last, folder, ['state.json']);
    writeFileSync(join(folder, 'state.json'), `${JSON.stringify({ ...state, optimizer }, null, 2)}\n`);
  });
}

/**
 * Makes `checkpoints/best` the same as `last`. Files of a checkpoint never change once written, so links do
 * where the file system has them, and the copy costs neither time nor space.
 */
export async function promoteLast(run: RunFolder): Promise<void> {
  await replaceFolder(run.checkpoint('best'), (folder) => linkTree(run.checkpoint('last'), folder));
}

/** The state in `checkpoints/last`, or undefined when the run was stopped before its first checkpoint. */
export function lastState(run: RunFolder): SavedState | undefined {
  return run.has('last') ? readState(run.checkpoint('last')) : undefined;
}

/** Loads the optimizer's part of `checkpoints/last`. */
export function restoreOptimizer(run: RunFolder, optimizer: TrainOptimizer): void {
  const folder = run.checkpoint('last');
  const { optimizer: skeleton } = readState(folder);
  scope(() => optimizer.loadStateDict(joinTensors(skeleton, safetensors.load(join(folder, OPTIMIZER))) as never));
}

async function linkTree(from: string, to: string, except: readonly string[] = []): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (except.includes(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await linkTree(source, target);
    else await link(source, target).catch(() => copyFile(source, target));
  }
}
