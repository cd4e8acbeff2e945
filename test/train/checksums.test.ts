import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../ts/errors';
import type { TrainEvent } from '../../ts/train';
import { damageIn, readChecksums, writeChecksums } from '../../ts/train/checksums';
import { readMetricsLog } from '../../ts/train/metrics-logger';
import { RunFolder } from '../../ts/train/run';
import { readState } from '../../ts/train/state';
import { resumeToy, toy, type ToyOptions, weights } from './toy';

describe('checksums', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'checksums-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  it('are those of sha256sum, of all files of a folder', () => {
    mkdirSync(join(root, 'deep'));
    writeFileSync(join(root, 'b'), 'abc');
    writeFileSync(join(root, 'deep/a'), '');
    writeChecksums(root);
    // The examples of FIPS 180-4.
    assert.equal(
      readFileSync(join(root, 'SHA256SUMS'), 'utf8'),
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b\n' +
        'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  deep/a\n',
    );
    assert.equal(spawnSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: root }).status, 0);
    assert.equal(damageIn(root), undefined);
  });

  it('find a file that was changed, cut or lost', () => {
    writeFileSync(join(root, 'a'), 'abc');
    writeChecksums(root);
    writeFileSync(join(root, 'a'), 'abd');
    assert.equal(damageIn(root), 'a is not what was written');
    writeFileSync(join(root, 'a'), 'ab');
    assert.equal(damageIn(root), 'a is not what was written');
    rmSync(join(root, 'a'));
    assert.equal(damageIn(root), 'a is missing');
  });

  it('are none in a folder from before there were any', () => {
    writeFileSync(join(root, 'a'), 'abc');
    assert.equal(damageIn(root), undefined);
    assert.equal(readChecksums(root).size, 0);
  });
});

describe('a damaged checkpoint', () => {
  let root: string;
  let count = 0;
  before(() => (root = mkdtempSync(join(tmpdir(), 'damaged-'))));
  after(() => rmSync(root, { recursive: true }));

  const fit: ToyOptions['fit'] = { ema: 0.9, keep: 2 };
  const train = async (options: ToyOptions = {}) => {
    const run = RunFolder.create(join(root, String(count++)), {});
    const { model, trainer } = toy(run, { fit, ...options });
    await trainer.fit();
    run.release();
    return { run, model };
  };
  let whole: Awaited<ReturnType<typeof train>>;
  let stopped: RunFolder;
  before(async () => {
    whole = await train();
    const controller = new AbortController();
    const listener = (event: TrainEvent) => event.type === 'step' && event.step === 9 && controller.abort();
    stopped = (await train({ signal: controller.signal, listener })).run;
  });

  /** A run of its own that was interrupted after step 9; the checkpoint before that is of step 8. */
  const interrupted = (): RunFolder => {
    const path = join(root, String(count++));
    cpSync(stopped.path, path, { recursive: true });
    const run = RunFolder.reopen(path);
    run.release();
    return run;
  };
  const log = (run: RunFolder) =>
    readMetricsLog(run.file('metrics.jsonl')).map(({ seconds: _, imagesPerSecond: __, ...entry }) => entry);

  it('has checksums for each file, in last, previous, best and those that are kept', () => {
    const { run } = whole;
    assert.equal(readState(run.checkpoint('previous')).loop.step, 8);
    for (const name of ['last', 'previous', 'best']) {
      const files = [...readChecksums(run.file(join('checkpoints', name))).keys()];
      const all = ['ema.safetensors', 'model.safetensors', 'optimizer.safetensors', 'state.json'];
      assert.deepEqual(files, name === 'best' ? all.slice(1) : all);
      assert.equal(damageIn(run.file(join('checkpoints', name))), undefined);
    }
    for (const folder of run.keptCheckpoints()) assert.equal(damageIn(folder), undefined);
  });

  for (const file of ['model.safetensors', 'optimizer.safetensors', 'ema.safetensors', 'state.json']) {
    it(`gives way to the one before it, which says so: ${file}`, async () => {
      const run = interrupted();
      truncateSync(join(run.checkpoint('last'), file), 40);
      const events: TrainEvent[] = [];
      const model = await resumeToy(run.path, { fit, listener: (event) => events.push(event) });
      assert.deepEqual(events[0], {
        type: 'damaged',
        step: 8,
        message:
          `${run.checkpoint('last')} is damaged (${file} is not what was written): ` +
          'the checkpoint before it is taken, of step 8.',
      });
      assert.ok(events[1]!.type === 'begin' && events[1].step === 8);
      assert.deepEqual(weights(model), weights(whole.model));
      assert.deepEqual(log(run), log(whole.run));
      assert.deepEqual(
        run.keptCheckpoints(),
        whole.run.keptCheckpoints().map((path) => path.replace(whole.run.path, run.path)),
      );
    });
  }

  it('gives way also where it is gone', () => {
    const run = interrupted();
    rmSync(run.checkpoint('last'), { recursive: true });
    const reopened = RunFolder.reopen(run.path);
    assert.match(reopened.damage!, /is damaged \(it is missing\): the checkpoint before it is taken, of step 8\.$/);
    reopened.release();
    assert.ok(!existsSync(run.checkpoint('previous')));
  });

  it('ends the resume where the one before it is damaged too, and leaves the folder free', () => {
    const run = interrupted();
    for (const name of ['last', 'previous'] as const) writeFileSync(join(run.checkpoint(name), 'state.json'), '{}');
    const refused = (error: unknown) =>
      error instanceof InputError &&
      /^Cannot resume .*: .*last is damaged \(state\.json is not what was written\), and so is .*previous \(state\.json is not/.test(
        error.message,
      );
    assert.throws(() => RunFolder.reopen(run.path), refused);
    assert.throws(() => RunFolder.reopen(run.path), refused);
  });

  it('is not looked for in a run from before there were checksums', async () => {
    const run = interrupted();
    for (const name of ['last', 'previous', 'best'] as const) rmSync(join(run.checkpoint(name), 'SHA256SUMS'));
    assert.deepEqual(weights(await resumeToy(run.path, { fit })), weights(whole.model));
  });
});
