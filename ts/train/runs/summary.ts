/** Finished, stopped and running trainings, as their folders tell of them: config.yaml, run.json, metrics.jsonl. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { InputError } from '../../errors';
import { isLocked } from '../../native/lock';
import type { ConfigTree } from '../config/keys';
import { readConfigFile } from '../config/files';
import { type MetricsEntry, readMetricsLog } from '../metrics-logger';
import { readRunFile } from '../reproduce/run-file';
import { isRun, RUN_LOCK } from '../run';

/** The metric by which runs are compared, and whether more of it is better. */
export interface Score {
  readonly name: string;
  readonly mode: 'min' | 'max';
}

/** One evaluation of a run. */
export interface ScoredStep {
  readonly value: number;
  readonly epoch: number;
  readonly step: number;
}

/** What a run folder tells. */
export interface RunSummary {
  readonly path: string;
  /** Its path below the folder that was searched. */
  readonly name: string;
  readonly state: 'finished' | 'running' | 'stopped';
  /** When its first session began, as in ISO 8601; null where an earlier version trained it. */
  readonly began: string | null;
  /** Epochs and optimizer steps that are logged. */
  readonly epoch: number;
  readonly step: number;
  /** Training time. */
  readonly seconds: number;
  /** The loss of the last logged steps; null before the first. */
  readonly loss: number | null;
  /** What the run itself goes by, or was asked for; null where it has not evaluated yet. */
  readonly score: Score | null;
  /** The best evaluation by it. */
  readonly best: ScoredStep | null;
}

/** How deep below a folder runs are looked for. */
const DEPTH = 4;

/** The run folders in a folder, at most four levels down, by their names; the folder itself where it is a run. @throws InputError when it does not exist */
export function findRuns(folder: string): string[] {
  if (!existsSync(folder)) throw new InputError(`Expected a folder of runs at ${folder}, found nothing.`);
  const search = (path: string, depth: number): string[] => {
    if (isRun(path)) return [path];
    if (depth === 0) return [];
    const folders = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return folders
      .map(({ name }) => name)
      .sort()
      .flatMap((name) => search(join(path, name), depth - 1));
  };
  return search(folder, DEPTH);
}

/** @param score the metric to judge by; less loss is better, and more of all else, unless it says so @param root what the run's name is relative to */
export function summarizeRun(
  path: string,
  { score, root }: { score?: Pick<Score, 'name'> & Partial<Score>; root?: string } = {},
): RunSummary {
  const log = readMetricsLog(join(path, 'metrics.jsonl'));
  const evaluations = log.filter(({ kind }) => kind === 'val');
  const last = log.at(-1);
  const loss = log.findLast(({ kind }) => kind === 'train')?.['loss'];
  const own = score ? { mode: usualMode(score.name), ...score } : scoreOf(path, evaluations);
  const name = root === undefined ? path : relative(root, path);
  return {
    path,
    name: name === '' ? basename(path) : name,
    state: stateOf(path),
    began: readRunFile(path)?.sessions[0]?.began ?? null,
    epoch: last?.epoch ?? 0,
    step: last?.step ?? 0,
    seconds: last?.seconds ?? 0,
    loss: typeof loss === 'number' ? loss : null,
    score: own,
    best: own && bestOf(evaluations, own),
  };
}

/** The configuration that a run was trained with. */
export function configOf(path: string): ConfigTree {
  return readConfigFile(join(path, 'config.yaml'));
}

/** The better of two values. */
export function isBetter(value: number, other: number, mode: Score['mode']): boolean {
  return mode === 'max' ? value > other : value < other;
}

/** How a metric is judged when nobody says: less loss is better, more of all else. */
function usualMode(metric: string): Score['mode'] {
  return /loss|error/i.test(metric) ? 'min' : 'max';
}

function stateOf(path: string): RunSummary['state'] {
  if (existsSync(join(path, 'metrics.json'))) return 'finished';
  return isLocked(join(path, RUN_LOCK)) ? 'running' : 'stopped';
}

/** What run.json says; else what the first evaluation has beside its loss, which is what the tasks choose by. */
function scoreOf(path: string, evaluations: readonly MetricsEntry[]): Score | null {
  const written = readRunFile(path)?.score;
  if (written) return written;
  const [first] = evaluations;
  if (!first) return null;
  const metrics = Object.keys(first).filter((key) => !['kind', 'epoch', 'step', 'seconds'].includes(key));
  const name = ['meanAccuracy', 'AP50'].find((key) => metrics.includes(key)) ?? metrics[0];
  return name === undefined ? null : { name, mode: usualMode(name) };
}

/** The best evaluation among lines of a log; null where none has that metric. */
export function bestOf(evaluations: readonly MetricsEntry[], { name, mode }: Score): ScoredStep | null {
  let best: ScoredStep | null = null;
  for (const { epoch, step, [name]: value } of evaluations) {
    if (typeof value === 'number' && (best === null || isBetter(value, best.value, mode)))
      best = { value, epoch, step };
  }
  return best;
}
