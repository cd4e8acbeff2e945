import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { stringify } from 'yaml';
import type { ZodType } from 'zod';
import { InputError, UsageError } from '../errors';
import { AddonError } from '../native/load';
import type { TrainOptions, TrainResult } from '../train/with-run';
import { changedKeys } from '../train/config/fingerprint';
import { type ConfigTree, valueAt } from '../train/config/keys';
import { readConfigFile, readConfigLayers } from '../train/config/files';
import { jsonSchemaOf } from '../train/config/json-schema';
import { lengthKeys } from '../train/longer';
import type { ConfigSources } from '../train/config/resolve';
import type { TrainEvent } from '../train/types';
import type { Dashboard } from '../train/dashboard/dashboard';
import { collect, portNumber, positiveInteger } from './arguments';
import { interruptible } from './interrupt';
import { type TrainingDisplay, trainingDisplay, warningsAlone } from './progress';
import { ensureReady } from './setup';
import { terminal } from './terminal';
import { print, printJson } from './output';

/** What `<task> train` needs to know of its task. */
export interface TrainCommand<Config extends ConfigTree, Final> {
  /** The name of the program, and the beginning of its runs' names. */
  readonly task: string;
  readonly summary: string;
  readonly description: string;
  /** What `--data` takes. */
  readonly dataHint: string;
  /** Presets and examples. */
  readonly help: string;
  readonly presets: Readonly<Record<string, Config>>;
  /** The preset when none is named. @param startsFrom whether the weights to start from are given, which have their sizes already */
  readonly usualPreset: (data: string | undefined, startsFrom: boolean) => string;
  readonly resolve: (sources: ConfigSources) => Config;
  /** What `resolve` checks by. */
  readonly schema: ZodType;
  /** Keys that a resumed run may change. */
  readonly freeKeys: readonly string[];
  /** Loads the task, which needs the addon, and gives its training. */
  readonly train: () => (options: TrainOptions<Config>) => Promise<TrainResult<Final>>;
  /** The metrics that matter most, in a line. */
  readonly describe: (metrics: Final) => string;
}

interface Flags {
  readonly preset?: string;
  readonly config?: string;
  readonly set?: string[];
  readonly data?: string;
  readonly run?: string;
  readonly resume?: boolean;
  readonly device?: string;
  readonly json?: boolean;
  readonly dashboard?: true | number;
  readonly dashboardHost?: string;
  readonly printConfig?: boolean;
  readonly printSchema?: boolean;
  readonly stopEpoch?: number;
}

const COMMON_HELP = `
A value comes from the preset, over it from --config, over that from --set and the other options.
--print-config shows what that makes, as the file that --config takes. A file may begin with
"extends: base.yaml", or a list of files: their values hold where it has none.

The run folder gets config.yaml, metrics.jsonl (a line each few steps), checkpoints/last and
checkpoints/best (hub layout), and in the end metrics.json, report.html and samples/.

Ctrl-C once saves a checkpoint and stops; --resume goes on from there and ends with the same weights
as if it had run through. Ctrl-C twice stops at once.

Exit codes: 0 done, 1 failed, 2 wrong use, 130 stopped by Ctrl-C, SIGTERM, or a terminal that was closed.`;

/** Adds `train` to the program of a task. */
export function addTrain<Config extends ConfigTree, Final>(
  program: Command,
  command: TrainCommand<Config, Final>,
): void {
  const [presets, examples] = command.help.trim().split('\n\n');
  program
    .command('train')
    .summary(command.summary)
    .description(command.description)
    .addOption(new Option('--preset <name>', 'the recipe to start from').choices(Object.keys(command.presets)))
    .option('--config <file.yaml>', 'values that differ from the preset')
    .option('--set <key=value>', 'one value that differs, such as optimizer.lr=3e-4; may be repeated', collect)
    .option('--data <folder>', command.dataHint)
    .option('--run <folder>', `where the run goes (default: models/${command.task}-<preset>)`)
    .option('--resume', 'go on with the run in --run (default: the one that was trained last)')
    .option('--device <name>', 'auto, cpu, cuda, cuda:<n> or mps')
    .option(
      '--stop-epoch <n>',
      'stop after the first evaluation in this epoch, as by Ctrl-C; --resume goes on',
      positiveInteger,
    )
    .option('--json', 'print the final metrics as JSON')
    .option('--dashboard [port]', 'show the training in a browser, at the address that is printed', portNumber)
    .option('--dashboard-host <address>', 'where it listens (default: 127.0.0.1, this machine alone)')
    .option('--print-config', 'print the configuration and stop')
    .option('--print-schema', 'print the JSON schema of the configuration, for editors, and stop')
    .addHelpText('after', `\n${presets}\n${COMMON_HELP}\n\n${examples}`)
    .action((flags: Flags) => new TrainAction(command, flags).run());
}

/** One call of `train`. */
class TrainAction<Config extends ConfigTree, Final> {
  readonly #command: TrainCommand<Config, Final>;
  readonly #flags: Flags;
  /** Of several processes that train together the first shows what happens. */
  #isFirst = true;

  constructor(command: TrainCommand<Config, Final>, flags: Flags) {
    this.#command = command;
    this.#flags = flags;
  }

  async run(): Promise<void> {
    const { resume, run, printConfig, printSchema } = this.#flags;
    if (printSchema) {
      const { task, schema } = this.#command;
      print(JSON.stringify(jsonSchemaOf(schema, `configuration of ${task}`), null, 2));
      return;
    }
    const path = resume ? (run ?? this.#latestRun()) : undefined;
    const config = await this.#judged(() => (path === undefined ? this.#newConfig() : this.#resumedConfig(path)));
    if (printConfig) {
      print(stringify(config));
      return;
    }
    await ensureReady();
    const { Processes } = require('../train/distributed/processes') as typeof import('../train/distributed/processes');
    const processes = await Processes.join();
    this.#isFirst = processes?.isFirst ?? true;
    const own = path ?? run ?? this.#freeRun();
    // When the others look, the folder may be there already.
    await this.#trainShown(config, processes ? await processes.ofFirst(own) : own);
  }

  /** What a configuration says of a kind of model is judged by that model, for which the addon has to be there. */
  async #judged(resolve: () => Config): Promise<Config> {
    try {
      return resolve();
    } catch (error) {
      if (!(error instanceof AddonError)) throw error;
      await ensureReady();
      return resolve();
    }
  }

  async #trainShown(config: Config, path: string): Promise<void> {
    const display = this.#isFirst ? trainingDisplay() : warningsAlone(trainingDisplay());
    const dashboard = this.#isFirst ? await this.#openDashboard() : undefined;
    try {
      if (dashboard) display.say(`dashboard: ${dashboard.address}`);
      await this.#trainOn(display, dashboard, config, path);
    } catch (error) {
      dashboard?.say((error as Error).message, 'warning');
      throw error;
    } finally {
      await dashboard?.close();
    }
  }

  async #openDashboard(): Promise<Dashboard | undefined> {
    const { dashboard: port, dashboardHost: host } = this.#flags;
    if (port === undefined) {
      if (host === undefined) return undefined;
      throw new UsageError('Expected the option dashboard beside the option dashboardHost, found the latter alone.');
    }
    const { Dashboard } = require('../train/dashboard/dashboard') as typeof import('../train/dashboard/dashboard');
    return Dashboard.open({ host, ...(port !== true && { port }) });
  }

  async #trainOn(
    display: TrainingDisplay,
    dashboard: Dashboard | undefined,
    config: Config,
    path: string,
  ): Promise<void> {
    const train = this.#command.train();
    const say = (text: string) => {
      display.say(text);
      dashboard?.say(text);
    };
    const { signal, stop } = interruptible((reason) => {
      say(`${reason}: saving what there is, then stopping; once more stops at once`);
    });
    const reached = new AbortController();
    try {
      const { resume, stopEpoch = Infinity } = this.#flags;
      const tell = announced(path, display);
      const { outcome, metrics } = await train({
        config,
        run: path,
        resume,
        signal: AbortSignal.any([signal, reached.signal]),
        listener: { ...display.listener(terminal), say },
        dashboard,
        onEvent: (event) => {
          tell(event);
          if (event.type === 'evaluated' && event.epoch >= stopEpoch) reached.abort(new Error('stopped as asked'));
        },
      });
      if (metrics && this.#isFirst) this.#show(metrics, path);
      if (outcome !== 'interrupted') return;
      say(
        existsSync(path)
          ? `stopped; go on with: ${this.#command.task} train --resume --run ${path}`
          : 'stopped before the training began',
      );
      process.exitCode = reached.signal.aborted && !signal.aborted ? 0 : 130;
    } finally {
      stop();
    }
  }

  #show(metrics: Final, path: string): void {
    if (this.#flags.json) printJson(metrics);
    else print(`${this.#command.describe(metrics)}\nreport: ${join(path, 'report.html')}`);
  }

  get #preset(): string {
    return this.#flags.preset ?? this.#command.usualPreset(this.#flags.data, this.#startsFrom);
  }

  get #startsFrom(): boolean {
    const { set = [], config } = this.#flags;
    const layers = config === undefined ? [] : readConfigLayers(config);
    const inFile = layers.map(({ tree }) => valueAt(tree, 'model.from')).findLast((value) => value !== undefined);
    const last = set
      .filter((assignment) => assignment.startsWith('model.from='))
      .at(-1)
      ?.slice('model.from='.length)
      .trim();
    return last === undefined ? typeof inFile === 'string' : !['', 'null', '~'].includes(last);
  }

  #newConfig(): Config {
    return this.#command.resolve({
      base: this.#command.presets[this.#preset]!,
      file: this.#flags.config,
      set: this.#assignments(),
    });
  }

  /** A run goes on with what it began with; only how long it trains, and what cannot change its outcome, may be given anew. */
  #resumedConfig(path: string): Config {
    const { preset, config: file } = this.#flags;
    if (preset || file)
      throw new UsageError('A resumed run has its configuration already: leave --preset and --config out.');
    const own = join(path, 'config.yaml');
    if (!existsSync(own)) throw new UsageError(`There is no run to resume in ${path}: it has no config.yaml.`);
    const base = readConfigFile(own);
    const config = this.#command.resolve({ base, set: this.#assignments() });
    const free = [...this.#command.freeKeys, ...lengthKeys];
    const changed = changedKeys(this.#command.resolve({ base }), config, free);
    if (changed.length === 0) return config;
    throw new UsageError(
      `A resumed run keeps its configuration; ${changed.join(', ')} would change its outcome: start a new run for that.`,
    );
  }

  #assignments(): string[] {
    const { set = [], data, device } = this.#flags;
    const quoted = (value: string) => JSON.stringify(value);
    return [
      ...set,
      ...(data === undefined ? [] : [`data.folder=${quoted(data)}`]),
      ...(device === undefined ? [] : [`device=${quoted(device)}`]),
    ];
  }

  /** models/<task>-<preset>, or with -2, -3, … behind it when that is taken. */
  #freeRun(): string {
    const name = join('models', `${this.#command.task}-${this.#preset}`);
    for (let number = 2, path = name; ; path = `${name}-${number++}`) if (!existsSync(path)) return path;
  }

  /** The run of this task below models/ that was written to last. */
  #latestRun(): string {
    const runs = existsSync('models') ? readdirSync('models').map((name) => join('models', name)) : [];
    const logs = runs
      .map((path) => join(path, 'metrics.jsonl'))
      .filter((log) => existsSync(log) && this.#isOwn(join(log, '..')));
    const [latest] = logs.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
    if (latest === undefined)
      throw new UsageError(`There is no run of ${this.#command.task} to resume below models/: name one by --run.`);
    return join(latest, '..');
  }

  /** A run of another task has keys that this one does not know; what holds no readable configuration is no run. */
  #isOwn(path: string): boolean {
    const [preset] = Object.values(this.#command.presets);
    try {
      const keys = Object.keys(readConfigFile(join(path, 'config.yaml')));
      return keys.length > 0 && keys.every((key) => Object.hasOwn(preset!, key));
    } catch (error) {
      if (error instanceof InputError) return false;
      throw error;
    }
  }
}

/** Begins with a line on where the run goes; not before it is sure that it goes there. */
function announced(path: string, { say, onEvent }: TrainingDisplay): (event: TrainEvent) => void {
  return (event) => {
    if (event.type === 'begin')
      say(
        event.step === 0
          ? `training into ${path}, ${event.steps} steps`
          : `going on with ${path} after step ${event.step} of ${event.steps}`,
      );
    onEvent(event);
  };
}
