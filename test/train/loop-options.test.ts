import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { InputError } from '../../ts/errors';
import * as nn from '../../ts/nn';
import { SGD } from '../../ts/optim';
import * as torch from '../../ts/tensor';
import { fit, type FitOptions, type FitResult, readMetricsLog, type TrainEvent } from '../../ts/train';
import { readState } from '../../ts/train/state';

/** One weight, which starts at 1, and one that is always 0. */
class Slope extends nn.Module {
  readonly weight = new nn.Parameter(torch.tensor([1]));
  readonly rest = new nn.Parameter(torch.tensor([0]));

  forward(x: torch.Tensor): torch.Tensor {
    return this.weight.mul(x).add(this.rest.mul(x)).sum();
  }
}

const RATE = 0.5;

/** The loss is `weight * x`, so the gradient is x, and a step of SGD takes the weight down by half of it. */
describe('options of fit, worked by hand', () => {
  let root: string;
  let count = 0;
  before(() => (root = mkdtempSync(join(tmpdir(), 'loop-options-'))));
  after(() => rmSync(root, { recursive: true }));

  interface Trained extends FitResult {
    readonly model: Slope;
    readonly run: string;
    readonly events: readonly TrainEvent[];
  }

  const train = async (batches: readonly number[], options: Partial<FitOptions<number>> = {}): Promise<Trained> => {
    const model = new Slope();
    const events: TrainEvent[] = [];
    const run = join(root, String(count++));
    const result = await fit<number>({
      model,
      data: {
        batches: batches.length,
        async *epoch(_epoch, { startBatch = 0 } = {}) {
          yield* batches.slice(startBatch);
        },
      },
      loss: (x) => model.forward(torch.tensor([x])),
      optimizer: { kind: 'SGD', lr: RATE },
      epochs: 1,
      logSteps: 1,
      run,
      onEvent: (event) => events.push(event),
      ...options,
    });
    return { ...result, model, run, events };
  };
  const weight = ({ model }: Trained) => Number(model.weight.item());
  const near = (found: number, expected: number) =>
    assert.ok(Math.abs(found - expected) < 1e-5, `expected ${expected}, found ${found}`);
  const log = ({ run }: Trained, kind: string) =>
    readMetricsLog(join(run, 'metrics.jsonl')).filter((entry) => entry.kind === kind);

  it('clips each element of the gradients, and logs the norm that they had', async () => {
    const trained = await train([4, -0.1], { clipValue: 0.25 });
    near(weight(trained), 1 - RATE * 0.25 + RATE * 0.1);
    // Two weights with the gradient 4 each.
    near(log(trained, 'train')[0]!['gradNorm'] as number, 4 * Math.SQRT2);
  });

  it('ends after the steps that it may make, evaluates there, and lets the schedule span them', async () => {
    const spans: object[] = [];
    const trained = await train([1, 1, 1, 1], {
      epochs: 3,
      maxSteps: 6,
      evaluate: () => ({ loss: 1 }),
      schedule: (_, span) => {
        spans.push(span);
        return { step: () => {}, stateDict: () => ({}), loadStateDict: () => {} };
      },
    });
    assert.equal(trained.outcome, 'completed');
    assert.deepEqual(spans, [{ steps: 6, epochs: 3 }]);
    assert.deepEqual(
      log(trained, 'val').map(({ step }) => step),
      [4, 6],
    );
    near(weight(trained), 1 - RATE * 6);
  });

  it('ends when its minutes are over, evaluates, and goes on with more of them', async () => {
    const { now } = performance;
    let minutes = 0;
    performance.now = () => 60_000 * minutes;
    try {
      const options: Partial<FitOptions<number>> = {
        maxMinutes: 2.5,
        evaluate: () => ({ loss: 1 }),
        loss: (x) => (minutes++, model.forward(torch.tensor([x]))),
      };
      const model = new Slope();
      const first = await train([1, 1, 1, 1, 1], { ...options, model });
      assert.equal(first.outcome, 'out of time');
      const { run } = first;
      assert.equal(readState(join(run, 'checkpoints/last')).loop.step, 3);
      assert.deepEqual(
        log(first, 'val').map(({ step }) => step),
        [3],
      );
      const again = await train([1, 1, 1, 1, 1], { ...options, model, run, resume: true });
      assert.equal(again.outcome, 'out of time');
      const more = await train([1, 1, 1, 1, 1], { ...options, model, run, resume: true, maxMinutes: 10 });
      assert.equal(more.outcome, 'completed');
      near(Number(model.weight.item()), 1 - RATE * 5);
    } finally {
      performance.now = now;
    }
  });

  it('keeps the best checkpoints in folders of their own', async () => {
    const losses = [0.5, 0.2, 0.4, 0.3, 0.2];
    let evaluations = 0;
    const { run } = await train([1], { epochs: 5, keep: 3, evaluate: () => ({ loss: losses[evaluations++]! }) });
    assert.deepEqual(readdirSync(join(run, 'checkpoints')).sort(), [
      'best',
      'last',
      'previous',
      'step-2',
      'step-4',
      'step-5',
    ]);
    const { top } = readState(join(run, 'checkpoints/last')).loop;
    assert.deepEqual(
      top!.map(({ step, score }) => [step, score]),
      [
        [2, 0.2],
        [5, 0.2],
        [4, 0.3],
      ],
    );
    const saved = torch.safetensors.load(join(run, 'checkpoints/step-4/model.safetensors'));
    near(Number(saved['weight']!.item()), 1 - RATE * 4);
  });

  it('keeps the best alone once it is told so', async () => {
    let evaluations = 0;
    const stop = new AbortController();
    const options: Partial<FitOptions<number>> = { epochs: 4, evaluate: () => ({ loss: 1 / ++evaluations }) };
    const onEvent = ({ type, step }: { type: string; step?: number }) =>
      type === 'checkpoint' && step === 2 && evaluations === 2 && stop.abort();
    const { run } = await train([1], { ...options, keep: 2, signal: stop.signal, onEvent });
    assert.ok(existsSync(join(run, 'checkpoints/step-1')) && existsSync(join(run, 'checkpoints/step-2')));
    await train([1], { ...options, run, resume: true });
    assert.deepEqual(readdirSync(join(run, 'checkpoints')).sort(), ['best', 'last', 'previous']);
    assert.equal(readState(join(run, 'checkpoints/last')).loop.top, undefined);
  });

  describe('with averages of the weights', () => {
    const evaluated: number[] = [];
    const options = (model: Slope): Partial<FitOptions<number>> => ({
      model,
      ema: 0.75,
      loss: (x) => model.forward(torch.tensor([x])),
      evaluate: () => {
        evaluated.push(Number(model.weight.item()));
        return { loss: evaluated.length };
      },
      evaluateSteps: 1,
    });

    it('evaluates these, keeps them as the best, and saves both', async () => {
      evaluated.length = 0;
      const model = new Slope();
      const { run } = await train([1, 2, 3], options(model));
      const raw = [1 - RATE, 1 - RATE * 3, 1 - RATE * 6];
      // The first step's weights are the first average.
      const second = 0.75 * raw[0]! + 0.25 * raw[1]!;
      const third = 0.75 * second + 0.25 * raw[2]!;
      for (const [i, expected] of [raw[0]!, second, third].entries()) near(evaluated[i]!, expected);
      near(Number(model.weight.item()), raw[2]!);
      const load = (file: string) => Number(torch.safetensors.load(join(run, 'checkpoints', file))['weight']!.item());
      near(load('last/model.safetensors'), raw[2]!);
      near(load('last/ema.safetensors'), third);
      near(load('best/model.safetensors'), raw[0]!);
      assert.equal(readState(join(run, 'checkpoints/last')).averages, 3);
    });

    it('has the averages, not the weights, in the best checkpoint', async () => {
      const model = new Slope();
      let loss = 9;
      const { run } = await train([1, 2, 3], { ...options(model), evaluate: () => ({ loss: loss-- }) });
      const best = torch.safetensors.load(join(run, 'checkpoints/best/model.safetensors'));
      near(Number(best['weight']!.item()), 0.75 * (0.75 * 0.5 - 0.25 * 0.5) - 0.25 * 2);
    });
  });

  describe('in float16', () => {
    /** The gradient of the second batch overflows at the scale that a scaler begins with, 65536. */
    const overflowing = (model: Slope, scale: number) => (x: number) =>
      x === 2 ? model.forward(torch.tensor([x])).mul(scale) : model.forward(torch.tensor([x]));

    it('leaves out a step whose gradients overflow, with its schedule, and lowers the scale', async () => {
      const model = new Slope();
      const trained = await train([1, 2, 3], {
        model,
        precision: 'float16',
        loss: overflowing(model, 1e34),
        schedule: { kind: 'ExponentialLR', gamma: 0.5 },
      });
      near(Number(model.weight.item()), 1 - RATE * 1 - (RATE / 2) * 3);
      const lines = log(trained, 'train');
      assert.deepEqual(
        lines.map(({ skipped }) => skipped),
        [0, 1, 0],
      );
      assert.deepEqual(
        lines.map(({ gradNorm }) => Math.round(1e4 * (gradNorm as number)) / 1e4),
        [1.4142, 0, 4.2426],
      );
      assert.deepEqual(readState(join(trained.run, 'checkpoints/last')).scaler, {
        scale: 32768,
        growth_factor: 2,
        backoff_factor: 0.5,
        growth_interval: 2000,
        _growth_tracker: 1,
      });
    });

    it('ends where gradients are not finite at any scale', async () => {
      const model = new Slope();
      // The root of 0 has an infinite slope, which the chain rule multiplies by 0.
      const loss = (x: number) =>
        model
          .forward(torch.tensor([x]))
          .pow(0.5)
          .sub(1);
      await assert.rejects(
        train(
          Array.from({ length: 60 }, () => 0),
          { model, precision: 'float16', loss },
        ),
        /Expected a finite gradNorm, found (NaN|Infinity) at epoch 1, step \d+/,
      );
    });
  });

  it('computes the loss under autocast, and only the loss', async () => {
    const seen: [string, string][] = [];
    const layer = new nn.Linear(1, 1);
    const type = () => layer.forward(torch.tensor([[1]])).dtype;
    await train([1, 2], {
      model: layer,
      precision: 'bfloat16',
      loss: () => {
        const output = layer.forward(torch.tensor([[1]]));
        seen.push(['loss', output.dtype]);
        return output.to('float32').sum();
      },
      evaluate: () => (seen.push(['evaluate', type()]), { loss: 1 }),
    });
    assert.deepEqual(seen, [
      ['loss', 'bfloat16'],
      ['loss', 'bfloat16'],
      ['evaluate', 'float32'],
    ]);
    assert.equal(layer.weight.dtype, 'float32');
  });

  describe('an optimizer by its name', () => {
    it('has the options beside it, and is recorded in config.yaml', async () => {
      const { run } = await train([1], {
        optimizer: { kind: 'RMSprop', lr: 0.25, alpha: 0.5 },
        groups: [{ pattern: /^rest$/, lrScale: 0.1 }],
        schedule: { kind: 'StepLR', stepSize: 2 },
      });
      const config = parse(readFileSync(join(run, 'config.yaml'), 'utf8')) as Record<string, unknown>;
      assert.deepEqual(
        [config['optimizer'], config['groups'], config['schedule']],
        [
          { kind: 'RMSprop', lr: 0.25, alpha: 0.5 },
          [{ pattern: '^rest$', lrScale: 0.1 }],
          { kind: 'StepLR', stepSize: 2 },
        ],
      );
      // The first step of RMSprop: gradient / (sqrt((1 - alpha) * gradient²) + eps).
      const saved = torch.safetensors.load(join(run, 'checkpoints/last/model.safetensors'));
      near(Number(saved['weight']!.item()), 1 - 0.25 / Math.SQRT1_2);
      near(Number(saved['rest']!.item()), -0.025 / Math.SQRT1_2);
    });

    it('moves a plateau schedule with the score of each evaluation', async () => {
      const rates: number[] = [];
      await train([1], {
        epochs: 4,
        evaluate: () => ({ loss: 1 }),
        schedule: { kind: 'ReduceLROnPlateau', patience: 0, factor: 0.5 },
        onEvent: (event) => event.type === 'step' && rates.push(event.lr),
      });
      assert.deepEqual(rates, [RATE, RATE, RATE / 2, RATE / 4]);
    });
  });

  describe('parameters', () => {
    it('of a group have its rate, its decay, or stay as they are; the first pattern counts', async () => {
      const grouped = await train([2], {
        groups: [
          { pattern: 'weight', lr: 0.1, weightDecay: 3 },
          { pattern: /./, frozen: true },
        ],
      });
      near(weight(grouped), 1 - 0.1 * (2 + 3 * 1));
      assert.equal(grouped.model.rest.item(), 0);
      assert.equal(grouped.model.rest.requiresGrad, false);
    });

    it('train from the epoch on that unfreezes them', async () => {
      const { model, run } = await train([2], { epochs: 3, unfreeze: [{ epoch: 3, pattern: 'rest' }] });
      near(Number(model.weight.item()), 1 - RATE * 6);
      near(Number(model.rest.item()), -RATE * 2);
      const { optimizer } = readState(join(run, 'checkpoints/last'));
      assert.deepEqual((optimizer as { param_groups: { params: number[] }[] }).param_groups[0]!.params, [0, 1]);
    });
  });

  const refused: readonly [string, Partial<FitOptions<number>>, RegExp][] = [
    ['a callback that is none', { onStep: 1 as never }, /fit: expected a function for onStep, found 1/],
    ['both kinds of clipping', { clipNorm: 1, clipValue: 1 }, /expected clipNorm or clipValue, found both/],
    ['a decay of 1', { ema: 1 }, /fit: expected a number from 0 to below 1 for ema, found 1/],
    ['another precision', { precision: 'int8' as never }, /one of float32, bfloat16, float16 for precision/],
    ['no kept checkpoint', { keep: 0 }, /fit: expected a whole number from 1 on for keep, found 0/],
    ['negative minutes', { maxMinutes: -1 }, /fit: expected a number from 0 on for maxMinutes, found -1/],
    [
      'an optimizer that does not exist',
      { optimizer: { kind: 'AdmW' } as never },
      /fit: optimizer: expected one of Adadelta, .* for kind, found "AdmW"/,
    ],
    [
      'an option that the optimizer does not have',
      { optimizer: { kind: 'SGD', beta: 1 } as never },
      /SGD: the option 'beta' does not exist/,
    ],
    [
      'a schedule that does not exist',
      { schedule: { kind: 'Cosine' } as never },
      /fit: schedule: expected one of constant, .* for kind, found "Cosine"/,
    ],
    [
      'a pattern that matches nothing',
      { groups: [{ pattern: 'bias', lr: 1 }] },
      /fit: groups: expected a parameter that \/bias\/ is the first pattern to match, found none among weight, rest/,
    ],
    [
      'a pattern behind one that takes all',
      {
        groups: [
          { pattern: '', lr: 1 },
          { pattern: 'rest', lr: 2 },
        ],
      },
      /\/rest\/ is the first pattern to match/,
    ],
    ['a key that no rule has', { groups: [{ pattern: '', rate: 1 } as never] }, /fit: groups: the option 'rate'/],
    ['a frozen group with a rate', { groups: [{ pattern: '', frozen: true, lr: 1 }] }, /expected frozen alone/],
    ['nothing that trains', { groups: [{ pattern: '', frozen: true }] }, /expected a parameter that trains/],
    ['a pattern that is none', { groups: [{ pattern: '(', lr: 1 }] }, /expected a regular expression for pattern/],
    ['unfreezing what trains at once', { unfreeze: [{ epoch: 1, pattern: '' }] }, /from 2 on for epoch, found 1/],
    [
      'unfreezing what is frozen for good',
      { unfreeze: [{ epoch: 2, pattern: 'rest' }], groups: [{ pattern: 'rest', frozen: true }] },
      /fit: unfreeze: expected an optimizer that has .* none that has rest/,
    ],
    ['a decay above 1', { layerDecay: 1.5 }, /above 0 and at most 1 for layerDecay, found 1.5/],
  ];
  for (const [what, options, message] of refused) {
    it(`refuse ${what}, and leave no folder behind`, async () => {
      const run = join(root, String(count));
      await assert.rejects(
        train([1], options),
        (error) => error instanceof InputError && message.test(error.message) && !existsSync(run),
      );
    });
  }

  it('refuse groups beside an optimizer that has its own', async () => {
    const model = new Slope();
    const optimizer = new SGD(model.parameters(), { lr: 1 });
    await assert.rejects(
      train([1], { model, optimizer, groups: [{ pattern: 'rest', lr: 2 }] }),
      /expected an optimizer by its name for groups, found an instance of SGD, which has its groups; write \{ kind: 'SGD'/,
    );
  });
});
