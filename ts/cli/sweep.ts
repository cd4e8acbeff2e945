import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../errors';
import { readConfigFile } from '../train/config/files';
import { type ConfigTree, leaves, nearestKey } from '../train/config/keys';
import { jsonSchemaOf } from '../train/config/json-schema';
import { resolveConfig } from '../train/config/resolve';
import type { TrialEntry } from '../train/sweep/journal';
import { type SweepFile, sweepFileSchema } from '../train/sweep/file-schema';
import type { SweepEvent, SweepResult } from '../train/sweep/sweep';
import { collect, positiveInteger } from './arguments';
import { interruptible } from './interrupt';
import { print, printJson } from './output';
import { duration } from './progress';
import { ensureReady } from './setup';
import { trialRunner } from './sweep-trial';
import { textTable } from './table';
import { terminal } from './terminal';
import type { TrainCommand } from './train';

interface Flags {
  readonly folder?: string;
  readonly resume?: boolean;
  readonly parallel?: number;
  readonly devices?: string[];
  readonly data?: string;
  readonly set?: string[];
  readonly trials?: number;
  readonly json?: boolean;
  readonly printSchema?: boolean;
}

const HELP = `
The file says what is searched:

  preset: tiny                                         # what all trials begin with
  config: { epochs: 4 }                                # over it, keys of the configuration
  parameters:                                          # keys of the configuration, too
    optimizer.lr: { min: 1e-4, max: 1e-2, scale: log }
    batchSize: [32, 64]
    model.numHiddenLayers: { min: 2, max: 6, step: 1 }
  method: random                                       # or grid, or tpe
  trials: 20
  halving: { min: 1, factor: 3 }                       # one of three trials goes on after 1 epoch, and of these after 3

Each trial is a training in a process of its own, with a run folder in <folder>/trials. The folder gets sweep.yaml, trials.jsonl
(a line for each begin and end of a trial), report.html and report.json. A trial that fails is written down, and the others go on.

Ctrl-C once, or SIGTERM, lets the trials that run save and stop; --resume goes on with them.

Exit codes: 0 done, 1 failed, or no trial has a metric, 2 wrong use, 130 stopped.`;

/** Adds `sweep` to the program of a task. @param metric what its runs are judged by; more of it is better */
export function addSweep<Config extends ConfigTree, Final>(
  program: Command,
  command: TrainCommand<Config, Final>,
  metric: string,
): void {
  program
    .command('sweep')
    .summary('train with many configurations, and find the best')
    .description('Trains with many configurations and finds the best: a grid, at random, or by the trials so far.')
    .argument('[sweep.yaml]', 'what is searched; with --resume that of the folder')
    .option('--folder <folder>', `where the sweep goes (default: models/${command.task}-sweep)`)
    .option('--resume', 'go on with the sweep in --folder')
    .option('--parallel <n>', 'trials that run at a time (default: one for each of --devices)', positiveInteger)
    .option('--devices <names>', 'devices that trials take turns on, such as cuda:0,cuda:1', deviceList)
    .option('--data <folder>', command.dataHint)
    .option('--set <key=value>', 'a value for all trials, such as epochs=3; may be repeated', collect)
    .option('--trials <n>', 'trials in all; a sweep that goes on may be given more', positiveInteger)
    .option('--json', 'print trials and the best one as JSON')
    .option('--print-schema', 'print the JSON schema of the file, for editors, and stop')
    .addHelpText(
      'after',
      `${HELP}\n\n  ${command.task} sweep sweep.yaml --folder models/sweep\n  ${command.task} sweep --resume --folder models/sweep`,
    )
    .action((file: string | undefined, flags: Flags) => new SweepAction(command, metric, flags).run(file));
}

function deviceList(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === ''))
    throw new InvalidArgumentError('Expected names of devices with commas between.');
  return names;
}

/** One call of `sweep`. */
class SweepAction<Config extends ConfigTree, Final> {
  readonly #command: TrainCommand<Config, Final>;
  readonly #metric: string;
  readonly #flags: Flags;

  constructor(command: TrainCommand<Config, Final>, metric: string, flags: Flags) {
    this.#command = command;
    this.#metric = metric;
    this.#flags = flags;
  }

  async run(file: string | undefined): Promise<void> {
    const { json, printSchema, resume = false } = this.#flags;
    const { task, presets } = this.#command;
    const { schema, described } = sweepFileSchema(Object.keys(presets));
    if (printSchema) {
      print(JSON.stringify(jsonSchemaOf(described, `sweep of ${task}`), null, 2));
      return;
    }
    const folder = this.#flags.folder ?? join('models', `${task}-sweep`);
    const settings = resolveConfig(schema, { base: {}, file: sourceOf(file, folder, resume) });
    const config = this.#base(settings);
    this.#requireKeys(settings, config);
    await ensureReady();
    const { outcome, trials, best } = await this.#search(settings, config, folder);
    const { metric = this.#metric } = settings;
    if (json) printJson({ outcome, best, trials });
    else print(summaryOf(trials, best, metric, folder, task));
    process.exitCode = outcome === 'interrupted' ? 130 : best ? 0 : 1;
  }

  /** What all trials have in common. */
  #base({ preset, config }: SweepFile): Config {
    const { data, set = [] } = this.#flags;
    const name = preset ?? this.#command.usualPreset(data, false);
    const base = { ...this.#command.presets[name]! };
    const assignments = [
      ...leaves(config).map(([key, value]) => `${key}=${JSON.stringify(value)}`),
      ...set,
      ...(data === undefined ? [] : [`data.folder=${JSON.stringify(data)}`]),
    ];
    return this.#command.resolve({ base, set: assignments });
  }

  /** Keys and ends of ranges are judged before the first trial, not by the one that draws them. */
  #requireKeys({ parameters }: SweepFile, config: Config): void {
    const keys = leaves(config).map(([key]) => key);
    for (const [key, given] of Object.entries(parameters)) {
      if (!keys.includes(key)) {
        const nearest = nearestKey(key, keys);
        const hint = nearest ? `did you mean "${nearest}"?` : `the keys are ${keys.join(', ')}.`;
        throw new UsageError(`parameters: there is no key "${key}"; ${hint}`);
      }
      for (const value of endsOf(given))
        this.#command.resolve({ base: config, set: [`${key}=${JSON.stringify(value)}`] });
    }
  }

  async #search(settings: SweepFile, config: Config, folder: string): Promise<SweepResult> {
    const { sweep } = require('../train/sweep/sweep') as typeof import('../train/sweep/sweep');
    const { metric = this.#metric, mode = usualMode(metric), preset: _, config: __, halving, ...rest } = settings;
    const { devices, resume = false, trials = settings.trials } = this.#flags;
    const { parallel = devices?.length ?? 1 } = this.#flags;
    const epochs = Number(config['epochs']);
    const threads = Math.max(1, Math.floor(availableParallelism() / parallel));
    const { signal, stop } = interruptible((reason) =>
      terminal.say(`${reason}: the trials that run save what there is and stop; once more stops at once`),
    );
    try {
      return await sweep({
        ...rest,
        ...{ folder, metric, mode, trials, parallel, resume, signal, config },
        halving: halving && { max: epochs, ...halving },
        run: trialRunner({ folder, metric, mode, epochs, devices, config, ...(parallel > 1 && { threads }) }),
        onEvent: (event) => tell(event, metric),
      });
    } finally {
      stop();
    }
  }
}

/** Less loss is better, and more of all else, where the file does not say. */
function usualMode(metric: string): 'min' | 'max' {
  return /loss|error/i.test(metric) ? 'min' : 'max';
}

function sourceOf(file: string | undefined, folder: string, resume: boolean): string {
  if (file !== undefined) return file;
  if (!resume)
    throw new UsageError('Expected a file that says what is searched, found none; or --resume with a folder.');
  const own = join(folder, 'sweep.yaml');
  readConfigFile(own);
  return own;
}

/** The values of a key that stand in the file. */
function endsOf(given: SweepFile['parameters'][string]): unknown[] {
  if (Array.isArray(given)) return given;
  const { values, min, max } = given as { values?: unknown[]; min?: unknown; max?: unknown };
  return values ?? [min, max].filter((value) => value !== undefined);
}

function tell(event: SweepEvent, metric: string): void {
  if (event.type === 'begin') {
    terminal.say(`${event.trials} trials${event.done > 0 ? `, ${event.done} of them done` : ''}`);
    return;
  }
  const { trial } = event;
  const parameters = parametersOf(trial);
  if (event.type === 'started') {
    terminal.say(
      `trial ${trial.trial} begins${trial.units === undefined ? '' : `, up to epoch ${trial.units}`}: ${parameters}`,
    );
    return;
  }
  const best = event.best ? `; the best is ${event.best.value!.toFixed(4)} of trial ${event.best.trial}` : '';
  const outcome = trial.value === null ? `failed: ${trial.error}` : `${metric} ${trial.value.toFixed(4)}`;
  terminal.say(`trial ${trial.trial} ${outcome}${best}`);
}

function parametersOf({ parameters }: TrialEntry): string {
  return Object.entries(parameters)
    .map(([key, value]) => `${key}=${cell(value)}`)
    .join(' ');
}

function cell(value: unknown): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : JSON.stringify(value);
}

/** A line a trial, the best first, and what can be done with it. */
function summaryOf(
  trials: readonly TrialEntry[],
  best: TrialEntry | null,
  metric: string,
  folder: string,
  task: string,
): string {
  const keys = Object.keys(trials[0]?.parameters ?? {});
  const isHalved = trials.some(({ units }) => units !== undefined);
  const head = ['trial', 'state', metric, ...(isHalved ? ['epochs'] : []), 'time', ...keys];
  const rows = trials.map(({ trial, state, value, units, seconds, parameters }) => [
    trial,
    state,
    value === null ? '–' : value.toFixed(4),
    ...(isHalved ? [units ?? '–'] : []),
    duration(seconds),
    ...keys.map((key) => cell(parameters[key])),
  ]);
  const path = best && join(folder, 'trials', String(best.trial).padStart(4, '0'));
  return [
    textTable([head, ...rows]),
    path ? `best: trial ${best.trial}, ${task} predict ${path} <image>` : 'no trial has a metric',
    `report: ${join(folder, 'report.html')}`,
  ].join('\n');
}
