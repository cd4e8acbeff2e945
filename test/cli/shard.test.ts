import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../data/shards/fixture';
import { ensureDrawnFaces } from '../../ts/tasks/facecls/synth';
import { vocFiles } from '../tasks/vocdet/small-detector';
import { program } from './programs';

describe('data shard', function () {
  this.timeout(120_000);
  const path = temporaryFolder();
  const run = (task: 'facecls' | 'vocdet', ...args: string[]) =>
    spawnSync(process.execPath, [...program(task), 'data', ...args], { cwd: path(''), encoding: 'utf8' });

  it('of facecls writes shards that data check takes, and refuses to write them twice', async () => {
    await ensureDrawnFaces(path('faces'), { train: 12, val: 3, test: 3, size: 24 });
    const { status, stdout, stderr } = run('facecls', 'shard', '--data', 'faces', '--out', 'out/faces', '--keep-order');
    assert.equal(status, 0, stderr);
    assert.equal(stdout, 'out/faces: 12 in train, 3 in val, 3 in test\n');
    assert.ok(readdirSync(path('out/faces')).includes('train-000000.tar'));
    const check = run('facecls', 'check', 'out/faces', '--json');
    assert.equal(check.status, 0, check.stderr);
    assert.deepEqual((JSON.parse(check.stdout) as { damaged: unknown[] }).damaged, []);
    const again = run('facecls', 'shard', '--data', 'faces', '--out', 'out/faces');
    assert.equal(again.status, 1);
    assert.equal(
      again.stderr,
      'facecls: Expected out/faces to be absent or empty, found files; choose another folder.\n',
    );
  });

  it('of vocdet writes shards of the size that it is told', async () => {
    for (const [name, content] of Object.entries(await vocFiles({ train: 9, val: 2, test: 2 }))) {
      mkdirSync(dirname(path(`scenes/${name}`)), { recursive: true });
      writeFileSync(path(`scenes/${name}`), content);
    }
    writeFileSync(path('classes.txt'), 'dog\ncar\n');
    const args = ['--data', 'scenes', '--out', 'out/scenes', '--classes', 'classes.txt', '--shard-size', '1'];
    const { status, stdout, stderr } = run('vocdet', 'shard', ...args);
    assert.equal(status, 0, stderr);
    assert.equal(stdout, 'out/scenes: 9 in train, 2 in val, 2 in test\n');
    assert.equal(run('vocdet', 'check', join('out', 'scenes')).status, 0);
  });

  it('wants to know where the shards go, and their size as a number', () => {
    assert.equal(run('facecls', 'shard').status, 2);
    assert.equal(run('facecls', 'shard', '--out', 'x', '--shard-size', 'large').status, 2);
  });
});
