import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../ts/errors';
import { TrainControls } from '../../ts/train/controls';
import { readLearningRateChanges } from '../../ts/train/learning-rate-changes';
import { readMetricsLog } from '../../ts/train/metrics-logger';
import { RunFolder } from '../../ts/train/run';
import { readState } from '../../ts/train/state';
import type { TrainEvent } from '../../ts/train/types';
import { resumeToy, toy, type ToyOptions, weights } from './toy';

describe('a training that is steered', () => {
  let root: string;
  let count = 0;
  before(() => (root = mkdtempSync(join(tmpdir(), 'controls-'))));
  after(() => rmSync(root, { recursive: true }));

  const newRun = () => RunFolder.create(join(root, String(count++)), { note: 'toy' });
  type Press = (event: TrainEvent, controls: TrainControls) => void;

  /** A run from begin to end, whose events press buttons. */
  const train = async (press: Press = () => {}, options: ToyOptions = {}) => {
    const run = newRun();
    const controls = new TrainControls();
    const events: TrainEvent[] = [];
    const listener = (event: TrainEvent) => {
      events.push(event);
      press(event, controls);
    };
    const { model, trainer } = toy(run, { listener, ...options, fit: { controls, ...options.fit } });
    const { outcome } = await trainer.fit();
    run.release();
    return { run, model, outcome, events };
  };
  const said = (events: readonly TrainEvent[]) =>
    events.flatMap((event) => (event.type === 'control' ? [event.message] : []));
  const log = (run: RunFolder) =>
    readMetricsLog(run.file('metrics.jsonl')).map(({ seconds: _, imagesPerSecond: __, ...entry }) => entry);
  const optimizer = (run: RunFolder) => readFileSync(join(run.checkpoint('last'), 'optimizer.safetensors'));

  let whole: Awaited<ReturnType<typeof train>>;
  before(async () => (whole = await train()));

  const assertSame = (run: RunFolder, model: Parameters<typeof weights>[0]) => {
    assert.deepEqual(weights(model), weights(whole.model));
    assert.deepEqual(optimizer(run), optimizer(whole.run));
    assert.deepEqual(log(run), log(whole.run));
  };

  it('ends with the same bits when it was paused and saved on the way', async () => {
    const { run, model, events, outcome } = await train((event, controls) => {
      if (event.type === 'step' && event.step === 3) controls.pause();
      // Once in the pause and once while it trains.
      if (event.type === 'control' && event.paused) controls.checkpoint();
      if (event.type === 'checkpoint' && event.step === 3) controls.resume();
      if (event.type === 'step' && event.step === 6) controls.checkpoint();
    });
    assert.equal(outcome, 'completed');
    assert.deepEqual(said(events), ['paused after step 3', 'going on after step 3']);
    const saved = events.flatMap(({ type, step }) => (type === 'checkpoint' ? [step] : []));
    assert.ok(saved.includes(3) && saved.includes(6), saved.join());
    assertSame(run, model);
  });

  it('makes no step while it is paused, and goes on from a request that came before', async () => {
    const controls = new TrainControls();
    controls.pause();
    const events: string[] = [];
    const { trainer } = toy(newRun(), {
      fit: { controls },
      listener: ({ type }) => {
        events.push(type);
        if (type !== 'control' || !controls.state.paused) return;
        setImmediate(() => {
          events.push('pressed');
          controls.resume();
        });
      },
    });
    await trainer.fit();
    assert.deepEqual(events.slice(0, 5), ['begin', 'control', 'pressed', 'control', 'step']);
  });

  it('says so when the checkpoint that is asked for is there already', async () => {
    const { events } = await train((event, controls) => {
      if (event.type === 'evaluated' && event.step === 4) controls.checkpoint();
    });
    assert.deepEqual(said(events), ['the checkpoint of step 4 is there already']);
  });

  it('ends while it is paused when it is aborted', async () => {
    const controller = new AbortController();
    const { run, outcome } = await train(
      (event, controls) => {
        if (event.type === 'step' && event.step === 2) controls.pause();
        if (event.type === 'control' && event.paused) controller.abort();
      },
      { signal: controller.signal },
    );
    assert.equal(outcome, 'interrupted');
    assert.equal(readState(run.checkpoint('last')).loop.step, 2);
    assertSame(run, await resumeToy(run.path));
  });

  it('ends after the epoch, evaluated and saved, and goes on from there with the same bits', async () => {
    const epochs: number[] = [];
    const fit = { onEpoch: ({ epoch }: { epoch: number }) => void epochs.push(epoch) };
    const { run, outcome, events } = await train(
      (event, controls) => event.type === 'step' && event.step === 6 && controls.stopAfterEpoch(),
      { fit },
    );
    assert.equal(outcome, 'interrupted');
    assert.equal(events.findLast(({ type }) => type === 'evaluated')?.type === 'evaluated' && events.at(-1)?.step, 8);
    assert.equal(readState(run.checkpoint('last')).loop.step, 8);
    assertSame(run, await resumeToy(run.path, { fit }));
    assert.deepEqual(epochs, [1, 2, 3]);
  });

  it('completes when it is to end after its last epoch, or when that was taken back', async () => {
    const last = await train(({ type, step }, controls) => type === 'step' && step === 10 && controls.stopAfterEpoch());
    assert.equal(last.outcome, 'completed');
    assertSame(last.run, last.model);
    const taken = await train(({ type, step }, controls) => {
      if (type === 'step' && step === 5) controls.stopAfterEpoch();
      if (type === 'step' && step === 6) controls.stopAfterEpoch(false);
    });
    assert.equal(taken.outcome, 'completed');
  });

  describe('in its learning rate', () => {
    /** Twice, in different epochs. */
    const change: Press = ({ type, step }, controls) => {
      if (type === 'step' && step === 2) controls.scaleLearningRate(0.5);
      if (type === 'step' && step === 6) controls.scaleLearningRate(8);
    };
    const changes = [
      { step: 2, factor: 0.5 },
      { step: 6, factor: 8 },
    ];
    let changed: Awaited<ReturnType<typeof train>>;
    before(async () => (changed = await train(change)));

    const rates = (run: RunFolder) =>
      readMetricsLog(run.file('metrics.jsonl')).flatMap(({ kind, lr }) => (kind === 'train' ? [lr as number] : []));

    it('multiplies what the schedule gives from the next step on, and writes that down', () => {
      assert.notDeepEqual(weights(changed.model), weights(whole.model));
      // Lines at the steps 3, 4, 6, 8, 9 and 12.
      const factors = rates(changed.run).map((rate, i) => rate / rates(whole.run)[i]!);
      assert.deepEqual(factors, [0.5, 0.5, 0.5, 4, 4, 4]);
      assert.deepEqual(readLearningRateChanges(changed.run.path), changes);
      assert.match(said(changed.events)[0]!, /^learning rate × 0\.5 after step 2: 0\.0\d+$/);
    });

    it('makes the same changes again after going back to a checkpoint', async () => {
      const stop = new AbortController();
      const { run } = await train(
        (event, controls) => {
          change(event, controls);
          if (event.type === 'step' && event.step === 4) cpSync(run0(), join(root, 'copy'), { recursive: true });
          if (event.type === 'step' && event.step === 7) stop.abort();
        },
        { signal: stop.signal, plan: { checkpointSteps: 1 }, fit: { asyncCheckpoint: false } },
      );
      // As if a kill had left the checkpoint of step 3, and both changes on disk.
      for (const name of ['checkpoints', 'metrics.jsonl']) {
        rmSync(join(run.path, name), { recursive: true });
        cpSync(join(root, 'copy', name), join(run.path, name), { recursive: true });
      }
      assert.ok(readState(run.checkpoint('last')).loop.step < 6);
      const model = await resumeToy(run.path, { plan: { checkpointSteps: 1 } });
      assert.deepEqual(weights(model), weights(changed.model));
      assert.deepEqual(log(run), log(changed.run));
    });
    const run0 = () => join(root, String(count - 1));

    it('begins with those that are given, and repeats the run', async () => {
      const { run, model } = await train(() => {}, { fit: { controls: new TrainControls({ learningRate: changes }) } });
      assert.deepEqual(weights(model), weights(changed.model));
      assert.deepEqual(readLearningRateChanges(run.path), changes);
    });

    it('does not move a schedule that goes by the rates it has set', async () => {
      const schedule = { kind: 'ExponentialLR', gamma: 0.5 } as const;
      const { run } = await train(change, { fit: { schedule }, plan: { logSteps: 1 } });
      const factors = rates(run).map((rate, i) => rate / (0.05 * 0.5 ** i));
      for (const [i, factor] of factors.entries())
        assert.ok(Math.abs(factor - (i < 2 ? 1 : i < 6 ? 0.5 : 4)) < 1e-9, `${factor} of step ${i + 1}`);
    });

    it('stays as it is where the change cannot be written down', async () => {
      const { run, model, events } = await train((event, controls) => {
        if (event.type === 'begin') mkdirSync(join(run0(), 'controls.json'));
        change(event, controls);
      });
      const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
      assert.match(warnings[0]!, /^The learning rate stays as it is: .*controls\.json: cannot be written/);
      rmSync(run.file('controls.json'), { recursive: true });
      assertSame(run, model);
    });

    it('is refused for a factor that is none, and a file that is damaged', () => {
      for (const factor of [0, -1, NaN, Infinity])
        assert.throws(() => new TrainControls().scaleLearningRate(factor), InputError);
      assert.throws(() => new TrainControls({ learningRate: [{ step: 0, factor: 0 }] }), InputError);
      const folder = join(root, 'damaged');
      mkdirSync(folder);
      for (const text of [
        '{',
        '[]',
        '{"learningRate":[{"step":1,"factor":0}]}',
        '{"learningRate":[{"step":-1,"factor":1}]}',
      ]) {
        writeFileSync(join(folder, 'controls.json'), text);
        assert.throws(() => readLearningRateChanges(folder), /controls\.json is unreadable .*: take it from a copy/);
      }
    });
  });
});
