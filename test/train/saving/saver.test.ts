import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';
import type { TrainEvent } from '../../../ts/train';
import { damageIn } from '../../../ts/train/checksums';
import { RunFolder } from '../../../ts/train/run';
import { applyPlan } from '../../../ts/train/saving/apply';
import { Staging } from '../../../ts/train/saving/staging';
import { CheckpointWriter } from '../../../ts/train/saving/writer';
import { readState } from '../../../ts/train/state';
import { leftBy } from '../kills';
import { resumeToy, toy, type ToyBatch, type ToyOptions, weights } from '../toy';
import type { FitOptions } from '../../../ts/train/fit-options';

/** A thread that writes when it is told to. */
class Held {
  /** Lets the checkpoint be written that waits. */
  let: (() => void) | undefined;
  #isFree = false;

  async write(...checkpoint: Parameters<typeof applyPlan>): Promise<void> {
    if (!this.#isFree) await new Promise<void>((resolve) => (this.let = resolve));
    this.let = undefined;
    await applyPlan(...checkpoint);
  }

  /** From now on it waits for nobody. */
  free(): void {
    this.#isFree = true;
    this.let?.();
  }

  reserve(): Promise<SharedArrayBuffer[]> {
    return Promise.resolve([]);
  }

  release(): void {}
}

describe('checkpoints that are written beside the training', () => {
  let root: string;
  let count = 0;
  before(() => (root = mkdtempSync(join(tmpdir(), 'saver-'))));
  after(() => rmSync(root, { recursive: true }));
  const { take } = CheckpointWriter;
  afterEach(() => (CheckpointWriter.take = take));

  const newRun = () => RunFolder.create(join(root, String(count++)), {});
  /** Trains the toy, 4 steps an epoch, on a clock that stands still. */
  const train = async (options: ToyOptions, run = newRun()) => {
    const { now } = performance;
    performance.now = () => 0;
    const events: TrainEvent[] = [];
    try {
      const { trainer, model } = toy(run, { listener: (event) => void events.push(event), ...options });
      await trainer.fit();
      return { run, events, model };
    } finally {
      run.release();
      performance.now = now;
    }
  };
  const fit = (options: Partial<FitOptions<ToyBatch>>): ToyOptions => ({ fit: options });
  const saveModel = (model: { stateDict(): Record<string, torch.Tensor> }, folder: string) =>
    torch.safetensors.save(model.stateDict(), join(folder, 'model.safetensors'));
  const leftovers = (run: RunFolder) =>
    readdirSync(run.file('checkpoints')).filter((name) => /\.(new|old)$/.test(name));

  for (const [how, options] of [
    ['one step after the other', { checkpointSteps: 1, evaluateSteps: 2 }],
    ['with averages of the weights and more checkpoints kept', { ema: 0.9, keep: 3, evaluateSteps: 1 }],
    ['after an evaluation of the start', { evaluateStart: true, ema: 0.5, keep: 2, evaluateSteps: 3 }],
  ] as const)
    it(`hold what those hold that the training waits for: ${how}`, async () => {
      const [beside, waited] = [await train(fit(options)), await train(fit({ ...options, asyncCheckpoint: false }))];
      assert.deepEqual(leftBy(beside.run.path), leftBy(waited.run.path));
      for (const { run } of [beside, waited])
        for (const name of readdirSync(run.file('checkpoints')))
          assert.equal(damageIn(run.file(join('checkpoints', name))), undefined);
      assert.deepEqual(leftovers(beside.run), []);
    });

  it('are told of once they are on disk, each once, in their order', async () => {
    const run = newRun();
    const seen: number[] = [];
    const listener = (event: TrainEvent) => {
      if (event.type !== 'checkpoint') return;
      assert.equal(readState(event.path).loop.step, event.step);
      assert.equal(damageIn(event.path), undefined);
      seen.push(event.step);
    };
    await train({ ...fit({ checkpointSteps: 3, evaluateEpochs: 0 }), listener }, run);
    assert.deepEqual(seen, [3, 6, 9, 12]);
  });

  it('let the training go on until the next one is due, and are waited for in the end', async () => {
    const writer = new Held();
    CheckpointWriter.take = () => writer as never;
    const seen: string[] = [];
    const listener = (event: TrainEvent) => {
      if (event.type !== 'step' && event.type !== 'checkpoint' && event.type !== 'end') return;
      seen.push(`${event.type} ${event.step}`);
      // Checkpoints are taken after the steps 4, 8 and 12; each waits for the one before.
      if (seen.at(-1) === 'step 6') writer.let!();
      if (seen.at(-1) === 'step 12') writer.free();
    };
    await train({ ...fit({ checkpointSteps: 4, evaluateEpochs: 0 }), listener });
    const at = (what: string) => seen.indexOf(what);
    assert.ok(at('step 6') < at('checkpoint 4') && at('checkpoint 4') < at('step 9'), seen.join());
    assert.ok(at('step 12') < at('checkpoint 8'), seen.join());
    assert.deepEqual(seen.slice(-3), ['checkpoint 8', 'checkpoint 12', 'end 12']);
  });

  it('hold the weights of the step that they were taken after', async () => {
    const writer = new Held();
    CheckpointWriter.take = () => writer as never;
    const path = newRun();
    const listener = ({ type, ...event }: TrainEvent) => {
      if (type === 'step' && 'step' in event && event.step === 3) writer.free();
    };
    const { run } = await train({ ...fit({ checkpointSteps: 2, maxSteps: 4, ema: 0.5 }), listener }, path);
    const whole = await train(fit({ checkpointSteps: 2, maxSteps: 4, ema: 0.5, asyncCheckpoint: false }));
    assert.deepEqual(leftBy(run.path), leftBy(whole.run.path));
  });

  it('are on disk when the training fails, is aborted, or its loss is no number', async () => {
    const stop = new AbortController();
    const ends: Record<string, (step: number) => void> = {
      fails: (step) => {
        if (step === 5) throw new Error('out of paper');
      },
      aborts: (step) => step === 5 && stop.abort(),
    };
    for (const [how, act] of Object.entries(ends)) {
      const run = newRun();
      const listener = (event: TrainEvent) => event.type === 'step' && act(event.step);
      const training = train({ ...fit({ checkpointSteps: 4 }), listener, signal: stop.signal }, run);
      await (how === 'fails' ? assert.rejects(training, /out of paper/) : training);
      assert.equal(readState(run.checkpoint('last')).loop.step, how === 'fails' ? 4 : 5);
      assert.equal(damageIn(run.checkpoint('last')), undefined);
      assert.deepEqual(leftovers(run), []);
    }
  });

  describe('where they cannot be', () => {
    /** Trains on until the first checkpoint that `sabotage` spoils in its folder. */
    const spoiled = async (sabotage: (folder: string) => void) => {
      const run = newRun();
      const steps: number[] = [];
      const listener = (event: TrainEvent) => event.type === 'step' && steps.push(event.step);
      let saves = 0;
      const { model, trainer } = toy(run, {
        fit: {
          checkpointSteps: 4,
          evaluateEpochs: 0,
          save: (folder) => {
            if (++saves === 2) sabotage(folder);
            saveModel(model, folder);
          },
          load: () => {},
        },
        listener,
      });
      const error = await trainer.fit().then(
        () => assert.fail('it did not fail'),
        (reason: unknown) => reason as Error,
      );
      run.release();
      return { run, error, steps };
    };

    it('written, say so in one sentence, before the next one, and the one before stands', async () => {
      const { run, error, steps } = await spoiled((folder) => mkdirSync(join(folder, 'state.json')));
      assert.ok(error instanceof InputError);
      assert.match(error.message, /last\.new\/state\.json: cannot be written: it is a folder \(EISDIR\)\.$/);
      assert.ok(steps.length >= 8 && steps.length <= 12, steps.join());
      assert.equal(readState(run.checkpoint('last')).loop.step, 4);
      assert.equal(damageIn(run.checkpoint('last')), undefined);
      assert.ok(Object.keys(weights(await resumeToy(run.path, { fit: { evaluateEpochs: 0 } })) as object).length > 0);
    });

    it('written for the disk is full, say so', async () => {
      const { error } = await spoiled((folder) => symlinkSync('/dev/full', join(folder, 'model.safetensors')));
      assert.match(error.message, /cannot be written: the disk is full \(ENOSPC\)/);
    });

    it('for `save` reads what it writes, are written while the training waits, with a warning', async () => {
      const run = newRun();
      const events: TrainEvent[] = [];
      const { model, trainer } = toy(run, {
        fit: {
          save: (folder) => {
            saveModel(model, folder);
            renameSync(join(folder, 'model.safetensors'), join(folder, 'weights.safetensors'));
          },
          load: () => {},
        },
        listener: (event) => void events.push(event),
      });
      await trainer.fit();
      run.release();
      const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
      assert.equal(warnings.length, 1);
      assert.match(warnings[0]!, /^Checkpoints are written while the training waits, not beside it: ENOENT/);
      assert.equal(damageIn(run.checkpoint('last')), undefined);
      assert.ok(readFileSync(join(run.checkpoint('last'), 'weights.safetensors')).length > 0);
    });

    it('for there may be no thread, likewise', async () => {
      CheckpointWriter.take = () => {
        throw new Error('Access to this API has been restricted');
      };
      const { run, events } = await train(fit({ epochs: 1 }));
      const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
      assert.deepEqual(warnings, [
        'Checkpoints are written while the training waits, not beside it: Access to this API has been restricted.',
      ]);
      assert.equal(readState(run.checkpoint('last')).loop.step, 4);
    });

    it('for that is switched off, take no thread', async () => {
      CheckpointWriter.take = () => assert.fail('a thread');
      const { run } = await train(fit({ asyncCheckpoint: false, checkpointSteps: 1 }));
      assert.equal(readState(run.checkpoint('last')).loop.step, 12);
    });
  });

  it('give their memory back in the end', async () => {
    const { dispose } = Staging.prototype;
    const sizes: number[] = [];
    Staging.prototype.dispose = function () {
      sizes.push(this.size);
      dispose.call(this);
      sizes.push(this.size);
    };
    try {
      await train(fit({ epochs: 1 }));
    } finally {
      Staging.prototype.dispose = dispose;
    }
    assert.deepEqual(sizes, [2 ** 20, 0]);
  });
});

describe('the thread that writes checkpoints', () => {
  it('is left to the next training', () => {
    const first = CheckpointWriter.take();
    const second = CheckpointWriter.take();
    assert.notEqual(first, second);
    first.release();
    assert.equal(CheckpointWriter.take(), first);
    first.release();
    second.release();
  });

  it('makes memory, and says what an order has come to, each in its turn', async () => {
    const writer = CheckpointWriter.take();
    const [blocks, refused, written] = await Promise.all([
      writer.reserve([4096, 100]),
      writer.write({ folders: [{ path: '/dev/null/x', staged: [] }], remove: [] }, []).catch((error: unknown) => error),
      writer.write({ folders: [], remove: [] }, []).then(() => 'written'),
    ]);
    assert.deepEqual(
      blocks.map(({ byteLength }) => byteLength),
      [4096, 100],
    );
    assert.match((refused as Error).message, /ENOTDIR/);
    assert.equal(written, 'written');
    writer.release();
  });
});
