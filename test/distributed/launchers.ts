/** Starts `torchts run`, with programs that are written for a test. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { program as commandLine } from '../cli/programs';

/** For a launcher that hangs; those that work take seconds. */
const LIMIT_MS = 90_000;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Launcher {
  readonly child: ChildProcess;
  /** What it has shown until now. */
  readonly shown: () => string;
  readonly ended: Promise<Ended>;
}

let folder: string | undefined;

/** A path in a folder that is deleted when the tests end. */
export function temporary(name: string): string {
  if (folder === undefined) {
    folder = mkdtempSync(path.join(tmpdir(), 'torchts-launch-'));
    process.on('exit', () => rmSync(folder!, { recursive: true, force: true }));
  }
  return path.join(folder, name);
}

/** Writes a program and gives its file. */
export function program(name: string, code: string): string {
  const file = temporary(name);
  writeFileSync(file, code);
  return file;
}

/**
 * Starts `torchts run` with these arguments.
 * @param options.before a command that it is an argument of, such as one that enters a namespace
 */
export function start(
  args: readonly string[],
  { before = [], limitMs = LIMIT_MS }: { before?: readonly string[]; limitMs?: number } = {},
): Launcher {
  const [command, ...rest] = [...before, process.execPath, ...commandLine('torchts'), 'run', ...args];
  const child = spawn(command!, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    }),
  );
  return { child, shown: () => stdout, ended };
}

export const run = (...args: string[]): Promise<Ended> => start(args).ended;

/** Waits until a launcher has shown so many lines, and gives them without the ranks before them. */
export function printed({ child, shown, ended }: Launcher, lines: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const found = [...shown().matchAll(/^\[rank\d+\] (.*)\n/gm)].map(([, line]) => line!);
      if (found.length >= lines) resolve(found);
    };
    child.stdout!.on('data', look);
    look();
    void ended.then(({ stderr }) => reject(new Error(`the launcher ended before it showed ${lines} lines: ${stderr}`)));
  });
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Waits until a process is gone. */
export async function gone(pid: number): Promise<void> {
  for (let waited = 0; ; waited += 50) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    assert.ok(waited < 20_000, `process ${pid} is still there`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
