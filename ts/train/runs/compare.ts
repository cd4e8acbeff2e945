import { type ConfigValue, leaves } from '../config/keys';
import { configOf, isBetter, type RunSummary } from './summary';

/** A key of the configuration, and what each run has there; undefined where a run has no such key. */
export interface KeyDifference {
  readonly key: string;
  readonly values: readonly (ConfigValue | undefined)[];
}

/** Where the configurations of runs differ, in the order of the first one that has the key. */
export function configDifferences(runs: readonly RunSummary[]): KeyDifference[] {
  const configs = runs.map(({ path }) => new Map(leaves(configOf(path))));
  const keys = new Set(configs.flatMap((config) => [...config.keys()]));
  return [...keys]
    .map((key) => ({ key, values: configs.map((config) => config.get(key)) }))
    .filter(({ values }) => new Set(values.map((value) => JSON.stringify(value))).size > 1);
}

/** The run with the best evaluation; undefined where none has one. Runs that go by another metric than the first do not count. */
export function bestRun(runs: readonly RunSummary[]): RunSummary | undefined {
  const scored = runs.filter(({ best }) => best !== null);
  const score = scored[0]?.score;
  const comparable = scored.filter((run) => run.score?.name === score?.name);
  return comparable.reduce<RunSummary | undefined>(
    (best, run) => (!best || isBetter(run.best!.value, best.best!.value, score!.mode) ? run : best),
    undefined,
  );
}
