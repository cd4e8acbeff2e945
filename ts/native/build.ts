import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, createWriteStream, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors';
import { silent, withBar, type Bar, type Listener } from './listener';
import { withLock } from './lock';
import { packageRoot } from './package';

export interface BuildOptions {
  /** The libtorch folder to link against. */
  readonly libtorch: string;
  /** A target of CMakeLists.txt. @default torchts */
  readonly target?: string;
  /** @default silent */
  readonly listener?: Listener;
}

export interface Tool {
  readonly name: string;
  /** Undefined when it cannot be run. */
  readonly version?: string;
}

/**
 * Compiles an addon with cmake-js into build/Release; what is up to date is not compiled again.
 * @throws InputError with the last lines of the compiler, when a tool is missing or the build fails
 */
export async function buildAddon({ libtorch, target = 'torchts', listener = silent }: BuildOptions): Promise<string> {
  for (const [tool, name] of [[cmake(), 'CMake'], [compiler(), 'a C++ compiler']] as const) {
    if (!tool.version) throw new InputError(`Building the addon needs ${name}, and \`${tool.name}\` cannot be run; ${installHint()}.`);
  }
  const folder = buildFolder();
  const log = join(folder, `${target}.log`);
  return withLock(join(folder, 'torchts-build'), async () => {
    const steps = [['configure', `--CDTORCHTS_LIBTORCH=${libtorch}`], ['build', '--target', target]];
    await withBar(listener, `compiling ${target}`, (bar) => runSteps(steps, log, bar), 'steps');
    return join(folder, 'Release', `${target}.node`);
  });
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

/** How to get the tools on this system. */
export function installHint(): string {
  if (process.platform === 'darwin') return 'install them with `xcode-select --install` and `brew install cmake`';
  return 'install them with `apt-get install build-essential cmake` or `dnf install gcc-c++ make cmake`';
}

function buildFolder(): string {
  const folder = join(packageRoot, 'build');
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new InputError(`The addon is built in ${folder}, which cannot be written; run \`torchts setup\` once as the owner of that folder.`, { cause: error });
  }
  return folder;
}

function versionOf(command: string): string | undefined {
  const answer = spawnSync(command, ['--version'], { encoding: 'utf8' });
  return answer.status === 0 ? /\d+\.\d+(\.\d+)?/.exec(answer.stdout)?.[0] : undefined;
}

async function runSteps(steps: readonly (readonly string[])[], log: string, bar: Bar): Promise<void> {
  const cmakeJs = require.resolve('cmake-js/bin/cmake-js', { paths: [packageRoot] });
  const output = createWriteStream(log);
  for (const args of steps) {
    const code = await run([cmakeJs, ...args, '--directory', packageRoot], output, bar);
    if (code !== 0) {
      const ending = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n').slice(-25).join('\n') : '';
      throw new InputError(`cmake-js ${args[0]} failed (the whole log: ${log}):\n${ending}`);
    }
  }
  output.end();
}

function run(args: readonly string[], output: NodeJS.WritableStream, bar: Bar): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output.write(text);
        // Ninja counts its steps, Make says per cent.
        for (const [, done, total] of text.matchAll(/^\[ *(\d+)(?:\/(\d+)|%)\]/gm)) bar.update(Number(done), Number(total ?? 100));
      });
    }
    child.on('error', reject);
    child.on('close', resolve);
  });
}
