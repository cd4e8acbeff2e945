import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors';
import type { Module } from '../nn';
import { noGrad, safetensors, scope, scoped } from '../tensor';
import { freshFolder } from './atomic';
import { changedKeys, fingerprint } from './config/fingerprint';
import { withKeysOf, withValuesOf } from './config/keys';
import type { CheckpointSettings } from './fit-options';
import { begunSpan, lengthKeys, requireLonger } from './longer';
import { joinTensors, splitTensors } from './pytree';
import type { RunFolder } from './run';
import { applyPlan, OF_THE_STATE, STATE } from './saving/apply';
import type { CheckpointPlan, FolderTask, StagedFile } from './saving/plan';
import { type LoopState, type SavedState, isBest, readState } from './state';

const OPTIMIZER = 'optimizer.safetensors';

/** The state of the loop and of its log. */
export type Progress = Pick<SavedState, 'loop' | 'logBytes' | 'costs' | 'scaler'>;

/** What state.json says of the files beside it, and the step that they are of. */
export interface SavedParts extends Pick<SavedState, 'optimizer' | 'averages'> {
  readonly step: number;
}

/** Runs `fill`, which writes files into a folder. @returns those of them that are not on disk yet */
export type Fill = (folder: string, fill: () => void | Promise<void>) => Promise<readonly StagedFile[]>;

/**
 * A checkpoint of this moment: `checkpoints/last` with the model by `save`, optimizer.safetensors and state.json, and
 * `checkpoints/best` where it is the best so far.
 * @param saved what `checkpoints/last` has: of a checkpoint of the same step, state.json alone is replaced
 */
export async function planCheckpoint(
  run: RunFolder,
  settings: CheckpointSettings,
  progress: Progress,
  saved: SavedParts | undefined,
  fill: Fill,
): Promise<{ readonly plan: CheckpointPlan; readonly parts: SavedParts }> {
  const { scheduler, span } = settings;
  const state = { ...progress, scheduler: scheduler.stateDict(), span, config: digestOf(settings) };
  const { last, parts } =
    saved?.step === state.loop.step
      ? { last: await stateAlone(run, { ...state, ...partsOf(saved) }), parts: saved }
      : await lastFolder(run, settings, state, fill);
  const { folders, remove } = await bestFolders(run, settings, state.loop, fill);
  return { plan: { folders: [last, ...folders], remove }, parts };
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
    if (run.isWriter) await applyPlan(await bestFolders(run, settings, state.loop, writeNow), []);
  }
  if (run.resumed) run.goOn(settings.config);
  return state;
}

/** A `Fill` whose files go to the disk at once. */
export const writeNow: Fill = async (_, fill) => {
  await fill();
  return [];
};

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
  if (state.config === digest) return;
  const folders = [await stateAlone(run, { ...state, span: settings.span, config: digest })];
  await applyPlan({ folders, remove: [] }, []);
}

/** A digest of all that decides the outcome of a run: configuration and data. */
function digestOf({ config, dataset, freeKeys }: Pick<CheckpointSettings, 'config' | 'dataset' | 'freeKeys'>): string {
  return fingerprint(dataset ? { ...config, dataset } : config, freeKeys);
}

/** The checkpoint that was the last one becomes `checkpoints/previous`: what is resumed from where this one is damaged. */
async function lastFolder(
  run: RunFolder,
  { optimizer, averages, save }: CheckpointSettings,
  state: SavedState,
  fill: Fill,
): Promise<{ last: FolderTask; parts: SavedParts }> {
  const path = run.checkpoint('last');
  const fresh = await freshFolder(path);
  const { skeleton, tensors } = splitTensors(optimizer.stateDict());
  let steps: number | undefined;
  const staged = await fill(fresh, async () => {
    await scope(() => save(fresh));
    safetensors.save(tensors, join(fresh, OPTIMIZER));
    steps = averages?.save(fresh);
  });
  const parts: SavedParts = { step: state.loop.step, averages: steps, optimizer: skeleton };
  const last = { path, previous: run.checkpoint('previous'), staged, state: textOf({ ...state, ...partsOf(parts) }) };
  return { last, parts };
}

function partsOf({ averages, optimizer }: SavedParts): Pick<SavedState, 'averages' | 'optimizer'> {
  return { averages, optimizer };
}

/** Replaces state.json of `checkpoints/last`; the model and the optimizer in it stay. */
async function stateAlone(run: RunFolder, state: SavedState): Promise<FolderTask> {
  const path = run.checkpoint('last');
  await freshFolder(path);
  return { path, staged: [], shared: { from: path, except: OF_THE_STATE }, state: textOf(state) };
}

function textOf(state: SavedState): string {
  return `${JSON.stringify(state, null, 2)}\n`;
}

/** After an evaluation: `checkpoints/best` where it is the best, and with `keep` the folders of those that are among the best. */
async function bestFolders(
  run: RunFolder,
  settings: CheckpointSettings,
  state: LoopState,
  fill: Fill,
): Promise<CheckpointPlan> {
  const kept = (state.top ?? []).map(({ step }) => run.keptCheckpoint(step));
  const own = run.keptCheckpoint(state.step);
  const [first, ...others] = [
    ...(isBest(state) ? [run.checkpoint('best')] : []),
    ...(kept.includes(own) && !existsSync(own) ? [own] : []),
  ];
  const folders = first === undefined ? [] : [await evaluatedFolder(run, settings, first, fill)];
  for (const path of others) {
    await freshFolder(path);
    folders.push({ path, staged: [], shared: { from: first! } });
  }
  return { folders, remove: run.keptCheckpoints().filter((path) => !kept.includes(path)) };
}

/** Makes the checkpoint at `path` what was evaluated in `last`; averages are written as the model is. */
async function evaluatedFolder(
  run: RunFolder,
  { averages, save }: CheckpointSettings,
  path: string,
  fill: Fill,
): Promise<FolderTask> {
  const from = run.checkpoint('last');
  const fresh = await freshFolder(path);
  if (averages === undefined) return { path, staged: [], shared: { from } };
  const staged = await fill(fresh, () => scope(() => averages.during(() => save(fresh))));
  return { path, staged, shared: { from, only: [OPTIMIZER, STATE] } };
}

/**
 * Moves weights that are mapped from a file into memory from libtorch's allocator. Matrix products may round
 * differently for another alignment, and a resumed run has to give the same bits as one that never stopped.
 */
export function cloneParameters<Model extends Module>(model: Model): Model {
  scoped(() => noGrad(() => model.parameters().forEach((parameter) => parameter.assign((tensor) => tensor.clone()))));
  return model;
}
