import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunFolder } from '../../ts/train/run';
import { stoppable, withRun } from '../../ts/train/with-run';

describe('a run folder that is held', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'with-run-'))));
  afterEach(() => rmSync(root, { recursive: true }));
  const path = () => join(root, 'run');
  const begin = (run: RunFolder) => writeFileSync(run.file('metrics.jsonl'), '{}\n');

  it('gives what training into it gives, and is free for others after that', async () => {
    const result = await withRun({ config: { a: 1 }, run: path() }, (run) => {
      begin(run);
      assert.throws(() => RunFolder.reopen(path()), /is training into this folder/);
      return Promise.resolve(run.config);
    });
    assert.deepEqual(result, { a: 1 });
    RunFolder.reopen(path()).release();
  });

  it('is taken back when training never began, and free for the next try', async () => {
    const attempt = () => withRun({ config: {}, run: path() }, () => Promise.reject(new Error('no dataset')));
    await assert.rejects(attempt(), /no dataset/);
    assert.ok(!existsSync(path()));
    await assert.rejects(attempt(), /no dataset/);
  });

  it('is taken back with a log that has no line, and stays with a checkpoint', async () => {
    const attempt = (prepare: (run: RunFolder) => void) =>
      withRun({ config: {}, run: path() }, (run) => {
        writeFileSync(run.file('metrics.jsonl'), '');
        prepare(run);
        return Promise.reject(new Error('a slip in the loss'));
      });
    await assert.rejects(
      attempt(() => {}),
      /a slip/,
    );
    assert.ok(!existsSync(path()));
    await assert.rejects(
      attempt((run) => mkdirSync(run.checkpoint('last'))),
      /a slip/,
    );
    assert.ok(existsSync(path()));
  });

  it('stays when it was there, or when training began', async () => {
    await assert.rejects(
      withRun({ config: {}, run: path() }, (run) => (begin(run), Promise.reject(new Error('power')))),
      /power/,
    );
    assert.ok(existsSync(path()));
    rmSync(join(path(), 'metrics.jsonl'));
    await assert.rejects(
      withRun({ config: {}, run: path(), resume: true }, () => Promise.reject(new Error('again'))),
      /again/,
    );
    assert.ok(existsSync(path()));
  });

  it('ends as interrupted by the reason of its signal, by that alone', async () => {
    const stopped = AbortSignal.abort(new Error('stop'));
    const run = (error: unknown) =>
      withRun({ config: {}, run: path(), signal: stopped }, () => Promise.reject(error as Error));
    assert.deepEqual(await run(stopped.reason), { outcome: 'interrupted' });
    await assert.rejects(run(new Error('disk full')), /disk full/);
    await assert.rejects(
      withRun({ config: {}, run: path() }, () => Promise.reject(stopped.reason as Error)),
      /stop/,
    );
  });
});

describe('a listener whose bars end at a signal', () => {
  it('passes on what is said and shown, until then', () => {
    const heard: unknown[] = [];
    const stop = new AbortController();
    const { say, bar } = stoppable(
      {
        say: (sentence) => void heard.push(sentence),
        bar: (label, unit) => {
          heard.push([label, unit]);
          return { update: (...counts) => void heard.push(counts), stop: () => void heard.push('stopped') };
        },
      },
      stop.signal,
    );
    say('hello');
    const shown = bar('drawing', 'steps');
    shown.update(1, 3);
    stop.abort(new Error('enough'));
    assert.throws(() => shown.update(2, 3), /enough/);
    shown.stop();
    assert.deepEqual(heard, ['hello', ['drawing', 'steps'], [1, 3], 'stopped']);
  });

  it('is silent where there is none', () => {
    const shown = stoppable().bar('drawing', 'steps');
    shown.update(1, 2);
    shown.stop();
  });
});
