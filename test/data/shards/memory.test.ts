import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeShards } from '../../../ts/data/shards/write-shards';
import { FileServer, temporaryFolder } from './fixture';

const MB = 1e6;

describe('memory while shards are read', function () {
  this.timeout(60_000);
  const path = temporaryFolder();

  it('does not grow over ten times the cache', async () => {
    const folder = path('shards');
    const bytes = Buffer.alloc(0.25 * MB, 7);
    const samples = Array.from({ length: 240 }, (_, i) => ({ key: `s${i}`, members: { bin: bytes } }));
    await writeShards(folder, { train: samples }, { maxBytes: 1.1 * MB });
    const server = await FileServer.start(folder);
    try {
      const program = join(__dirname, 'memory-program.ts');
      const args = ['--expose-gc', '--require', require.resolve('tsx/cjs'), program];
      const { stdout } = await promisify(execFile)(process.execPath, [
        ...args,
        ...[server.url(), path('cache'), String(6 * MB)],
      ]);
      const held = JSON.parse(stdout) as number[];
      const third = Math.floor(held.length / 3);
      const growth = Math.max(...held.slice(-third)) - Math.max(...held.slice(0, third));
      assert.ok(growth < 15 * MB, `${growth} bytes more: ${held.join(', ')}`);
    } finally {
      await server.stop();
    }
  });
});
