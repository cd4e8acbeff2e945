import assert from 'node:assert/strict';
import { nn, optim } from '../../ts';
import { InputError } from '../../ts/errors';
import * as torch from '../../ts/tensor';

describe('options of optimizers and schedulers by position', () => {
  const params = (): nn.Parameter[] => [new nn.Parameter(torch.zeros([1]))];
  const group = ({ paramGroups: [first] }: { readonly paramGroups: readonly object[] }): object => ({
    ...first,
    params: null,
  });

  it('of optimizers come in the order of PyTorch', () => {
    assert.deepEqual(
      group(new optim.SGD(params(), 0.1, 0.9, 0.2, 0.01)),
      group(new optim.SGD(params(), { lr: 0.1, momentum: 0.9, dampening: 0.2, weightDecay: 0.01 })),
    );
    assert.deepEqual(
      group(new optim.AdamW(params(), 0.1, [0.5, 0.9], { eps: 1e-6 })),
      group(new optim.AdamW(params(), { lr: 0.1, betas: [0.5, 0.9], eps: 1e-6 })),
    );
    assert.deepEqual(
      group(new optim.RMSprop(params(), 0.1, 0.9)),
      group(new optim.RMSprop(params(), { lr: 0.1, alpha: 0.9 })),
    );
  });

  it('of schedulers come behind what they require', () => {
    const state = (make: (optimizer: optim.SGD) => { stateDict(): object }): object =>
      make(new optim.SGD(params(), 0.1, 0.9)).stateDict();
    assert.deepEqual(
      state((own) => new StepLR(own, 7, 0.5)),
      state((own) => new StepLR(own, 7, { gamma: 0.5 })),
    );
    assert.deepEqual(
      state((own) => new CosineAnnealingLR(own, 7, 0.01)),
      state((own) => new CosineAnnealingLR(own, 7, { etaMin: 0.01 })),
    );
    assert.deepEqual(
      state((own) => new OneCycleLR(own, 1, 20)),
      state((own) => new OneCycleLR(own, 1, { totalSteps: 20 })),
    );
  });

  const { StepLR, MultiStepLR, LambdaLR, MultiplicativeLR, ExponentialLR, ConstantLR, LinearLR, PolynomialLR } = optim;
  const { CosineAnnealingLR, CosineAnnealingWarmRestarts, CyclicLR, OneCycleLR, SWALR, ReduceLROnPlateau } = optim;
  const half = (): number => 0.5;
  const required: readonly [make: unknown, names: Readonly<Record<string, unknown>>, options?: object][] = [
    [StepLR, { stepSize: 5 }],
    [MultiStepLR, { milestones: [2, 3] }],
    [LambdaLR, { lrLambda: half }],
    [MultiplicativeLR, { lrLambda: half }],
    [ExponentialLR, { gamma: 0.5 }],
    [ConstantLR, {}],
    [LinearLR, {}],
    [PolynomialLR, {}],
    [ReduceLROnPlateau, {}],
    [CosineAnnealingLR, { tMax: 4 }],
    [CosineAnnealingWarmRestarts, { t0: 3 }, { tMult: 2 }],
    [CyclicLR, { baseLr: 0.1, maxLr: 0.5 }, { stepSizeUp: 3 }],
    [OneCycleLR, { maxLr: 0.5 }, { totalSteps: 9 }],
    [SWALR, { swaLr: 0.01 }],
  ];

  for (const [Kind, names, options = {}] of required) {
    const Scheduler = Kind as new (...args: unknown[]) => optim.LRScheduler;

    it(`of ${Scheduler.name} may all be given by name`, () => {
      const ways: ((own: optim.SGD) => unknown[])[] = [
        (own) => [own, ...Object.values(names), options],
        (own) => [own, { ...names, ...options }],
        (own) => [{ optimizer: own, ...names, ...options }],
        ...Object.keys(names).map((_, at) => (own: optim.SGD) => [
          own,
          ...Object.values(names).slice(0, at),
          { ...Object.fromEntries(Object.entries(names).slice(at)), ...options },
        ]),
      ];
      const rates = ways.map((args) => {
        const own = new optim.SGD({ params: params(), lr: 0.1, momentum: 0.9 });
        const scheduler = new Scheduler(...args(own));
        return [1, 2, 3, 4].map((metric) => {
          own.step();
          (scheduler.step as (metric?: number) => void).call(
            scheduler,
            Kind === ReduceLROnPlateau ? metric : undefined,
          );
          return scheduler.getLastLr()[0];
        });
      });
      for (const other of rates) assert.deepEqual(other, rates[0]);
    });
  }

  it('of schedulers that hold others, too', () => {
    const own = new optim.SGD(params(), 0.1);
    const parts = [new ConstantLR(own, { factor: 0.5, totalIters: 2 }), new ExponentialLR(own, { gamma: 0.5 })];
    const sequence = new optim.SequentialLR({ optimizer: own, schedulers: parts, milestones: [2] });
    const rates = [1, 2, 3].map(() => {
      own.step();
      sequence.step();
      return sequence.getLastLr()[0];
    });
    assert.deepEqual(rates, [0.05, 0.1, 0.05]); // half for two steps, then 0.1 and its halves
    assert.equal(new optim.ChainedScheduler({ schedulers: parts, optimizer: own }).optimizer, own);
  });

  it('of optimizers may be given by name', () => {
    assert.deepEqual(
      group(new optim.AdamW({ params: params(), lr: 0.2 })),
      group(new optim.AdamW(params(), { lr: 0.2 })),
    );
    const { SGD, Adam, RMSprop, Lion, Adagrad, Adadelta, Adamax, ASGD, NAdam, RAdam, Rprop, SparseAdam, LBFGS } = optim;
    const kinds = [SGD, Adam, RMSprop, Lion, Adagrad, Adadelta, Adamax, ASGD, NAdam, RAdam, Rprop, SparseAdam, LBFGS];
    for (const kind of kinds) {
      const Kind = kind as unknown as new (...args: unknown[]) => optim.SGD;
      assert.deepEqual(group(new Kind({ params: params(), lr: 0.2 })), group(new Kind(params(), { lr: 0.2 })));
    }
  });

  it('are named where they are missing', () => {
    const own = new optim.SGD(params(), 0.1);
    const make = StepLR as unknown as new (...args: unknown[]) => unknown;
    assert.throws(
      () => new make(own, { gamma: 0.5 }),
      new InputError('StepLR: expected stepSize, found undefined; give optimizer, stepSize by position or by name'),
    );
    assert.throws(
      () => new make(own, { step_size: 5 }),
      /StepLR: the option 'step_size' does not exist. Did you mean stepSize\?/,
    );
    assert.throws(() => new make(own, 5, { stepSize: 5 }), /StepLR: expected 'stepSize' once/);
  });

  it('are refused when given twice', () => {
    const twice = (): unknown => new optim.SGD(params(), 0.1, { lr: 0.2 } as object);
    assert.throws(twice, new InputError("SGD: expected 'lr' once, found it by position and by name"));
  });
});
