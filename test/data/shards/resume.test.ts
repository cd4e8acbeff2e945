import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, statSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FileServer, temporaryFolder, writeSmall } from './fixture';

describe('a training on shards behind HTTP', function () {
  this.timeout(120_000);
  const path = temporaryFolder();

  /** Runs the program; kills it after so many steps. */
  function train(url: string, run: string, killAfter = Infinity): Promise<NodeJS.Signals | null> {
    const program = join(__dirname, 'train-program.ts');
    // A cache of its own, as on another machine.
    const args = [
      '--require',
      require.resolve('tsx/cjs'),
      program,
      url,
      path(`cache of ${run} ${killAfter}`),
      path(run),
    ];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, OMP_NUM_THREADS: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [steps, errors] = [0, ''];
    child.stdout.on('data', (data: Buffer) => {
      steps += data.toString().split('\n').length - 1;
      if (steps >= killAfter) child.kill('SIGKILL');
    });
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    return new Promise((fulfil, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => (code === 0 || signal ? fulfil(signal) : reject(new Error(errors))));
    });
  }

  it('that is killed and goes on elsewhere ends with the bits of one that was left alone', async () => {
    const folder = path('shards');
    await writeSmall(folder, 46, 4);
    const server = await FileServer.start(folder);
    try {
      assert.equal(await train(server.url(), 'whole'), null);
      assert.equal(await train(server.url(), 'killed', 15), 'SIGKILL');
      assert.equal(await train(server.url(), 'killed'), null);
    } finally {
      await server.stop();
    }
    for (const file of ['model', 'optimizer'])
      assert.deepEqual(
        readFileSync(path(`killed/checkpoints/last/${file}.safetensors`)),
        readFileSync(path(`whole/checkpoints/last/${file}.safetensors`)),
        file,
      );
    const cache = path('cache of whole Infinity');
    const tars = readdirSync(cache).filter((name) => name.endsWith('.tar'));
    assert.ok(tars.reduce((sum, name) => sum + statSync(join(cache, name)).size, 0) <= 60_000);
  });
});
