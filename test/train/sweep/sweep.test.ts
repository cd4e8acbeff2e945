import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { InputError, UsageError } from '../../../ts/errors';
import { Journal, type TrialEntry } from '../../../ts/train/sweep/journal';
import { sweep, type SweepEvent, type SweepOptions } from '../../../ts/train/sweep/sweep';
import { parabola } from './kill-program';

describe('a sweep', () => {
  let root: string;
  let count = 0;
  before(() => (root = mkdtempSync(join(tmpdir(), 'sweep-'))));
  after(() => rmSync(root, { recursive: true }));
  const newFolder = () => join(root, String(count++));
  const withoutTime = (trials: readonly TrialEntry[]) => trials.map(({ seconds: _, ...trial }) => trial);
  const square: SweepOptions['run'] = ({ x }) => Number(x) ** 2;
  const grid = (folder: string): SweepOptions => ({
    folder,
    parameters: { x: [2, -1, 3] },
    method: 'grid',
    mode: 'min',
    run: square,
  });

  it('runs all trials in their order, finds the best, and leaves a folder', async () => {
    const folder = newFolder();
    const { outcome, trials, best } = await sweep({ ...grid(folder), metric: 'square' });
    assert.equal(outcome, 'completed');
    assert.deepEqual(withoutTime(trials), [
      { trial: 0, parameters: { x: 2 }, state: 'done', value: 4 },
      { trial: 1, parameters: { x: -1 }, state: 'done', value: 1 },
      { trial: 2, parameters: { x: 3 }, state: 'done', value: 9 },
    ]);
    assert.equal(best!.trial, 1);
    const settings = parse(readFileSync(join(folder, 'sweep.yaml'), 'utf8')) as object;
    assert.deepEqual(settings, {
      metric: 'square',
      method: 'grid',
      mode: 'min',
      seed: 0,
      parameters: { x: [2, -1, 3] },
    });
    const lines = readFileSync(join(folder, 'trials.jsonl'), 'utf8').trim().split('\n');
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as TrialEntry).state),
      ['running', 'done', 'running', 'done', 'running', 'done'],
    );
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as { best: number; metric: string };
    assert.deepEqual([report.best, report.metric], [1, 'square']);
    assert.ok(!existsSync(join(folder, 'sweep.lock')));
  });

  it('tells a trial where it may write, and goes by one of several metrics', async () => {
    const folder = newFolder();
    const seen: unknown[] = [];
    const { best } = await sweep({
      ...grid(folder),
      mode: 'max',
      metric: 'score',
      run: ({ x }, { trial, folder: own, resume, units, slot }) => {
        seen.push([trial, own, resume, units, slot]);
        return { score: Number(x), loss: -Number(x) };
      },
    });
    assert.deepEqual(
      seen,
      [0, 1, 2].map((trial) => [trial, join(folder, 'trials', `000${trial}`), false, null, 0]),
    );
    assert.deepEqual([best!.value, best!.metrics], [3, { score: 3, loss: -3 }]);
  });

  it('writes down trials that fail, and goes on', async () => {
    const { trials, best, outcome } = await sweep({
      ...grid(newFolder()),
      run: ({ x }) => {
        if (x === -1) throw new Error('out of memory');
        return x === 2 ? NaN : 5;
      },
    });
    assert.equal(outcome, 'completed');
    assert.deepEqual(
      trials.map(({ state, error }) => [state, error]),
      [
        ['failed', 'expected a finite number for value, found NaN'],
        ['failed', 'out of memory'],
        ['done', undefined],
      ],
    );
    assert.equal(best!.trial, 2);
  });

  it('runs so many trials at a time as it is told, each in a slot of its own', async () => {
    const busy = new Set<number>();
    let most = 0;
    const { trials } = await sweep({
      ...grid(newFolder()),
      parameters: { x: [1, 2, 3, 4, 5, 6, 7] },
      parallel: 3,
      run: async ({ x }, { slot }) => {
        assert.ok(!busy.has(slot) && slot < 3);
        busy.add(slot);
        most = Math.max(most, busy.size);
        for (let i = 0; i < Number(x) % 4; i++) await new Promise(setImmediate);
        busy.delete(slot);
        return Number(x);
      },
    });
    assert.equal(most, 3);
    assert.deepEqual(
      trials.map(({ value }) => value),
      [1, 2, 3, 4, 5, 6, 7],
    );
  });

  it('draws the same with several trials at a time, whichever end first', async () => {
    const tables = [];
    for (const first of [0, 1]) {
      const run: SweepOptions['run'] = async ({ x }, { trial }) => {
        for (let i = 0; i < ((trial + first) % 2) * 20; i++) await new Promise(setImmediate);
        return Number(x) ** 2;
      };
      const { trials } = await sweep({
        ...parabola(newFolder()),
        parameters: { x: { min: -3, max: 3 } },
        parallel: 2,
        run,
      });
      tables.push(withoutTime(trials));
    }
    assert.deepEqual(tables[0], tables[1]);
  });

  describe('with successive halving', () => {
    const halved = (folder: string, more: Partial<SweepOptions> = {}): SweepOptions => ({
      folder,
      parameters: { x: [5, 1, 9, 2, 8, 3, 7, 4, 6] },
      method: 'grid',
      mode: 'max',
      halving: { min: 1, max: 9 },
      run: ({ x }) => Number(x),
      ...more,
    });

    it('gives the best third of each rung three times as much', async () => {
      const given: string[] = [];
      const { trials, best } = await sweep(
        halved(newFolder(), {
          run: ({ x }, { trial, units }) => {
            given.push(`${trial}:${units}`);
            return Number(x);
          },
        }),
      );
      // After three trials one of them goes on, trial 2 with the 9. After six two may: trial 4 with the 8 as well. After nine three:
      // trial 6 with the 7. Of the three that are at 3 units then, the best goes on to 9.
      assert.deepEqual(given, [
        '0:1',
        '1:1',
        '2:1',
        '2:3',
        '3:1',
        '4:1',
        '5:1',
        '4:3',
        '6:1',
        '7:1',
        '8:1',
        '6:3',
        '2:9',
      ]);
      assert.deepEqual([best!.trial, best!.units, best!.rung], [2, 9, 2]);
      assert.deepEqual(
        trials.map(({ units }) => units),
        [1, 1, 9, 1, 3, 1, 3, 1, 1],
      );
    });

    it('takes the best of those that came furthest', async () => {
      const { best } = await sweep(halved(newFolder(), { run: ({ x }, { units }) => Number(x) / units! }));
      assert.deepEqual([best!.trial, best!.value], [2, 1]);
    });

    it('interrupted in a rung goes on in it', async () => {
      const run: SweepOptions['run'] = ({ x }) => Number(x);
      const whole = await sweep(halved(newFolder(), { run }));
      const folder = newFolder();
      const stop = new AbortController();
      const broken = await sweep(
        halved(folder, {
          signal: stop.signal,
          run: ({ x }, { trial, units }) => {
            if (trial === 4 && units === 3) {
              stop.abort(new Error('enough'));
              throw new Error('enough');
            }
            return Number(x);
          },
        }),
      );
      assert.equal(broken.outcome, 'interrupted');
      assert.deepEqual(broken.trials.at(-1)!.state, 'done');
      assert.equal(broken.trials[4]!.state, 'running');
      const again = await sweep(halved(folder, { run, resume: true }));
      assert.deepEqual(withoutTime(again.trials), withoutTime(whole.trials));
    });

    it('is refused with a method that compares trials', async () => {
      await assert.rejects(
        sweep(halved(newFolder(), { method: 'tpe' })),
        /the method random or grid with halving, found tpe/,
      );
    });
  });

  it('killed, and gone on with, ends with the same table as one that was left alone', async function () {
    this.timeout(60_000);
    const whole = await sweep(parabola(newFolder()));
    const folder = newFolder();
    const program = join(__dirname, 'kill-program.ts');
    for (const after of [3, 6]) {
      const child = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), program, folder]);
      let ended = 0;
      child.stdout.on('data', (data: Buffer) => {
        ended += data.toString().split('\n').length - 1;
        if (ended >= after) child.kill('SIGKILL');
      });
      await new Promise((resolve) => child.once('close', resolve));
    }
    appendFileSync(join(folder, 'trials.jsonl'), '{"trial":99,"sta'); // as a kill in the middle of a line leaves it
    const { trials } = await sweep({ ...parabola(folder), resume: true });
    assert.equal(trials.length, 20);
    assert.deepEqual(withoutTime(trials), withoutTime(whole.trials));
  });

  it('asks its trials to end when it is aborted, and begins no more', async () => {
    const stop = new AbortController();
    const folder = newFolder();
    const events: string[] = [];
    const onEvent = (event: SweepEvent) =>
      void events.push(event.type === 'begin' ? `begin ${event.done}` : `${event.type} ${event.trial.trial}`);
    const { outcome, trials } = await sweep({
      ...grid(folder),
      signal: stop.signal,
      onEvent,
      run: ({ x }, { signal }) => {
        if (x !== -1) return 1;
        setImmediate(() => stop.abort(new Error('enough')));
        return new Promise<number>((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        );
      },
    });
    assert.equal(outcome, 'interrupted');
    assert.deepEqual(
      trials.map(({ state }) => state),
      ['done', 'running'],
    );
    assert.deepEqual(events, ['begin 0', 'started 0', 'ended 0', 'started 1']);
    // One of the two that had begun is done.
    assert.equal((await sweep({ ...grid(folder), resume: true, onEvent })).trials.length, 3);
    assert.deepEqual(events.slice(4, 6), ['begin 1', 'started 1']);
  });

  it('says of a trial that goes on that its folder holds a run', async () => {
    const folder = newFolder();
    const seen: boolean[] = [];
    await sweep({
      ...grid(folder),
      halving: { min: 1, max: 2, factor: 2 },
      parameters: { x: [1, 2] },
      run: ({ x }, { folder: own, resume }) => {
        seen.push(resume);
        mkdirSync(join(own, 'checkpoints'), { recursive: true });
        writeFileSync(join(own, 'config.yaml'), '');
        return Number(x);
      },
    });
    assert.deepEqual(seen, [false, false, true]);
  });

  it('goes on with its own settings alone, but for more trials', async () => {
    const folder = newFolder();
    const random: SweepOptions = { folder, parameters: { x: { min: 0, max: 1 } }, mode: 'min', trials: 2, run: square };
    await sweep(random);
    const more = await sweep({ ...random, trials: 4, resume: true });
    assert.equal(more.trials.length, 4);
    await assert.rejects(sweep({ ...random, seed: 1, resume: true }), (error) => {
      assert.match((error as Error).message, /^A sweep keeps its settings; seed would change what it finds/);
      return error instanceof UsageError;
    });
    await assert.rejects(sweep(random), /already holds a sweep; go on with it by the option resume/);
    await assert.rejects(sweep({ ...random, folder: newFolder(), resume: true }), /no sweep to go on with/);
    await assert.rejects(sweep({ ...random, folder: root }), /which holds other files/);
  });

  it('refuses options that do not exist or are out of their range', async () => {
    const refused = (options: object, message: RegExp) =>
      assert.rejects(
        sweep({ ...grid(newFolder()), ...options } as SweepOptions),
        (error) => error instanceof InputError && message.test(error.message),
      );
    await refused({ trial: 3 }, /the option 'trial' does not exist. Did you mean trials\?/);
    await refused({ mode: 'most' }, /'min' or 'max' for mode, found "most"/);
    await refused({ parallel: 0 }, /a whole number from 1 on for parallel, found 0/);
    await refused({ run: 3 }, /a function for run, found 3/);
    await refused({ folder: '' }, /the path of a folder for folder/);
  });

  it('whose journal is damaged says in which line', () => {
    const path = join(root, 'damaged.jsonl');
    writeFileSync(path, '{"trial":0}\nno JSON\n');
    assert.throws(() => new Journal(path), /damaged\.jsonl:2: expected a line of JSON/);
  });
});
