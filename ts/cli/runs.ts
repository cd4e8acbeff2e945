import { type Command, Option } from 'commander';
import { UsageError } from '../errors';
import type { KeyDifference } from '../train/runs/compare';
import type { RunSummary } from '../train/runs/summary';
import { addServe } from './serve-runs';
import { print, printJson } from './output';
import { duration } from './progress';
import { type Cell, textTable } from './table';

interface Flags {
  readonly metric?: string;
  readonly mode?: 'min' | 'max';
  readonly json?: boolean;
}

/** Where the tasks put their runs. */
const FOLDER = 'models';

/**
 * Adds `runs` to the program: what run folders tell, without training. What reads them is loaded when it is asked for, since
 * `torchts setup` runs where little else of torchts does.
 */
export function addRuns(program: Command): void {
  const runs = program.command('runs').description('finished and running trainings of a folder');
  withMetric(runs.command('list'))
    .description('a line a run: how far it is, and its best evaluation')
    .argument('[folder]', 'folder of runs', FOLDER)
    .option('--json', 'print the runs as one JSON array')
    .action((folder: string, flags: Flags) => show(summaries([folder], flags), flags, listed));
  withMetric(runs.command('compare'))
    .description('what runs were trained with where that differs, and what came of it')
    .argument('<runs...>', 'run folders, or folders of runs')
    .option('--json', 'print runs and differences as one JSON object')
    .action((paths: string[], flags: Flags) => {
      const found = summaries(paths, flags);
      const { configDifferences } = require('../train/runs/compare') as typeof import('../train/runs/compare');
      const differences = configDifferences(found);
      show({ runs: found, differences }, flags, () => compared(found, differences));
    });
  withMetric(runs.command('best'))
    .description('the path of the run with the best evaluation')
    .argument('[folder]', 'folder of runs', FOLDER)
    .option('--json', 'print the run as one JSON object')
    .action((folder: string, flags: Flags) => {
      const { bestRun } = require('../train/runs/compare') as typeof import('../train/runs/compare');
      const best = bestRun(requireOneMetric(summaries([folder], flags)));
      if (!best) throw new UsageError(`No run in ${folder} has an evaluation${ofMetric(flags)} yet.`);
      show(best, flags, ({ path }) => path);
    });
  addServe(runs);
  runs
    .command('rm')
    .description('delete run folders; one that is being trained is left alone')
    .argument('<runs...>', 'run folders')
    .option('--dry-run', 'say what would be deleted, and delete nothing')
    .action((paths: string[], { dryRun = false }: { dryRun?: boolean }) => {
      const { removeRuns } = require('../train/runs/remove') as typeof import('../train/runs/remove');
      removeRuns(paths, { dryRun });
      for (const path of paths) print(`${path} ${dryRun ? 'would be deleted' : 'deleted'}`);
    });
}

function withMetric(command: Command): Command {
  return command
    .option('--metric <name>', 'judge by this metric of the evaluations (default: the one that each run went by)')
    .addOption(new Option('--mode <which>', 'whether less or more of it is better').choices(['min', 'max']));
}

function show<T>(value: T, { json }: Flags, text: (value: T) => string): void {
  if (json) printJson(value);
  else print(text(value));
}

function summaries(folders: readonly string[], { metric, mode }: Flags): RunSummary[] {
  if (mode !== undefined && metric === undefined)
    throw new UsageError('Expected the option metric beside the option mode, found mode alone.');
  const { findRuns, summarizeRun } = require('../train/runs/summary') as typeof import('../train/runs/summary');
  const score = metric === undefined ? undefined : { name: metric, ...(mode && { mode }) };
  const found = folders.flatMap((folder) =>
    findRuns(folder).map((path) => summarizeRun(path, { score, root: folder })),
  );
  if (found.length === 0) throw new UsageError(`Expected runs in ${folders.join(', ')}, found none.`);
  // A run that was named by itself keeps its path, for there may be others.
  return found.map((run) => (folders.length > 1 ? { ...run, name: run.path } : run));
}

/** @throws UsageError when the runs went by several metrics */
function requireOneMetric(runs: readonly RunSummary[]): readonly RunSummary[] {
  const names = new Set(runs.flatMap(({ score, best }) => (score && best ? [score.name] : [])));
  if (names.size > 1)
    throw new UsageError(`The runs go by ${[...names].join(' and ')}: choose one by the option metric.`);
  return runs;
}

function ofMetric({ metric }: Flags): string {
  return metric === undefined ? '' : ` with ${metric}`;
}

function listed(runs: readonly RunSummary[]): string {
  const head = ['run', 'state', 'epoch', 'step', 'time', 'loss', 'metric', 'best', 'at step'];
  return textTable([head, ...runs.map((run) => [run.name, ...cellsOf(run)])]);
}

function cellsOf({ state, epoch, step, seconds, loss, score, best }: RunSummary): Cell[] {
  return [
    state,
    epoch,
    step,
    duration(seconds),
    loss === null ? '–' : loss.toFixed(4),
    score?.name ?? '–',
    best ? best.value.toFixed(4) : '–',
    best?.step ?? '–',
  ];
}

/** A column a run; the rows are the keys that differ, and what came of it. */
function compared(runs: readonly RunSummary[], differences: readonly KeyDifference[]): string {
  const names = ['state', 'epoch', 'step', 'time', 'loss', 'metric', 'best', 'at step'];
  const outcomes = runs.map(cellsOf);
  return textTable([
    ['', ...runs.map(({ name }) => name)],
    ...differences.map(({ key, values }) => [key, ...values.map((value) => JSON.stringify(value) ?? '–')]),
    ...names.map((name, row) => [name, ...outcomes.map((cells) => cells[row]!)]),
  ]);
}
