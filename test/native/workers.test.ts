import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { generations } from './generations-run';

/** A crash of the process is a failing test here, not the end of all tests. */
function run(program: string): void {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', path.join(__dirname, 'workers-program.ts'), program],
    { encoding: 'utf8' },
  );
  assert.deepEqual({ status, signal }, { status: 0, signal: null }, stdout + stderr);
}

describe('worker_threads', () => {
  it('two workers and the main thread use the addon at once, each with its own tensors, modes and generators', () =>
    run('together'));
  it('workers may be killed in the middle of their work', () => run('killed'));

  // test/stress/workers.test.ts is the long form.
  it('eight at once come and go under load, share a module and pass tensors both ways', function () {
    this.timeout(300_000);
    const { tensors, allocated } = generations('generations', 2).at(-1)!;
    assert.ok(tensors < 30, `${tensors} tensors are left`);
    assert.ok(allocated < 1e6, `${allocated} bytes are left`);
  });

  it('the process may end while tensors and borrowed buffers live', () => run('leaving'));
});
