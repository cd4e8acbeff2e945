import { existsSync, writeFileSync } from 'node:fs';
import { copyFile, link, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors';
import type { Module } from '../nn';
import { noGrad, safetensors, scope, scoped } from '../tensor';
import { replaceFolder } from './atomic';
import { CHECKSUMS, readChecksums, writeChecksums } from './checksums';
import { changedKeys, fingerprint } from './config/fingerprint';
import { withKeysOf, withValuesOf } from './config/keys';
import type { CheckpointSettings } from './fit-options';
import { begunSpan, lengthKeys, requireLonger } from './longer';
import { joinTensors, splitTensors } from './pytree';
import type { RunFolder } from './run';
import { type LoopState, type SavedState, isBest, readState } from './state';

const OPTIMIZER = 'optimizer.safetensors';
const STATE = 'state.json';

/** The state of the loop and of its log, and the step whose weights `checkpoints/last` already has. */
export interface Progress extends Pick<SavedState, 'loop' | 'logBytes' | 'costs' | 'scaler'> {
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
  const { scheduler, span } = settings;
  const state = { ...progress, scheduler: scheduler.stateDict(), span, config: digestOf(settings) };
  if (savedStep === state.loop.step) await saveState(run, state);
  else await saveLast(run, settings, state);
  await keepBest(run, settings, state.loop);
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
    const { optimizer, scheduler, averages } = settings;
    await scope(async () => {
      await settings.load(folder);
      averages?.load(folder, state.averages);
      optimizer.loadStateDict(joinTensors(state.optimizer, safetensors.load(join(folder, OPTIMIZER))) as never);
    });
    scheduler.loadStateDict(state.scheduler as never);
    // A kill between the two halves of saving a new best checkpoint leaves the second half to do.
    await keepBest(run, settings, state.loop);
  }
  if (run.resumed) run.goOn(settings.config);
  return state;
}

/**
 * A run that was begun before a key existed has no such key in config.yaml, nor in the digest of its checkpoint: it is the same
 * run with the key's default. One that is to be longer is the same where its schedule allows it. Its checkpoint is then given
 * the digest of what it goes on with, before config.yaml is.
 */
async function requireSameRun(run: RunFolder, settings: CheckpointSettings, state: SavedState): Promise<void> {
  const begun = run.config;
  const digest = digestOf(settings);
  if (state.config !== digest) {
    const config = withKeysOf(settings.config, begun);
    if (state.config !== digestOf({ ...settings, config: withValuesOf(config, begun, lengthKeys) })) {
      const changed = changedKeys(begun, config, [...settings.freeKeys, ...lengthKeys]);
      const what = changed.length > 0 ? `configuration (${changed.join(', ')})` : 'configuration or its dataset';
      throw new InputError(
        `Cannot resume ${run.path}: its ${what} is no longer what the checkpoint was made with; start a new run.`,
      );
    }
  }
  requireLonger(run.path, settings, state.loop, state.span ?? begunSpan(begun, settings));
  if (state.config !== digest) await saveState(run, { ...state, span: settings.span, config: digest });
}

/** A digest of all that decides the outcome of a run: configuration and data. */
function digestOf({ config, dataset, freeKeys }: Pick<CheckpointSettings, 'config' | 'dataset' | 'freeKeys'>): string {
  return fingerprint(dataset ? { ...config, dataset } : config, freeKeys);
}

/** The checkpoint that was the last one becomes `checkpoints/previous`: what is resumed from where this one is damaged. */
async function saveLast(
  run: RunFolder,
  { optimizer, averages, save }: CheckpointSettings,
  state: SavedState,
): Promise<void> {
  const fill = async (folder: string): Promise<void> => {
    await scope(() => save(folder));
    const { skeleton, tensors } = splitTensors(optimizer.stateDict());
    safetensors.save(tensors, join(folder, OPTIMIZER));
    writeState(folder, { ...state, averages: averages?.save(folder), optimizer: skeleton });
    writeChecksums(folder);
  };
  await replaceFolder(run.checkpoint('last'), fill, run.checkpoint('previous'));
}

/** Replaces state.json of `checkpoints/last`; the model and the optimizer in it stay. */
async function saveState(run: RunFolder, state: SavedState): Promise<void> {
  const last = run.checkpoint('last');
  const { optimizer, averages } = readState(last);
  const known = new Map(readChecksums(last));
  known.delete(STATE);
  await replaceFolder(last, async (folder) => {
    await linkTree(last, folder, [STATE, CHECKSUMS]);
    writeState(folder, { ...state, averages, optimizer });
    writeChecksums(folder, known);
  });
}

function writeState(folder: string, state: SavedState): void {
  writeFileSync(join(folder, STATE), `${JSON.stringify(state, null, 2)}\n`);
}

/** After an evaluation: `checkpoints/best` where it is the best, and with `keep` the folders of those that are among the best. */
async function keepBest(run: RunFolder, settings: CheckpointSettings, state: LoopState): Promise<void> {
  if (isBest(state)) await promoteLast(run, settings, run.checkpoint('best'));
  const kept = new Map((state.top ?? []).map(({ step }) => [run.keptCheckpoint(step), step]));
  for (const [path, step] of kept) if (step === state.step && !existsSync(path)) await promoteLast(run, settings, path);
  for (const path of run.keptCheckpoints()) if (!kept.has(path)) await rm(path, { recursive: true });
}

/**
 * Makes the checkpoint at `path` what was evaluated in `last`. Files of a checkpoint never change once written, so links do
 * where the file system has them, and the copy costs neither time nor space; averages are written as the model is.
 */
async function promoteLast(run: RunFolder, { averages, save }: CheckpointSettings, path: string): Promise<void> {
  const last = run.checkpoint('last');
  await replaceFolder(path, async (folder) => {
    if (averages === undefined) return linkTree(last, folder);
    await scope(() => averages.during(() => save(folder)));
    const known = new Map<string, string>();
    for (const name of [OPTIMIZER, STATE]) {
      await linkFile(join(last, name), join(folder, name));
      const checksum = readChecksums(last).get(name);
      if (checksum !== undefined) known.set(name, checksum);
    }
    writeChecksums(folder, known);
  });
}

async function linkTree(from: string, to: string, except: readonly string[] = []): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (except.includes(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await linkTree(source, target);
    else await linkFile(source, target);
  }
}

async function linkFile(source: string, target: string): Promise<void> {
  await link(source, target).catch(() => copyFile(source, target));
}

/**
 * Moves weights that are mapped from a file into memory from libtorch's allocator. Matrix products may round
 * differently for another alignment, and a resumed run has to give the same bits as one that never stopped.
 */
export function cloneParameters<Model extends Module>(model: Model): Model {
  scoped(() => noGrad(() => model.parameters().forEach((parameter) => parameter.assign((tensor) => tensor.clone()))));
  return model;
}
