import { spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors';
import { clearRecords, staleReason } from './build-cache';
import { silent, withBar, type Bar, type Listener } from './listener';
import { withLock } from './lock';
import { BUILD_PACKAGES, packageRoot } from './package';
import { platformProblem } from './platform';
import { missingPackageFix } from './prebuilt';
import { runInGroup } from './process-group';
import { describeSystemError, explainSystemErrors, isSystemError } from './system-error';

export interface BuildOptions {
  /** The libtorch folder to link against. */
  readonly libtorch: string;
  /** A target of CMakeLists.txt. @default torchts */
  readonly target?: string;
  /** Where CMake works; the addon is in its `Release`. @default build in the package */
  readonly folder?: string;
  /** @default silent */
  readonly listener?: Listener;
}

export interface Tool {
  readonly name: string;
  /** Undefined when it cannot be run. */
  readonly version?: string;
}

/**
 * Compiles an addon with cmake-js; what is up to date is not compiled again.
 * @throws InputError with the last lines of the compiler, when a tool is missing or the build fails
 * @throws InterruptedError when a signal asks this process to end; the compilers are gone then
 */
export async function buildAddon({
  libtorch,
  target = 'torchts',
  folder = BUILD_FOLDER,
  listener = silent,
}: BuildOptions): Promise<string> {
  requireBuild(folder);
  const log = join(folder, `${target}.log`);
  const work = () =>
    withLock(join(folder, 'torchts-build'), async () => {
      const isStale = staleReason(folder, packageRoot);
      if (isStale) {
        listener.say(`The record of the last build in ${folder} is of no use (${isStale}); compiling anew.`);
        clearRecords(folder);
      }
      const steps = [
        ['configure', '--out', folder, `--CDTORCHTS_LIBTORCH=${libtorch}`],
        ['build', '--out', folder, '--target', target],
      ];
      await withBar(listener, `compiling ${target}`, (bar) => runSteps(steps, log, bar), 'steps');
      return join(folder, 'Release', `${target}.node`);
    });
  return explainSystemErrors(
    `The addon is built in ${folder}; make that folder writable, with 2 GB free, and run \`torchts setup\` again.`,
    work,
  );
}

/**
 * Makes sure that the addon can be built on this machine: asked before libtorch is fetched.
 * @throws InputError that names what is missing and how to get it
 */
export function requireBuild(folder: string = BUILD_FOLDER): void {
  const platform = platformProblem();
  if (platform) throw new InputError(platform);
  const tools = buildProblems();
  const problems = [
    tools.length > 0 ? `Building the addon needs ${tools.join(', and ')}; ${installHint()}.` : undefined,
    packagesProblem(),
  ].filter((sentence) => sentence !== undefined);
  if (problems.length > 0)
    throw new InputError([missingPackageFix(), ...problems].filter((sentence) => sentence !== undefined).join(' '));
  checkWritable(folder);
}

/** What to do where the npm packages that only a build needs are not installed, in a sentence; undefined where they are. */
export function packagesProblem(): string | undefined {
  if (cmakeJs() !== undefined && resolved('node-addon-api/package.json') !== undefined) return undefined;
  return `Building the addon needs npm packages that are not installed with torchts: run \`npm install ${BUILD_PACKAGES.join(' ')}\` where torchts is installed.`;
}

function cmakeJs(): string | undefined {
  return resolved('cmake-js/bin/cmake-js');
}

function resolved(module: string): string | undefined {
  try {
    return require.resolve(module, { paths: [packageRoot] });
  } catch {
    return undefined;
  }
}

/** What the build lacks, a clause each. */
export function buildProblems(): string[] {
  const missing = (
    [
      [cmake(), 'CMake'],
      [compiler(), 'a C++ compiler'],
      [makeProgram(), 'ninja or make'],
    ] as const
  )
    .filter(([tool]) => !tool.version)
    .map(([tool, name]) => `${name}, and \`${tool.name}\` cannot be run`);
  const { version } = cmake();
  return version && isOlder(version, OLDEST_CMAKE)
    ? [...missing, `CMake ${OLDEST_CMAKE} or newer, and \`cmake\` is ${version}`]
    : missing;
}

const BUILD_FOLDER = join(packageRoot, 'build');

/** As CMakeLists.txt asks. */
const OLDEST_CMAKE = '3.18';

/** Whether a version stands before another: their numbers are compared as numbers. */
export function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, undefined, { numeric: true }) < 0;
}

export function cmake(): Tool {
  return { name: 'cmake', version: versionOf('cmake') };
}

/** The compiler that CMake takes: `CXX`, else the first of the usual names. */
export function compiler(): Tool {
  const names = process.env.CXX ? [process.env.CXX] : ['c++', 'g++', 'clang++'];
  const found = names.find(versionOf) ?? names[0]!;
  return { name: found, version: versionOf(found) };
}

/** What runs the compiler for CMake. */
export function makeProgram(): Tool {
  const found = ['ninja', 'make'].find(versionOf) ?? 'make';
  return { name: found, version: versionOf(found) };
}

/** How to get the tools on this system. */
export function installHint(): string {
  if (process.platform === 'darwin') return 'install them with `xcode-select --install` and `brew install cmake`';
  return 'install them with `apt-get install build-essential cmake` or `dnf install gcc-c++ make cmake`';
}

function checkWritable(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const reason = isSystemError(error) ? describeSystemError(error) : String(error);
    throw new InputError(
      `The addon is built in ${folder}, which cannot be written (${reason}); run \`torchts setup\` once as the owner of that folder.`,
      { cause: error },
    );
  }
}

function versionOf(command: string): string | undefined {
  const version = spawnSync(command, ['--version'], { encoding: 'utf8' });
  return version.status === 0 ? /\d+\.\d+(\.\d+)?/.exec(version.stdout)?.[0] : undefined;
}

async function runSteps(steps: readonly (readonly string[])[], log: string, bar: Bar): Promise<void> {
  const program = cmakeJs()!;
  const output = openSync(log, 'w');
  try {
    for (const args of steps) {
      const code = await run([program, ...args, '--directory', packageRoot], output, log, bar);
      if (code !== 0) throw failure(args[0]!, log);
    }
  } finally {
    closeSync(output);
  }
}

function failure(step: string, log: string): InputError {
  const lines = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
  const full = lines.some((line) => /No space left on device|Disk quota exceeded/.test(line))
    ? 'The disk is full. '
    : '';
  return new InputError(`${full}cmake-js ${step} failed (the whole log: ${log}):\n${lines.slice(-25).join('\n')}`);
}

/** Runs a step of the build; what it prints goes to the log. */
async function run(args: readonly string[], output: number, log: string, bar: Bar): Promise<number | null> {
  let broken: unknown;
  const code = await runInGroup(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] }, (child) => {
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        try {
          if (broken === undefined) writeSync(output, text);
        } catch (error) {
          broken = Object.assign(error as Error, { path: log });
          child.kill();
        }
        // Ninja counts its steps, Make says per cent.
        for (const [, done, total] of text.matchAll(/^\[ *(\d+)(?:\/(\d+)|%)\]/gm))
          bar.update(Number(done), Number(total ?? 100));
      });
    }
  });
  if (broken !== undefined) throw broken;
  return code;
}
