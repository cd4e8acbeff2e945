/** Runs the ways of process-exit-program.ts, for process-exit.test.ts and for its long form in test/stress. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';

const PROGRAM = ['--require', 'tsx/cjs', path.join(__dirname, 'process-exit-program.ts')];
const AT_ONCE = 2;

/** The ways in which the program can end. */
export const WAYS = JSON.parse(spawnSync(process.execPath, PROGRAM, { encoding: 'utf8' }).stdout) as string[];

interface Ended {
  readonly code: number | string | null | undefined;
  readonly signal: string | null | undefined;
  readonly stderr: string;
}

/** The limit is there for a process that hangs; one that works takes a second. */
function run(way: string): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [...PROGRAM, way],
      { timeout: 200_000, killSignal: 'SIGKILL' },
      (_error, _stdout, stderr) => resolve({ code: child.exitCode, signal: child.signalCode, stderr }),
    );
  });
}

/** @throws AssertionError, with what the process said, unless each of so many runs ends with exit code 7 and no signal */
export async function endsWell(way: string, times: number): Promise<void> {
  for (let done = 0; done < times; done += AT_ONCE) {
    for (const { code, signal, stderr } of await Promise.all(Array.from({ length: AT_ONCE }, () => run(way))))
      assert.deepEqual(
        { code, signal },
        { code: 7, signal: null },
        `${way}: ended with ${signal ?? code}, and said: ${stderr}`,
      );
  }
}
