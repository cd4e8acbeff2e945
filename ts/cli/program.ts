import { Command, CommanderError, type Option } from 'commander';
import { TorchError, UsageError } from '../errors';
import { printable } from '../printable';
import { packageVersion } from '../native/package';
import { nodeProblem } from '../native/platform';
import { InterruptedError } from '../native/process-group';
import { isError } from '../native/realm';
import { describeSystemError, isSystemError } from '../native/system-error';
import { watchOutput } from './output';

/** The root of a command line: `--version`, `--help`, `--debug`; wrong use ends with exit code 2. Add subcommands to it. */
export function createProgram(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .version(packageVersion())
    .option('--debug', 'print the stack of an error, not only its sentence')
    .helpCommand(false)
    .showSuggestionAfterError()
    .showHelpAfterError(`(${name} --help shows what there is)`)
    .exitOverride();
}

/** Runs a command line and sets the exit code: 0 done, 1 failed, 2 wrong use. Errors go to stderr in one sentence. */
export async function runProgram(program: Command, argv: readonly string[] = process.argv): Promise<void> {
  watchOutput(program.name());
  const problem = nodeProblem();
  if (problem) {
    process.stderr.write(`${program.name()}: ${problem}\n`);
    process.exitCode = 1;
    return;
  }
  // An event that never comes (a server that goes silent in a way nobody foresaw) must not look like success.
  const unfinished = () => {
    process.stderr.write(
      `${program.name()}: the command ended without a result: what it waited for never came. This is a fault of torchts; please report it.\n`,
    );
    process.exitCode = 1;
  };
  process.once('beforeExit', unfinished);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = exitCode(error);
    // Commander has printed its own errors already.
    if (!(error instanceof CommanderError))
      process.stderr.write(`${program.name()}: ${withFlags(explain(error, argv.includes('--debug')), program)}\n`);
  } finally {
    process.off('beforeExit', unfinished);
  }
}

/** The library names its options; here they are flags. */
function withFlags(message: string, program: Command): string {
  const flags = new Map(allOptions(program).map((option) => [option.attributeName(), option.long]));
  return message.replace(/\bthe option (\w+)/g, (words, name: string) => flags.get(name) ?? words);
}

function allOptions(command: Command): readonly Option[] {
  return [...command.options, ...command.commands.flatMap(allOptions)];
}

function exitCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof InterruptedError) return error.exitCode;
  return error instanceof UsageError ? 2 : 1;
}

function explain(error: unknown, debug: boolean): string {
  if (!isError(error)) return String(error);
  if (debug)
    return [error.stack, error instanceof TorchError ? error.nativeTrace : undefined].filter(Boolean).join('\n');
  if (error instanceof TorchError) return error.message;
  if (isSystemError(error)) return `${printable(describeSystemError(error))}.`;
  return `${printable(error.message)} (unexpected ${error.name}; --debug prints where it comes from)`;
}
