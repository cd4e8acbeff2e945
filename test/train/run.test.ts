import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../ts/errors';
import { RunFolder, isRun, readFinalMetrics, weightsOf } from '../../ts/train/run';

describe('a run folder', () => {
  let root: string;
  let path: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'run-'));
    path = join(root, 'models', 'one');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('keeps the configuration that it was begun with', () => {
    const config = { epochs: 3, optimizer: { lr: 3e-4 }, name: null };
    RunFolder.create(path, config).release();
    assert.equal(readFileSync(join(path, 'config.yaml'), 'utf8'), 'epochs: 3\noptimizer:\n  lr: 0.0003\nname: null\n');
    const run = RunFolder.reopen(path);
    assert.deepEqual(run.config, config);
    run.release();
  });

  it('is not begun twice, nor among other files', () => {
    RunFolder.create(path, {}).release();
    assert.throws(() => RunFolder.create(path, {}), {
      name: 'UsageError',
      message: /already holds a run; go on with it by the option resume/,
    });
    assert.throws(
      () => RunFolder.create(root, {}),
      /Expected a new or empty folder for the run, found \S+, which holds other files; name another by the option run\.$/,
    );
  });

  it('is not begun in a file, nor at no path at all', () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    assert.throws(() => RunFolder.create(file, {}), {
      name: 'UsageError',
      message: `Expected a new or empty folder for the run, found ${file}, which is a file; name another by the option run.`,
    });
    assert.throws(() => RunFolder.create('', {}), { name: 'UsageError', message: /found an empty path;/ });
  });

  it('is begun where a kill came before there was a run', () => {
    mkdirSync(join(path, 'checkpoints'), { recursive: true });
    writeFileSync(join(path, 'train.lock'), '');
    RunFolder.create(path, {}).release();
    assert.ok(isRun(path));
  });

  it('is not held when its configuration cannot be written', () => {
    const broken = {
      get seed(): number {
        throw new Error('no seed');
      },
    };
    assert.throws(() => RunFolder.create(path, broken), /no seed/);
    RunFolder.create(path, {}).release();
  });

  it('is not resumed where there is none', () => {
    assert.throws(() => RunFolder.reopen(path), UsageError);
  });

  it('is held by one process at a time', () => {
    const run = RunFolder.create(path, {});
    assert.throws(() => RunFolder.reopen(path), /is training into this folder/);
    run.release();
    RunFolder.reopen(path).release();
  });

  it('gets its last checkpoint back when a kill fell between two renames', () => {
    const run = RunFolder.create(path, {});
    run.release();
    mkdirSync(join(run.checkpoint('last')));
    renameSync(run.checkpoint('last'), `${run.checkpoint('last')}.old`);
    assert.equal(weightsOf(path), `${run.checkpoint('last')}.old`);
    RunFolder.reopen(path).release();
    assert.ok(existsSync(run.checkpoint('last')));
  });

  it('is finished once its final figures are written', () => {
    const run = RunFolder.create(path, {});
    assert.ok(!run.isFinished({}));
    assert.equal(readFinalMetrics(path), undefined);
    run.write('metrics.json', '{"test":{}}');
    assert.ok(run.isFinished({}));
    assert.deepEqual(readFinalMetrics(path), { test: {} });
    run.release();
  });

  it('stands for its best checkpoint, before that for its last', () => {
    const run = RunFolder.create(path, {});
    run.release();
    assert.ok(isRun(path));
    assert.throws(() => weightsOf(path), /has no checkpoint yet/);
    mkdirSync(run.checkpoint('last'));
    assert.equal(weightsOf(path), run.checkpoint('last'));
    mkdirSync(run.checkpoint('best'));
    assert.equal(weightsOf(path), run.checkpoint('best'));
  });
});

describe('the name of weights', () => {
  let root: string;
  before(() => (root = mkdtempSync(join(tmpdir(), 'weights-'))));
  after(() => rmSync(root, { recursive: true }));

  it('can be a hub folder or a model of the hub', () => {
    writeFileSync(join(root, 'config.json'), '{}');
    assert.equal(weightsOf(root), root);
    assert.equal(weightsOf('google/vit-base-patch16-224-in21k'), 'google/vit-base-patch16-224-in21k');
  });

  it('is a path, not a name of the hub, where the folder before the slash exists', () => {
    assert.throws(() => weightsOf('test/absent'), /found "test\/absent", which does not exist\./);
  });
});
