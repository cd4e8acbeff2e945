import assert from 'node:assert/strict';
import fs, { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../ts/errors';
import * as torch from '../../ts/tensor';
import type { Metrics, TrainEvent } from '../../ts/train/types';
import { readMetricsLog } from '../../ts/train/metrics-logger';
import { RunFolder } from '../../ts/train/run';
import { readState } from '../../ts/train/state';
import { loader, resumeToy, toy, type ToyBatch, type ToyOptions, weights } from './toy';

const STEPS = 12;

describe('the training loop', () => {
  let root: string;
  let count = 0;
  const newRun = () => RunFolder.create(join(root, String(count++)), { note: 'toy' });

  /** A run from begin to end. */
  const train = async (options: ToyOptions = {}) => {
    const run = newRun();
    const events: TrainEvent[] = [];
    const { model, trainer } = toy(run, { listener: (event) => events.push(event), ...options });
    const { outcome } = await trainer.fit();
    run.release();
    return { run, model, outcome, events };
  };

  /** What does not depend on the clock. */
  const log = (run: RunFolder) =>
    readMetricsLog(run.file('metrics.jsonl')).map(({ seconds: _, imagesPerSecond: __, ...entry }) => entry);
  const optimizer = (run: RunFolder) => readFileSync(join(run.checkpoint('last'), 'optimizer.safetensors'));

  before(() => (root = mkdtempSync(join(tmpdir(), 'trainer-'))));
  after(() => rmSync(root, { recursive: true }));

  it('makes all steps, logs, evaluates and leaves its checkpoints', async () => {
    const { run, outcome, events } = await train();
    assert.equal(outcome, 'completed');
    assert.equal(events.filter(({ type }) => type === 'step').length, STEPS);
    assert.deepEqual(
      log(run).map(({ kind, step }) => `${kind} ${step}`),
      ['train 3', 'train 4', 'val 4', 'train 6', 'train 8', 'val 8', 'train 9', 'train 12', 'val 12'],
    );
    for (const name of ['last', 'best'] as const) {
      for (const file of ['model.safetensors', 'optimizer.safetensors', 'state.json']) {
        assert.ok(existsSync(join(run.checkpoint(name), file)), `${name}/${file}`);
      }
    }
    assert.equal(readState(run.checkpoint('last')).loop.step, STEPS);
  });

  it('gives the same weights for the same seed', async () => {
    assert.deepEqual(weights((await train()).model), weights((await train()).model));
  });

  it('counts images, also those of a batch that is not full, and tells the time left from the first step on', async () => {
    const { now } = performance;
    let seconds = 0;
    performance.now = () => 1000 * (seconds += 0.25);
    try {
      const { run, events } = await train({ plan: { epochs: 1, logSteps: 100 } });
      const step = events.find((event) => event.type === 'step');
      assert.ok(step?.type === 'step' && step.samplesPerSecond > 0 && step.secondsLeft !== null);
      const [line] = readMetricsLog(run.file('metrics.jsonl'));
      const images = (line!['imagesPerSecond'] as number) * line!.seconds;
      assert.equal(Math.round(images), 38, `${images} images in ${line!.seconds} s`);
    } finally {
      performance.now = now;
    }
  });

  describe('interrupted and resumed', () => {
    let whole: Awaited<ReturnType<typeof train>>;
    before(async () => (whole = await train()));

    const interruptAfter = async (step: number) => {
      const controller = new AbortController();
      const run = newRun();
      const listener = (event: TrainEvent) => event.type === 'step' && event.step === step && controller.abort();
      const { outcome } = await toy(run, { signal: controller.signal, listener }).trainer.fit();
      run.release();
      return { run, outcome };
    };

    for (const [where, step] of [
      ['in the first epoch', 1],
      ['in the middle of an epoch', 6],
      ['at the end of an epoch', 8],
    ] as const) {
      it(`${where} ends with the same weights, optimizer state and log`, async () => {
        const { run, outcome } = await interruptAfter(step);
        assert.equal(outcome, 'interrupted');
        assert.equal(readState(run.checkpoint('last')).loop.step, step);
        const model = await resumeToy(run.path);
        assert.deepEqual(weights(model), weights(whole.model));
        assert.deepEqual(optimizer(run), optimizer(whole.run));
        assert.deepEqual(log(run), log(whole.run));
        assert.deepEqual(
          readState(run.checkpoint('best')).loop.best,
          readState(whole.run.checkpoint('best')).loop.best,
        );
      });
    }

    it('twice ends with the same weights', async () => {
      const { run } = await interruptAfter(3);
      const controller = new AbortController();
      await resumeToy(run.path, {
        signal: controller.signal,
        listener: ({ type }) => type === 'step' && controller.abort(),
      });
      assert.equal(readState(run.checkpoint('last')).loop.step, 4);
      assert.deepEqual(weights(await resumeToy(run.path)), weights(whole.model));
    });

    it('by its data, within a step, goes on from the step before', async () => {
      const controller = new AbortController();
      const run = newRun();
      const data: ToyOptions['data'] = {
        batches: 10,
        async *epoch(epoch, options) {
          let count = 0;
          for await (const batch of loader().epoch(epoch, options)) {
            if (++count === 6) controller.abort();
            controller.signal.throwIfAborted();
            yield batch;
          }
        },
      };
      const { outcome } = await toy(run, { data, signal: controller.signal }).trainer.fit();
      run.release();
      const { batch, step } = readState(run.checkpoint('last')).loop;
      assert.deepEqual([outcome, batch, step], ['interrupted', 3, 1]);
      assert.deepEqual(weights(await resumeToy(run.path)), weights(whole.model));
      assert.deepEqual(log(run), log(whole.run));
    });

    it('during an evaluation makes up for it', async () => {
      const controller = new AbortController();
      const run = newRun();
      const evaluate = (signal: AbortSignal) => {
        controller.abort();
        return Promise.reject(signal.reason as Error);
      };
      const { outcome } = await toy(run, { signal: controller.signal, evaluate }).trainer.fit();
      assert.equal(outcome, 'interrupted');
      run.release();
      assert.deepEqual(weights(await resumeToy(run.path)), weights(whole.model));
      assert.deepEqual(log(run), log(whole.run));
    });

    it('before an evaluation leaves it to the resumed run', async () => {
      const controller = new AbortController();
      const run = newRun();
      let evaluations = 0;
      const { outcome } = await toy(run, {
        signal: controller.signal,
        listener: (event) => event.type === 'step' && event.step === 4 && controller.abort(),
        evaluate: () => Promise.resolve({ accuracy: ++evaluations }),
      }).trainer.fit();
      run.release();
      assert.deepEqual([outcome, evaluations], ['interrupted', 0]);
      assert.deepEqual(weights(await resumeToy(run.path)), weights(whole.model));
      assert.deepEqual(log(run), log(whole.run));
    });

    it('during an evaluation that draws random numbers draws the same ones again', async () => {
      const drawn = (signal: AbortSignal | null) => (): Promise<Metrics> =>
        signal?.aborted
          ? Promise.reject(signal.reason as Error)
          : Promise.resolve({ accuracy: Number(torch.rand([]).item()) });
      const uninterrupted = await train({ evaluate: drawn(null) });
      const controller = new AbortController();
      const run = newRun();
      const evaluate = () => (controller.abort(), drawn(controller.signal)());
      await toy(run, { signal: controller.signal, evaluate }).trainer.fit();
      run.release();
      await resumeToy(run.path, { evaluate: drawn(null) });
      assert.deepEqual(log(run), log(uninterrupted.run));
    });

    it('keeps a term that is not finite in the mean of a line', async () => {
      let calls = 0;
      const loss: ToyOptions['loss'] = ({ x }) => ({
        loss: x.requiresGrad_(true).sum().mul(0),
        terms: { term: x.sum().mul(++calls === 1 ? NaN : 1) },
      });
      const controller = new AbortController();
      const run = newRun();
      const listener = ({ type }: TrainEvent) => type === 'step' && controller.abort();
      await toy(run, { loss, signal: controller.signal, listener }).trainer.fit();
      run.release();
      await resumeToy(run.path, { loss });
      assert.equal(log(run)[0]!['term'], null);
    });

    it('by a crash goes on from the last checkpoint and forgets what was logged after it', async () => {
      const run = newRun();
      const crash = (event: TrainEvent) => {
        if (event.type === 'step' && event.step === 10) throw new Error('power cut');
      };
      await assert.rejects(toy(run, { plan: { checkpointSteps: 7 }, listener: crash }).trainer.fit(), /power cut/);
      run.release();
      assert.equal(readState(run.checkpoint('last')).loop.step, 8);
      assert.deepEqual(weights(await resumeToy(run.path)), weights(whole.model));
      assert.deepEqual(log(run), log(whole.run));
    });

    it('does not load the batches that are done', async () => {
      const { run } = await interruptAfter(7);
      let batches = 0;
      await resumeToy(run.path, {
        loss: ({ x }) => (batches++, { loss: x.sum().mul(0).requiresGrad_(true) }),
        evaluate: async () => ({ accuracy: 0 }),
      });
      assert.equal(batches, 1 + 10);
    });

    it('after its end has nothing left to do', async () => {
      const { run } = await train();
      assert.deepEqual(weights(await resumeToy(run.path)), weights(whole.model));
    });
  });

  it('saves an epoch before it is evaluated, so that an evaluation that fails costs no training', async () => {
    const whole = await train();
    const run = newRun();
    let evaluations = 0;
    const evaluate = () =>
      ++evaluations === 2 ? Promise.reject(new InputError('an image is damaged')) : Promise.resolve({ accuracy: 0.5 });
    await assert.rejects(toy(run, { evaluate }).trainer.fit(), /an image is damaged/);
    run.release();
    const { loop } = readState(run.checkpoint('last'));
    assert.deepEqual([loop.step, loop.evaluatedStep, loop.best!.step], [8, 4, 4]);
    assert.deepEqual(weights(await resumeToy(run.path)), weights(whole.model));
    assert.deepEqual(
      log(run).map(({ kind, step }) => `${kind} ${step}`),
      log(whole.run).map(({ kind, step }) => `${kind} ${step}`),
    );
    assert.deepEqual(optimizer(run), optimizer(whole.run));
  });

  it('writes each state once: before an evaluation, after it, and no more in the end', async () => {
    const { events } = await train({ plan: { checkpointSteps: 4 } });
    assert.deepEqual(
      events.flatMap((event) => (event.type === 'checkpoint' ? [event.step] : [])),
      [4, 4, 8, 8, 12, 12],
    );
  });

  it('waits the minutes between two checkpoints anew after each', async () => {
    const { now } = performance;
    let minutes = 0;
    performance.now = () => 60_000 * minutes;
    const seen: TrainEvent[] = [];
    try {
      await train({
        plan: { epochs: 1, accumulate: 1, checkpointMinutes: 2.5 },
        listener: (event) => {
          seen.push(event);
          if (event.type === 'step') minutes++;
        },
      });
      assert.deepEqual(
        seen.flatMap((event) => (event.type === 'checkpoint' ? [event.step] : [])),
        [3, 6, 9, 10, 10],
      );
    } finally {
      performance.now = now;
    }
  });

  it('closes its log, whether it ends or fails', async () => {
    const { closeSync, openSync } = fs;
    const open = new Set<number>();
    fs.openSync = (path, ...rest) => {
      const file = openSync(path, ...rest);
      if (String(path).endsWith('metrics.jsonl')) open.add(file);
      return file;
    };
    fs.closeSync = (file) => (open.delete(file), closeSync(file));
    let seen = 0;
    const listener = ({ type }: TrainEvent) => {
      if (type === 'begin') seen += open.size;
    };
    try {
      await train({ listener });
      await assert.rejects(train({ listener, evaluate: () => Promise.reject(new Error('no')) }), /no/);
    } finally {
      Object.assign(fs, { closeSync, openSync });
    }
    assert.deepEqual([seen, open.size], [2, 0]);
  });

  it('keeps the best checkpoint, not the last', async () => {
    const scores = [0.5, 0.9, 0.7];
    const { run, events } = await train({ evaluate: () => Promise.resolve({ accuracy: scores.shift()! }) });
    assert.deepEqual(
      events.flatMap((event) => (event.type === 'evaluated' ? [event.best] : [])),
      [true, true, false],
    );
    assert.equal(readState(run.checkpoint('best')).loop.step, 8);
    assert.deepEqual(readState(run.checkpoint('last')).loop.best, { score: 0.9, epoch: 2, step: 8 });
  });

  describe('that evaluates its start', () => {
    const plan = { evaluateStart: true };

    it('keeps it as the best checkpoint when training makes nothing better', async () => {
      const scores = [0.6, 0.5, 0.6, 0.4];
      const { run, model, events } = await train({
        plan,
        evaluate: () => Promise.resolve({ accuracy: scores.shift()! }),
      });
      assert.deepEqual(
        events.flatMap((event) => (event.type === 'evaluated' ? [[event.epoch, event.step, event.best]] : [])),
        [
          [0, 0, true],
          [1, 4, false],
          [2, 8, false],
          [3, 12, false],
        ],
      );
      assert.deepEqual(
        log(run)
          .slice(0, 2)
          .map(({ kind, epoch, step }) => [kind, epoch, step]),
        [
          ['val', 0, 0],
          ['train', 1, 3],
        ],
      );
      assert.deepEqual(readState(run.checkpoint('last')).loop.best, { score: 0.6, epoch: 0, step: 0 });
      const start = torch.safetensors.load(join(run.checkpoint('best'), 'model.safetensors'));
      assert.notDeepEqual(start['0.weight']!.toArray(), (weights(model) as Record<string, unknown>)['0.weight']);
      const { model: fresh } = toy(newRun());
      assert.deepEqual(start['0.weight']!.toArray(), (weights(fresh) as Record<string, unknown>)['0.weight']);
    });

    /** Interrupted in the evaluation of the start, or at the first event after it. */
    const interrupted = async (when: 'within' | 'after') => {
      const controller = new AbortController();
      const run = newRun();
      const evaluate =
        when === 'within'
          ? (signal: AbortSignal) => (controller.abort(), Promise.reject(signal.reason as Error))
          : undefined;
      const listener = ({ type }: TrainEvent) => type === 'evaluated' && controller.abort();
      const { outcome } = await toy(run, { plan, signal: controller.signal, evaluate, listener }).trainer.fit();
      assert.equal(outcome, 'interrupted');
      run.release();
      return run;
    };

    it('interrupted meanwhile leaves no checkpoint, so that the start is made anew', async () => {
      const { has, checkpoint } = await interrupted('within').then((run) => ({
        has: run.has('last'),
        checkpoint: run.checkpoint('last'),
      }));
      assert.equal(has, false, checkpoint);
    });

    it('interrupted after it goes on with it judged, and ends with the same weights and log', async () => {
      const whole = await train({ plan });
      const run = await interrupted('after');
      assert.deepEqual(
        [readState(run.checkpoint('last')).loop.evaluatedStep, readState(run.checkpoint('best')).loop.step],
        [0, 0],
      );
      assert.deepEqual(weights(await resumeToy(run.path, { plan })), weights(whole.model));
      assert.deepEqual(log(run), log(whole.run));
    });
  });

  it('stops early when patience runs out', async () => {
    const { outcome, events } = await train({
      plan: { patience: 1 },
      evaluate: () => Promise.resolve({ accuracy: 0.5 }),
    });
    assert.equal(outcome, 'stopped early');
    assert.equal(events.filter(({ type }) => type === 'step').length, 8);
  });

  it('stops at a loss that is not finite, and says where and what stands', async () => {
    let calls = 0;
    const loss: ToyOptions['loss'] = ({ x }) => ({
      loss: x
        .requiresGrad_(true)
        .sum()
        .mul(++calls === 14 ? NaN : 0),
    });
    await assert.rejects(train({ loss }), (error: Error) => {
      assert.ok(error instanceof InputError);
      assert.match(
        error.message,
        /^Expected a finite loss, found NaN at epoch 2, step 6: the checkpoint of step 4 stands; try a lower learning rate/,
      );
      return true;
    });
  });

  it('stops at gradients that are not finite', async () => {
    const { model, trainer } = toy(newRun(), {
      loss: () => {
        const weight = model.parameters()[0]!;
        return { loss: weight.sub(weight.detach()).abs().sqrt().sum() };
      },
    });
    await assert.rejects(
      trainer.fit(),
      /Expected a finite gradNorm, found (NaN|Infinity) at epoch 1, step 1: no checkpoint was written yet/,
    );
    assert.deepEqual(weights(model), weights(toy(newRun()).model));
  });

  it('takes no gradients into its first step that were there before', async () => {
    const whole = await train();
    const { model, trainer } = toy(newRun());
    for (const parameter of model.parameters()) parameter.grad = torch.full(parameter.shape, 100);
    await trainer.fit();
    assert.deepEqual(weights(model), weights(whole.model));
  });

  it('averages the terms of a loss over the steps between two lines', async () => {
    let calls = 0;
    const loss: ToyOptions['loss'] = ({ x }) => {
      const term = x.requiresGrad_(true).sum().mul(0).add(calls++);
      return { loss: term, terms: { half: term.div(2) } };
    };
    const { run } = await train({ loss, plan: { epochs: 1, accumulate: 1, logSteps: 5 } });
    const [first, second] = readMetricsLog(run.file('metrics.jsonl')).filter(({ kind }) => kind === 'train');
    assert.deepEqual([first!['loss'], first!['half'], second!['loss']], [2, 1, 7]);
  });

  it('weighs the batches of a step alike', async () => {
    let calls = 0;
    const loss: ToyOptions['loss'] = ({ x }) => ({ loss: x.requiresGrad_(true).sum().mul(0).add(calls++) });
    const { run } = await train({ loss, plan: { epochs: 1, logSteps: 1 } });
    const losses = readMetricsLog(run.file('metrics.jsonl')).flatMap((entry) =>
      entry.kind === 'train' ? [entry['loss']] : [],
    );
    assert.deepEqual(
      losses.map((value) => Math.round(1e6 * (value as number)) / 1e6),
      [1, 4, 7, 9],
    );
  });

  it('says so when an evaluation lacks the score, or gives nothing', async () => {
    await assert.rejects(
      train({ evaluate: () => Promise.resolve({ other: 1 }) }),
      /Expected a finite number "accuracy" of the evaluation, found other; name another metric by the option score/,
    );
    const evaluate = () => Promise.resolve(undefined as unknown as Metrics);
    await assert.rejects(train({ evaluate }), {
      name: 'InputError',
      message: 'fit: expected metrics by name from evaluate, found undefined; return an object such as { loss: 0.5 }',
    });
  });

  it('says so when a loss is no tensor', async () => {
    for (const result of [undefined, Promise.resolve(torch.tensor(1)), { loss: 1 }])
      await assert.rejects(train({ loss: () => result as never }), {
        name: 'InputError',
        message:
          /^fit: expected a tensor, or \{ loss, terms \}, from loss, found .*; return the loss itself, not a promise of it$/,
      });
  });

  it('refuses names of terms and metrics that a line of the log has already', async () => {
    const loss: ToyOptions['loss'] = ({ x }) => ({ loss: x.requiresGrad_(true).sum(), terms: { step: x.sum() } });
    await assert.rejects(train({ loss }), {
      name: 'InputError',
      message:
        'fit: expected another name for a term of the loss, found "step", which a line of metrics.jsonl has already; rename it.',
    });
    const evaluate = () => Promise.resolve({ accuracy: 1, epoch: 2 });
    await assert.rejects(train({ evaluate }), /expected another name for a metric, found "epoch"/);
  });

  for (const [what, count, message] of [
    ['fewer batches than it says', 9, /^fit: expected 10 batches in epoch 1, found 9; data\.batches is their number/],
    [
      'more batches than it says',
      11,
      /^fit: expected 10 batches in epoch 1, found more; data\.batches is their number/,
    ],
  ] as const)
    it(`stops where its data gives ${what}`, async () => {
      const epoch = async function* (): AsyncGenerator<ToyBatch> {
        for (let i = 0; i < count; i++) yield Promise.resolve({ x: torch.ones([4, 2]), y: torch.ones([4, 1]) });
      };
      await assert.rejects(train({ data: { batches: 10, epoch } }), { name: 'InputError', message });
    });

  it('makes no more tensors from epoch to epoch', async () => {
    const live: number[] = [];
    await train({ plan: { epochs: 6 }, listener: ({ type }) => type === 'step' && live.push(torch.memory().tensors) });
    assert.ok(Math.max(...live.slice(8)) <= Math.max(...live.slice(4, 8)), live.join(' '));
  });
});
