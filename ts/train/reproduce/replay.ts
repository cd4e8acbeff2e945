/** Trains a finished run again from its config.yaml, and says whether it ends with the same bits. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, UsageError } from '../../errors';
import { getNumThreads, setNumThreads } from '../../tensor';
import { type ConfigTree, isGroup } from '../config/keys';
import { readConfigFile } from '../config/files';
import type { ConfigSources } from '../config/resolve';
import { TrainControls } from '../controls';
import { readLearningRateChanges } from '../learning-rate-changes';
import { isRun, readFinalMetrics } from '../run';
import type { TrainOptions, TrainResult } from '../with-run';
import { type Comparison, compareRuns } from './compare';
import type { Conditions } from './conditions';
import { readRunFile, type Session } from './run-file';

export interface ReplayOptions extends Pick<TrainOptions<never>, 'signal' | 'listener' | 'onEvent'> {
  /** The folder of the second run; absent or empty. @default the first one's, with `-replay` behind it */
  readonly target?: string;
}

/** A condition that is not what it was; null for what is not known. */
export interface ConditionDifference {
  readonly name: string;
  readonly then: string | number | null;
  readonly now: string | number | null;
}

/** What came of a replay. */
export interface Replay {
  readonly run: string;
  readonly target: string;
  readonly outcome: TrainResult<unknown>['outcome'];
  /** Null where the second run did not come to its end. */
  readonly comparison: Comparison | null;
  /** What else is different: versions, machine, threads and data of which the bits depend. */
  readonly differences: readonly ConditionDifference[];
  /** What may matter though no bit depends on it by itself, and what is not known. */
  readonly notes: readonly string[];
}

/** How a task trains. */
export interface ReplayedTask<Config extends ConfigTree> {
  readonly resolve: (sources: ConfigSources) => Config;
  readonly train: (options: TrainOptions<Config>) => Promise<TrainResult<unknown>>;
}

/**
 * Trains the run in `path` again into another folder, with the number of threads that it had, and compares.
 * @throws UsageError when there is no run
 * @throws InputError when it is not finished
 */
export async function replayRun<Config extends ConfigTree>(
  path: string,
  { resolve, train }: ReplayedTask<Config>,
  { target = `${path}-replay`, ...options }: ReplayOptions = {},
): Promise<Replay> {
  if (!isRun(path)) throw new UsageError(`Expected a run folder to train again, found none at ${path}.`);
  if (readFinalMetrics(path) === undefined)
    throw new InputError(`The run ${path} is not finished: finish it by the option resume, then train it again.`);
  if (existsSync(join(target, 'config.yaml')))
    throw new UsageError(`${target} already holds a run; name another folder for the second one by the option run.`);
  const sessions = readRunFile(path)?.sessions ?? [];
  const threads = getNumThreads();
  setNumThreads(sessions.at(-1)?.threads ?? threads);
  try {
    const controls = new TrainControls({ learningRate: readLearningRateChanges(path) });
    const config = replayed(resolve, path, sessions.at(-1));
    const { outcome } = await train({ ...options, run: target, config, controls });
    const isWhole = readFinalMetrics(target) !== undefined;
    const differences = isWhole ? conditionDifferences(path, target) : [];
    const comparison = isWhole ? compareRuns(path, target) : null;
    return { run: path, target, outcome, comparison, differences, notes: notesOn(sessions) };
  } finally {
    setNumThreads(threads);
  }
}

/** The configuration of the run, on the device that `auto` meant then, and told to nobody. */
function replayed<Config extends ConfigTree>(
  resolve: ReplayedTask<Config>['resolve'],
  path: string,
  session: Session | undefined,
): Config {
  const base = readConfigFile(join(path, 'config.yaml'));
  const device = base['device'] === 'auto' && session?.device === 'cpu' ? 'cpu' : (base['device'] ?? 'auto');
  const tracking = isGroup(base['tracking']) ? base['tracking'] : {};
  return resolve({ base: { ...base, device, tracking: { ...tracking, tensorboard: false, mlflow: false } } });
}

/** The conditions of which bits depend. */
const DECIDING = [
  'torchts',
  'libtorch',
  'platform',
  'processor',
  'capability',
  'threads',
  'processes',
  'device',
  'gpu',
] as const satisfies readonly (keyof Conditions)[];

function conditionDifferences(path: string, target: string): ConditionDifference[] {
  const [then, now] = [readRunFile(path), readRunFile(target)];
  const [first, second] = [then?.sessions.at(-1), now?.sessions.at(-1)];
  if (!then || !now || !first || !second) return [];
  const differing = DECIDING.filter((name) => first[name] !== second[name]);
  const data = JSON.stringify(then.dataset) === JSON.stringify(now.dataset);
  return [
    ...differing.map((name) => ({ name, then: first[name] ?? null, now: second[name] ?? null })),
    ...(data ? [] : [{ name: 'dataset', then: digest(then.dataset), now: digest(now.dataset) }]),
  ];
}

function digest(dataset: ConfigTree | null): string | null {
  return (
    dataset &&
    Object.entries(dataset)
      .map(([key, value]) => `${key} ${shortened(JSON.stringify(value))}`)
      .join(', ')
  );
}

function shortened(text: string): string {
  return text.length > 12 ? `${text.slice(0, 12)}…` : text;
}

function notesOn(sessions: readonly Session[]): string[] {
  const [first] = sessions;
  if (!first) return ['The run has no run.json, so what it ran under is not known.'];
  const mixed = DECIDING.filter((name) => sessions.some((session) => session[name] !== first[name]));
  const last = sessions.at(-1)!;
  return [
    ...(mixed.length > 0 ? [`The run went on under other conditions than it began with: ${mixed.join(', ')}.`] : []),
    ...(last.git?.clean === false
      ? [`The code had changes that are not in its revision, ${last.git.revision.slice(0, 12)}.`]
      : []),
  ];
}
