import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { stringify } from 'yaml';
import { UsageError } from '../../errors';
import { type FaceConfig, freeKeys, resolveFaceConfig } from '../../tasks/facecls/config';
import type { FinalMetrics } from '../../tasks/facecls/finish';
import { type PresetName, presetNames, presets } from '../../tasks/facecls/presets';
import { changedKeys } from '../../train/config/fingerprint';
import type { TrainEvent } from '../../train/events';
import { readConfigFile } from '../../train/config/resolve';
import { collect } from '../arguments';
import { interruptible } from '../interrupt';
import { type TrainingDisplay, trainingDisplay } from '../progress';
import { ensureReady } from '../setup';
import { terminal } from '../terminal';

interface Flags {
  readonly preset?: PresetName;
  readonly config?: string;
  readonly set?: string[];
  readonly data?: string;
  readonly run?: string;
  readonly resume?: boolean;
  readonly device?: string;
  readonly json?: boolean;
  readonly printConfig?: boolean;
}

const HELP = `
Presets:
  tiny    drawn faces, a small ViT: minutes on two cores (with nothing else given)
  small   a ViT from random weights at 64x64, for a sample of CelebA (with --data given)
  base    fine-tunes ViT-B/16 of the hub at 224x224 on the whole of CelebA: for a GPU

A value comes from the preset, over it from --config, over that from --set and the other options.
--print-config shows what that makes, as the file that --config takes.

The run folder gets config.yaml, metrics.jsonl (a line each few steps), checkpoints/last and
checkpoints/best (hub layout), and in the end metrics.json, report.html and samples/.

Ctrl-C once saves a checkpoint and stops; --resume goes on from there and ends with the same weights
as if it had run through. Ctrl-C twice stops at once.

  facecls train
  facecls train --data celeba --preset small --run models/celeba
  facecls train --resume --run models/celeba
  facecls train --data celeba --set epochs=3 --set optimizer.lr=3e-4`;

export function addTrain(program: Command): void {
  program
    .command('train')
    .summary('train a classifier')
    .description('Trains a classifier of facial attributes.')
    .addOption(new Option('--preset <name>', 'the recipe to start from').choices(presetNames))
    .option('--config <file.yaml>', 'values that differ from the preset')
    .option('--set <key=value>', 'one value that differs, such as optimizer.lr=3e-4; may be repeated', collect)
    .option('--data <folder>', 'dataset in the CelebA format (default: the drawn faces)')
    .option('--run <folder>', 'where the run goes (default: models/facecls-<preset>)')
    .option('--resume', 'go on with the run in --run (default: the one that was trained last)')
    .option('--device <name>', 'auto, cpu, cuda, cuda:<n> or mps')
    .option('--json', 'print the final figures as JSON')
    .option('--print-config', 'print the configuration and stop')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const path = flags.resume ? (flags.run ?? latestRun()) : undefined;
  const config = path === undefined ? newConfig(flags) : resumedConfig(path, flags);
  if (flags.printConfig) {
    process.stdout.write(stringify(config));
    return;
  }
  await ensureReady();
  await trainShown(config, path ?? flags.run ?? freeRun(presetOf(flags)), flags);
}

async function trainShown(config: FaceConfig, path: string, flags: Flags): Promise<void> {
  const { train } = require('../../tasks/facecls/train') as typeof import('../../tasks/facecls/train');
  const display = trainingDisplay();
  const { signal, stop } = interruptible((name) => {
    display.say(`${name}: saving what there is, then stopping; once more stops at once`);
  });
  try {
    const { outcome, metrics } = await train({ config, run: path, resume: flags.resume, signal, listener: display.listener(terminal), onEvent: announced(path, display) });
    if (metrics) show(metrics, path, flags);
    if (outcome !== 'interrupted') return;
    display.say(existsSync(path) ? `stopped; go on with: facecls train --resume --run ${path}` : 'stopped before the training began');
    process.exitCode = 130;
  } finally {
    stop();
  }
}

/** Begins with a line on where the run goes; not before it is sure that it goes there. */
function announced(path: string, { say, onEvent }: TrainingDisplay): (event: TrainEvent) => void {
  return (event) => {
    if (event.type === 'begin') say(event.step === 0 ? `training into ${path}, ${event.steps} steps` : `going on with ${path} after step ${event.step} of ${event.steps}`);
    onEvent(event);
  };
}

function show(metrics: FinalMetrics, path: string, { json }: Flags): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(metrics)}\n`);
    return;
  }
  const { meanAccuracy, majorityBaseline, images } = metrics.test;
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  process.stdout.write(`test: mean accuracy ${percent(meanAccuracy)} (majority baseline ${percent(majorityBaseline)}) over ${images} images\n`);
  process.stdout.write(`report: ${join(path, 'report.html')}\n`);
}

function presetOf({ preset, data }: Flags): PresetName {
  return preset ?? (data === undefined ? 'tiny' : 'small');
}

function newConfig(flags: Flags): FaceConfig {
  return resolveFaceConfig({ base: presets[presetOf(flags)], file: flags.config, set: assignments(flags) });
}

/** A run goes on with what it began with; only what cannot change its outcome may be given anew. */
function resumedConfig(path: string, flags: Flags): FaceConfig {
  if (flags.preset || flags.config) throw new UsageError('A resumed run has its configuration already: leave --preset and --config out.');
  const file = join(path, 'config.yaml');
  if (!existsSync(file)) throw new UsageError(`There is no run to resume in ${path}: it has no config.yaml.`);
  const base = readConfigFile(file);
  const config = resolveFaceConfig({ base, set: assignments(flags) });
  const changed = changedKeys(base, config, freeKeys);
  if (changed.length === 0) return config;
  throw new UsageError(`A resumed run keeps its configuration; ${changed.join(', ')} would change its outcome: start a new run for that.`);
}

function assignments({ set = [], data, device }: Flags): string[] {
  const quoted = (value: string) => JSON.stringify(value);
  return [
    ...set,
    ...(data === undefined ? [] : [`data.folder=${quoted(data)}`]),
    ...(device === undefined ? [] : [`device=${quoted(device)}`]),
  ];
}

/** models/facecls-<preset>, or with -2, -3, … behind it when that is taken. */
function freeRun(preset: PresetName): string {
  const name = join('models', `facecls-${preset}`);
  for (let number = 2, path = name; ; path = `${name}-${number++}`) if (!existsSync(path)) return path;
}

/** The run below models/ that was written to last. */
function latestRun(): string {
  const runs = existsSync('models') ? readdirSync('models').map((name) => join('models', name)) : [];
  const logs = runs.map((path) => join(path, 'metrics.jsonl')).filter((log) => existsSync(log));
  const [latest] = logs.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (latest === undefined) throw new UsageError('There is no run to resume below models/: name one by --run.');
  return join(latest, '..');
}
