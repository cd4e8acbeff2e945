import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { DataLoader } from '../../ts/data/loader';
import { InputError } from '../../ts/errors';
import * as nn from '../../ts/nn';
import { SGD } from '../../ts/optim';
import * as torch from '../../ts/tensor';
import { type FitOptions, fit, readMetricsLog, RunFolder, Trainer, type TrainEvent } from '../../ts/train';
import { readState } from '../../ts/train/state';
import { liveTensors } from '../live-tensors';

interface Pair {
  readonly x: torch.Tensor;
  readonly y: torch.Tensor;
}

describe('fit', () => {
  let root: string;
  let count = 0;
  before(() => (root = mkdtempSync(join(tmpdir(), 'fit-'))));
  after(() => rmSync(root, { recursive: true }));

  /** Learns y = 3x from eight points, two a batch, with nothing said that has a default. */
  const setting = (options: Partial<FitOptions<Pair>> = {}) => {
    torch.manualSeed(0);
    const model = new nn.Linear(1, 1);
    const points = Array.from({ length: 8 }, (_, i) => i / 8);
    const collate = (xs: number[]): Pair => ({
      x: torch.tensor(xs.map((x) => [x])),
      y: torch.tensor(xs.map((x) => [3 * x])),
    });
    const data = new DataLoader(points, collate, { batchSize: 2 });
    const loss = ({ x, y }: Pair) => nn.functional.mseLoss(model.forward(x), y);
    const run = join(root, String(count++));
    return { model, options: { model, data, loss, epochs: 2, run, ...options } };
  };
  const weight = (model: nn.Linear) => model.weight.item();

  it('trains with its defaults: AdamW, a constant rate, a checkpoint in the end', async () => {
    const events: TrainEvent[] = [];
    const { options } = setting({ onEvent: (event) => events.push(event) });
    const before = await liveTensors();
    assert.deepEqual(await fit(options), { outcome: 'completed', best: null });
    const run = options.run as string;
    assert.deepEqual(
      events.map(({ type }) => type),
      ['begin', ...Array.from({ length: 8 }, () => 'step'), 'checkpoint', 'end'],
    );
    const { loop, optimizer } = readState(join(run, 'checkpoints/last'));
    assert.deepEqual([loop.step, loop.epoch, loop.best], [8, 2, null]);
    const [group] = (optimizer as { paramGroups?: { lr: number }[]; param_groups?: { lr: number }[] }).param_groups!;
    assert.equal(group!.lr, 1e-3);
    assert.ok(!existsSync(join(run, 'checkpoints/best')));
    assert.equal((parse(readFileSync(join(run, 'config.yaml'), 'utf8')) as { epochs: number }).epochs, 2);
    // The batches are freed; two parameters' gradients and moments stay.
    assert.ok(torch.memory().tensors - before <= 10, `${torch.memory().tensors - before} tensors more`);
  });

  it('counts the samples of a batch by its first tensor', async () => {
    const events: TrainEvent[] = [];
    const { now } = performance;
    let seconds = 0;
    performance.now = () => 1000 * (seconds += 0.25);
    try {
      const { options } = setting({ epochs: 1, logSteps: 100, onEvent: (event) => events.push(event) });
      await fit(options);
      const [line] = readMetricsLog(join(options.run as string, 'metrics.jsonl'));
      assert.equal(line!['imagesPerSecond'], 8);
    } finally {
      performance.now = now;
    }
  });

  it('tells a schedule of its own how many steps and epochs there are', async () => {
    const spans: object[] = [];
    const schedule: FitOptions<Pair>['schedule'] = (_, span) => {
      spans.push(span);
      return { step: () => {}, stateDict: () => ({}), loadStateDict: () => {} };
    };
    await fit(setting({ schedule, accumulate: 3 }).options);
    assert.deepEqual(spans, [{ steps: 4, epochs: 2 }]);
  });

  it('gives the optimizer those parameters that train', async () => {
    const { model, options } = setting();
    model.bias!.requiresGrad_(false);
    await fit(options);
    const { optimizer } = readState(join(options.run as string, 'checkpoints/last'));
    assert.deepEqual((optimizer as { param_groups: { params: number[] }[] }).param_groups[0]!.params, [0]);
  });

  it('writes the weights once for each state, though the evaluation changes what is known of it', async () => {
    let saved = 0;
    const { options } = setting({ evaluate: () => ({ loss: 1 }), save: () => void saved++, load: () => {} });
    await fit(options);
    assert.equal(saved, 2);
    assert.equal(readState(join(options.run as string, 'checkpoints/last')).loop.evaluatedStep, 8);
  });

  it('makes up for a best checkpoint that a kill has kept from being written', async () => {
    const { options } = setting({ evaluate: () => ({ loss: 1 / ++evaluations }) });
    let evaluations = 0;
    await fit(options);
    const best = join(options.run as string, 'checkpoints/best');
    rmSync(best, { recursive: true });
    await fit({ ...options, resume: true });
    assert.equal(readState(best).loop.step, 8);
  });

  it('says of groups with different rates the highest', async () => {
    const rates: number[] = [];
    const { model, options } = setting({ onEvent: (event) => event.type === 'step' && rates.push(event.lr) });
    const optimizer = new SGD([{ params: [model.weight], lr: 0.02 }, { params: [model.bias!] }], { lr: 0.01 });
    await fit({ ...options, optimizer });
    assert.deepEqual(new Set(rates), new Set([0.02]));
  });

  it('keeps the checkpoint of the lowest loss, or of the highest score, as it is told', async () => {
    const losses = [0.5, 0.2, 0.4];
    const evaluate = () => Promise.resolve({ loss: losses[evaluations]!, accuracy: losses[evaluations++]! });
    let evaluations = 0;
    const lowest = await fit(setting({ epochs: 3, evaluate }).options);
    assert.deepEqual(lowest.best, { score: 0.2, epoch: 2, step: 8 });
    evaluations = 0;
    losses.fill(0.2);
    const equal = await fit(setting({ epochs: 3, evaluate }).options);
    assert.deepEqual(equal.best, { score: 0.2, epoch: 1, step: 4 });
    losses.splice(0, 3, 0.5, 0.2, 0.4);
    evaluations = 0;
    const highest = await fit(setting({ epochs: 3, evaluate, score: 'accuracy' }).options);
    assert.deepEqual(highest.best, { score: 0.5, epoch: 1, step: 4 });
    evaluations = 0;
    const error = await fit(setting({ epochs: 3, evaluate, score: 'accuracy', mode: 'min', patience: 1 }).options);
    assert.deepEqual(error, { outcome: 'stopped early', best: { score: 0.2, epoch: 2, step: 8 } });
  });

  /** Interrupted after the third of eight steps. */
  const interrupted = async (given: Partial<FitOptions<Pair>> = {}) => {
    const stop = new AbortController();
    const onEvent = (event: TrainEvent) => event.type === 'step' && event.step === 3 && stop.abort();
    const { options } = setting({ ...given, signal: stop.signal, onEvent });
    assert.equal((await fit(options)).outcome, 'interrupted');
    return options.run;
  };

  it('interrupted and resumed ends with the same bits', async () => {
    const whole = setting();
    await fit(whole.options);
    const { model, options } = setting({ run: await interrupted(), resume: true });
    assert.equal((await fit(options)).outcome, 'completed');
    assert.equal(weight(model), weight(whole.model));
  });

  it('goes on with a run that was begun before a key of its configuration existed', async () => {
    const run = await interrupted({ config: { hidden: { width: 1 } }, dataset: { points: 8 } });
    const config = { hidden: { width: 1, depth: 2 }, late: true };
    const begin = (given: Partial<FitOptions<Pair>>) => fit(setting({ run, resume: true, ...given }).options);
    await assert.rejects(begin({ config, dataset: { points: 9 } }), /Cannot resume/);
    await assert.rejects(
      begin({ config: { ...config, hidden: { width: 2 } }, dataset: { points: 8 } }),
      /Cannot resume/,
    );
    // Killed as soon as config.yaml has the keys: they are in the digest of the checkpoint by then.
    const killed = begin({
      config,
      dataset: { points: 8 },
      onEvent: () => {
        throw new Error('power cut');
      },
    });
    await assert.rejects(killed, /power cut/);
    assert.deepEqual(parse(readFileSync(join(run as string, 'config.yaml'), 'utf8')), config);
    assert.equal((await begin({ config, dataset: { points: 8 } })).outcome, 'completed');
  });

  it('does not go on with other data, whatever the keys that name it', async () => {
    const run = await interrupted({ dataset: { 'points.csv': 'a' } });
    await assert.rejects(
      fit(setting({ run, resume: true, dataset: { 'points.csv': 'b' } }).options),
      /Cannot resume \S+: its configuration or its dataset is no longer/,
    );
  });

  it('does not go on with other numbers, but logs as often as it is told', async () => {
    const run = await interrupted();
    await assert.rejects(
      fit(setting({ run, resume: true, seed: 1 }).options),
      /Cannot resume \S+: its configuration \(seed\) is no longer what the checkpoint was made with; start a new run\.$/,
    );
    assert.equal((await fit(setting({ run, resume: true, logSteps: 1 }).options)).outcome, 'completed');
  });

  it('saves and loads by functions of its own, both or none', async () => {
    const folders: string[] = [];
    const own = {
      save: (folder: string) => void folders.push(`save ${folder}`),
      load: () => void folders.push('load'),
    };
    const run = await interrupted(own);
    await fit(setting({ ...own, run, resume: true }).options);
    assert.deepEqual([folders.length, folders[1]], [3, 'load']);
    await assert.rejects(fit(setting({ save: own.save }).options), /expected save and load together, found save alone/);
  });

  const refused: readonly [string, object, RegExp][] = [
    ['an option that does not exist', { epoch: 3 }, /the option 'epoch' does not exist.*epochs/],
    ['no epochs', { epochs: 0 }, /fit: expected a whole number from 1 on for epochs, found 0/],
    ['a step and a half', { logSteps: 1.5 }, /fit: expected a whole number from 1 on for logSteps, found 1.5/],
    ['a half of a batch', { accumulate: 0.5 }, /fit: expected a whole number from 1 on for accumulate, found 0.5/],
    ['a seed below zero', { seed: -1 }, /fit: expected a whole number from 0 on for seed, found -1/],
    ['a seed without end', { seed: 2 ** 50 }, /fit: expected a number below 2\^50 for seed/],
    ['a negative norm', { clipNorm: -1 }, /fit: expected a number from 0 on for clipNorm, found -1/],
    ['no number of minutes', { checkpointMinutes: NaN }, /fit: expected a number from 0 on for checkpointMinutes/],
    ['a mode of another name', { mode: 'maximum' }, /fit: expected 'min' or 'max' for mode, found "maximum"/],
    ['no model', { model: undefined }, /fit: expected a module for model, found undefined/],
    ['no data', { data: [1, 2] }, /fit: expected a DataLoader, or \{ batches, epoch \}, for data, found \[1, 2\]/],
    ['no loss', { loss: null }, /fit: expected a function for loss, found null/],
    ['an evaluation that is none', { evaluate: 1 }, /fit: expected a function for evaluate, found 1/],
    [
      'a kind of schedule that is none',
      { schedule: { kind: 'linear' } },
      /expected one of .* for kind, found "linear"/,
    ],
    ['a schedule of another name', { schedule: { knd: 'cosine' } }, /fit: schedule: the option 'knd' does not exist/],
  ];
  for (const [what, given, message] of refused) {
    it(`refuses ${what}, and leaves no folder behind`, async () => {
      const { options } = setting(given);
      await assert.rejects(fit(options), (error) => error instanceof InputError && message.test(error.message));
      assert.ok(!existsSync(options.run as string));
    });
  }

  it('refuses data without a batch, as of fewer samples than one takes', async () => {
    const data = new DataLoader([0], () => ({ x: torch.ones([1, 1]), y: torch.ones([1, 1]) }), {
      batchSize: 2,
      dropLast: true,
    });
    await assert.rejects(fit(setting({ data }).options), {
      name: 'InputError',
      message:
        'fit: expected at least one batch in data, found 0; give more samples, or smaller batches where incomplete ones are dropped',
    });
  });

  it('refuses to be without a run', async () => {
    for (const run of [undefined, '', 3])
      await assert.rejects(fit({ ...setting().options, run: run as never }), {
        name: 'InputError',
        message: /^fit: expected the path of a folder for run, found /,
      });
  });

  it('leaves no folder behind where the first batch fails', async () => {
    const { options } = setting({
      loss: () => {
        throw new Error('a slip');
      },
    });
    await assert.rejects(fit(options), /a slip/);
    assert.ok(!existsSync(options.run as string));
  });

  it('counts the samples of a batch that is a Map, and frees its tensors', async () => {
    const { model, options } = setting();
    const points = Array.from({ length: 8 }, (_, i) => new Map([['x', torch.tensor([i / 8])]]));
    const seen: torch.Tensor[] = [];
    const { now } = performance;
    let seconds = 0;
    performance.now = () => 1000 * (seconds += 0.25);
    try {
      await fit<Map<string, torch.Tensor>>({
        model,
        data: new DataLoader(points, { batchSize: 2 }),
        loss: (batch) => {
          seen.push(batch.get('x')!);
          return model.forward(batch.get('x')!).square().mean();
        },
        epochs: 1,
        logSteps: 100,
        run: options.run,
      });
    } finally {
      performance.now = now;
    }
    assert.deepEqual(
      seen.map(({ isDisposed }) => isDisposed),
      [true, true, true, true],
    );
    assert.equal(readMetricsLog(join(options.run as string, 'metrics.jsonl'))[0]!['imagesPerSecond'], 8);
  });

  it('is a Trainer in a run folder that is open', async () => {
    const { options } = setting();
    assert.throws(() => new Trainer(options), /expected an open run folder/);
    const run = RunFolder.create(options.run as string, {});
    assert.equal((await new Trainer({ ...options, run }).fit()).outcome, 'completed');
    run.release();
  });
});
