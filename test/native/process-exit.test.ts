import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';

const PROGRAM = ['--require', 'tsx/cjs', path.join(__dirname, 'process-exit-program.ts')];
const TIMES = 5;
const WAYS = JSON.parse(spawnSync(process.execPath, PROGRAM, { encoding: 'utf8' }).stdout) as string[];

interface Ended {
  readonly code: number | string | null | undefined;
  readonly signal: string | null | undefined;
}

function run(way: string): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [...PROGRAM, way], { timeout: 200_000, killSignal: 'SIGKILL' }, () => resolve({ code: child.exitCode, signal: child.signalCode }));
  });
}

// Native threads outlive libtorch's statics in these; in a thread of its own a crash takes the exit code along.
describe('the end of the process while native threads compute', () => {
  for (const way of WAYS) {
    it(`comes with the exit code and no signal: ${way}, ${TIMES} times`, async function () {
      this.timeout(300_000);
      const ends = await Promise.all(Array.from({ length: TIMES }, () => run(way)));
      assert.deepEqual(ends, Array.from({ length: TIMES }, () => ({ code: 7, signal: null })));
    });
  }
});
