import { printable } from '../printable';
import type { Command } from 'commander';
import type { Failure } from '../tasks/images';
import type { FetchOptions } from '../tasks/sources/fetch';
import type { Device } from '../tensor';
import { weightsAndInputs } from './arguments';
import { ensureReady } from './setup';
import { terminal } from './terminal';
import { print, printJson } from './output';

/** What a task does with the weights and images that a user names. */
export interface ImageCommand<Flags, Result> {
  readonly name: 'predict' | 'visualize';
  readonly summary: string;
  readonly description: string;
  /** What the weights may be. */
  readonly weights: string;
  /** Adds the options that only this command has. */
  readonly options: (command: Command) => Command;
  /** What a line of `--json` holds. */
  readonly line: string;
  /** What else to know, and examples. */
  readonly help: string;
  /** Loads the task, which needs the addon, and works through the images. */
  readonly run: (
    weights: string,
    inputs: readonly string[],
    options: ImageOptions,
    flags: Flags,
  ) => AsyncIterable<Result | Failure>;
  /** A result as text. */
  readonly describe: (result: Result, flags: Flags) => string;
}

/** Options that every such command hands to its task. */
export interface ImageOptions {
  readonly device: Device;
  readonly fetch: FetchOptions;
  readonly onWarning: (message: string) => void;
  readonly allowNewHead: boolean;
}

interface CommonFlags {
  readonly run?: string;
  readonly device: string;
  readonly json?: boolean;
  readonly allowPrivateRedirects?: boolean;
  readonly allowNewHead?: boolean;
}

/**
 * Adds a command over images to the program of a task. An image that cannot be read is reported by name, the others go on,
 * and the exit code is 1.
 */
export function addImageCommand<Flags, Result extends object>(
  program: Command,
  command: ImageCommand<Flags, Result>,
): void {
  const declared = program
    .command(command.name)
    .summary(command.summary)
    .description(command.description)
    .argument('[weights]', command.weights)
    .argument('[images...]', 'files, folders, patterns or URLs')
    .option('--run <weights>', 'the weights, instead of the first argument');
  command
    .options(declared)
    .option('--device <name>', 'auto, cpu, cuda, cuda:<n> or mps', 'auto')
    .option('--json', `print one JSON object a line: ${command.line}`)
    .option('--allow-new-head', 'use a head of random weights where the checkpoint brings none of this size')
    .option('--allow-private-redirects', 'follow redirects of a URL into a private network too')
    .addHelpText('after', command.help)
    .action(async (first: string | undefined, rest: string[], flags: CommonFlags & Flags) => {
      const { weights, inputs } = weightsAndInputs(flags.run, first, rest);
      await ensureReady();
      for await (const item of command.run(weights, inputs, imageOptions(flags), flags)) {
        if (isFailure(item)) report(program.name(), item);
        else if (flags.json) printJson(item);
        else print(command.describe(item, flags));
      }
    });
}

function imageOptions({ device, allowPrivateRedirects, allowNewHead = false }: CommonFlags): ImageOptions {
  const { chooseDevice } = require('../train/device') as typeof import('../train/device');
  return {
    device: chooseDevice(device, terminal),
    fetch: { privateAddresses: allowPrivateRedirects ? 'all' : 'first' },
    onWarning: terminal.say,
    allowNewHead,
  };
}

function isFailure(item: object): item is Failure {
  return 'error' in item;
}

function report(program: string, { error }: Failure): void {
  process.stderr.write(`${program}: ${printable(error.message)}\n`);
  process.exitCode = 1;
}
