import { writeFileSync } from 'node:fs';
import { copyFile, link, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors';
import type { Module } from '../nn';
import { noGrad, safetensors, scope, scoped } from '../tensor';
import { replaceFolder } from './atomic';
import { fingerprint } from './config/fingerprint';
import { withKeysOf } from './config/keys';
import type { CheckpointSettings } from './fit-options';
import { joinTensors, splitTensors } from './pytree';
import type { RunFolder } from './run';
import { type SavedState, isBest, readState } from './state';

const OPTIMIZER = 'optimizer.safetensors';

/** How far the training is: the state of the loop and of its log, and the step whose weights `checkpoints/last` already has. */
export interface Progress extends Pick<SavedState, 'loop' | 'logBytes' | 'costs'> {
  readonly savedStep: number | undefined;
}

/**
 * Writes `checkpoints/last`: the model by `save`, optimizer.safetensors and state.json beside it; and `checkpoints/best` where it
 * is the best so far.
 */
export async function saveCheckpoint(
  run: RunFolder,
  settings: CheckpointSettings,
  { savedStep, ...progress }: Progress,
): Promise<void> {
  const state = { ...progress, scheduler: settings.scheduler.stateDict(), config: digestOf(settings) };
  if (savedStep === state.loop.step) await saveState(run, state);
  else await saveLast(run, settings, state);
  if (isBest(state.loop)) await promoteLast(run);
}

/**
 * Loads `checkpoints/last` into model, optimizer and schedule; config.yaml then says what the run goes on with.
 * @returns the state of the loop, or undefined when the run was stopped before its first checkpoint
 * @throws InputError when configuration or data are not those that the checkpoint was made with
 */
export async function restoreCheckpoint(run: RunFolder, settings: CheckpointSettings): Promise<SavedState | undefined> {
  const folder = run.checkpoint('last');
  const state = run.has('last') ? readState(folder) : undefined;
  if (state) {
    await requireSameRun(run, settings, state);
    const { optimizer, scheduler } = settings;
    await scope(async () => {
      await settings.load(folder);
      optimizer.loadStateDict(joinTensors(state.optimizer, safetensors.load(join(folder, OPTIMIZER))) as never);
    });
    scheduler.loadStateDict(state.scheduler as never);
    // A kill between the two halves of saving a new best checkpoint leaves the second half to do.
    if (isBest(state.loop)) await promoteLast(run);
  }
  if (run.resumed) run.replaceConfig(settings.config);
  return state;
}

/**
 * A run that was begun before a key existed has no such key in config.yaml, nor in the digest of its checkpoint. It is the same
 * run with the key's default; its checkpoint is then given the digest with the key, before config.yaml is.
 */
async function requireSameRun(run: RunFolder, settings: CheckpointSettings, state: SavedState): Promise<void> {
  const digest = digestOf(settings);
  if (state.config === digest) return;
  const { config } = settings;
  if (state.config !== digestOf({ ...settings, config: withKeysOf(config, run.config) }))
    throw new InputError(
      `Cannot resume ${run.path}: its configuration or its dataset is no longer what the checkpoint was made with; start a new run.`,
    );
  await saveState(run, { ...state, config: digest });
}

/** A digest of all that decides the outcome of a run: configuration and data. */
function digestOf({ config, dataset, freeKeys }: Pick<CheckpointSettings, 'config' | 'dataset' | 'freeKeys'>): string {
  return fingerprint(dataset ? { ...config, dataset } : config, freeKeys);
}

async function saveLast(run: RunFolder, { optimizer, save }: CheckpointSettings, state: SavedState): Promise<void> {
  await replaceFolder(run.checkpoint('last'), async (folder) => {
    await scope(() => save(folder));
    const { skeleton, tensors } = splitTensors(optimizer.stateDict());
    safetensors.save(tensors, join(folder, OPTIMIZER));
    writeFileSync(join(folder, 'state.json'), `${JSON.stringify({ ...state, optimizer: skeleton }, null, 2)}\n`);
  });
}

/** Gives `checkpoints/last` another state of the loop; model and optimizer are those that it has. */
async function saveState(run: RunFolder, state: SavedState): Promise<void> {
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
async function promoteLast(run: RunFolder): Promise<void> {
  await replaceFolder(run.checkpoint('best'), (folder) => linkTree(run.checkpoint('last'), folder));
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

/**
 * Moves weights that are mapped from a file into memory from libtorch's allocator. Matrix products may round
 * differently for another alignment, and a resumed run has to give the same bits as one that never stopped.
 */
export function cloneParameters<Model extends Module>(model: Model): Model {
  scoped(() => noGrad(() => model.parameters().forEach((parameter) => parameter.assign((tensor) => tensor.clone()))));
  return model;
}
