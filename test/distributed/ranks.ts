/** Starts the processes of a group, each with its rank, and waits for what they say. No port is fixed: they meet in a file. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isBuilt } from '../cli/programs';

/** For a process that hangs; those that work take seconds. */
const LIMIT_MS = 90_000;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it printed. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface Rank extends ChildProcess {
  readonly ended: Promise<Ended>;
}

/** The interpreter with the reference stack; undefined where the tests that compare with it are skipped. */
export const PYTHON = process.env['TORCHTS_PYTHON'] || undefined;

const BUILT = isBuilt() ? ['--require', path.join(__dirname, 'built.cjs')] : [];

/** The command of a rank of Node: `test/distributed/<program>.ts` with its arguments. */
export function node(program: string, ...args: string[]): string[] {
  return [process.execPath, '--require', 'tsx/cjs', ...BUILT, path.join(__dirname, `${program}.ts`), ...args];
}

/** The command of a rank of Python. */
export function python(program: string, ...args: string[]): string[] {
  return [PYTHON!, path.join(__dirname, `${program}.py`), ...args];
}

/** Starts one process for each command; they find each other by `INIT_METHOD`, RANK and WORLD_SIZE. */
export function startRanks(commands: readonly (readonly string[])[], env: NodeJS.ProcessEnv = {}): Rank[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'torchts-ranks-'));
  const ranks = commands.map(([program, ...args], rank) =>
    start(program!, args, {
      ...process.env,
      OMP_NUM_THREADS: '1',
      INIT_METHOD: `file://${path.join(folder, 'store')}`,
      RANK: String(rank),
      WORLD_SIZE: String(commands.length),
      ...env,
    }),
  );
  void Promise.all(ranks.map(({ ended }) => ended)).then(() => rmSync(folder, { recursive: true, force: true }));
  return ranks;
}

/** Starts the processes and waits for all of them. */
export function runRanks(commands: readonly (readonly string[])[], env: NodeJS.ProcessEnv = {}): Promise<Ended[]> {
  return Promise.all(startRanks(commands, env).map(({ ended }) => ended));
}

function start(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Rank {
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const kill = (): void => void child.kill('SIGKILL');
  const timer = setTimeout(kill, LIMIT_MS);
  process.on('exit', kill);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      process.off('exit', kill);
      resolve({ code, signal, stdout, stderr });
    });
  });
  return Object.assign(child, { ended });
}

/** What the ranks printed as the last line, which is JSON. @throws Error with what they said, unless all of them ended well */
export function results<T>(ended: readonly Ended[]): T[] {
  return ended.map(({ code, signal, stdout, stderr }, rank) => {
    if (code !== 0) throw new Error(`rank ${rank} ended with ${signal ?? code}: ${stderr}${stdout}`);
    return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as T;
  });
}
