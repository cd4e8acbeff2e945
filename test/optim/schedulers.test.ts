import assert from 'node:assert/strict';
import * as nn from '../../ts/nn';
import * as optim from '../../ts/optim';
import * as torch from '../../ts/tensor';
import { goldenJson } from '../nn/golden';
import { assertState } from './state-tree';

interface Recorded {
  lr: [number, number][];
  momentum: number[];
  /** Python's states after `half` steps. */
  half: { scheduler: optim.SchedulerStateDict; param_groups: optim.PackedGroup[] };
}

const golden = goldenJson<{
  half: number;
  metrics: number[];
  cases: Record<string, Recorded>;
  one_cycle_betas: number[];
  cyclic_betas: number[];
  restarts_within_epochs: number[];
}>('optim-schedules');

function parameter(): nn.Parameter {
  return new nn.Parameter(torch.zeros([1]));
}

function sgd(): optim.SGD {
  return new optim.SGD(
    [
      { params: [parameter()], lr: 0.1 },
      { params: [parameter()], lr: 0.03 },
    ],
    { momentum: 0.9 },
  );
}

const exponent = (step: number): number => 0.9 ** step;

type Schedule = optim.LRScheduler | optim.ReduceLROnPlateau;

const schedules: Record<string, (optimizer: optim.SGD) => Schedule> = {
  step: (o) => new optim.StepLR(o, 4, { gamma: 0.5 }),
  multi_step: (o) => new optim.MultiStepLR(o, [3, 7, 7, 15], { gamma: 0.3 }),
  constant: (o) => new optim.ConstantLR(o, { factor: 0.25, totalIters: 6 }),
  linear: (o) => new optim.LinearLR(o, { startFactor: 0.2, endFactor: 0.8, totalIters: 9 }),
  exponential: (o) => new optim.ExponentialLR(o, 0.9),
  polynomial: (o) => new optim.PolynomialLR(o, { totalIters: 12, power: 1.7 }),
  cosine: (o) => new optim.CosineAnnealingLR(o, 10, { etaMin: 0.001 }),
  restarts: (o) => new optim.CosineAnnealingWarmRestarts(o, 4, { etaMin: 0.001 }),
  restarts_longer: (o) => new optim.CosineAnnealingWarmRestarts(o, 3, { tMult: 2 }),
  cyclic: (o) => new optim.CyclicLR(o, 0.01, 0.2, { stepSizeUp: 4 }),
  cyclic_halved: (o) =>
    new optim.CyclicLR(o, [0.01, 0.02], [0.2, 0.3], { stepSizeUp: 2, stepSizeDown: 5, mode: 'triangular2' }),
  cyclic_exponential: (o) =>
    new optim.CyclicLR(o, 0.01, 0.2, {
      stepSizeUp: 5,
      mode: 'exp_range',
      gamma: 0.9,
      baseMomentum: 0.5,
      maxMomentum: 0.99,
    }),
  cyclic_function: (o) =>
    new optim.CyclicLR(o, 0.01, 0.2, {
      stepSizeUp: 3,
      scaleFn: (n) => 1 / n,
      scaleMode: 'cycle',
      cycleMomentum: false,
    }),
  lambda: (o) => new optim.LambdaLR(o, exponent),
  lambda_groups: (o) => new optim.LambdaLR(o, [exponent, (step) => 1 / (1 + step)]),
  multiplicative: (o) => new optim.MultiplicativeLR(o, [() => 0.95, (step) => 1 - step / 100]),
  one_cycle: (o) => new optim.OneCycleLR(o, 0.5, { totalSteps: 25 }),
  one_cycle_three: (o) =>
    new optim.OneCycleLR(o, [0.5, 0.2], {
      epochs: 5,
      stepsPerEpoch: 5,
      threePhase: true,
      annealStrategy: 'linear',
      pctStart: 0.4,
    }),
  one_cycle_still: (o) => new optim.OneCycleLR(o, 0.5, { totalSteps: 25, cycleMomentum: false }),
  sequential: (o) =>
    new optim.SequentialLR(
      o,
      [
        new optim.LinearLR(o, { startFactor: 0.1, totalIters: 4 }),
        new optim.CosineAnnealingLR(o, 12),
        new optim.StepLR(o, 3),
      ],
      [4, 16],
    ),
  sequential_restarts: (o) =>
    new optim.SequentialLR(
      o,
      [
        new optim.ConstantLR(o, { factor: 0.1, totalIters: 3 }),
        new optim.CosineAnnealingWarmRestarts(o, 5),
        new optim.PolynomialLR(o, { totalIters: 6, power: 2 }),
      ],
      [3, 14],
    ),
  sequential_chain: (o) => {
    const chain = new optim.ChainedScheduler([
      new optim.ConstantLR(o, { totalIters: 2 }),
      new optim.ExponentialLR(o, 0.8),
    ]);
    return new optim.SequentialLR(o, [chain, new optim.StepLR(o, 3)], [7]);
  },
  chained: (o) =>
    new optim.ChainedScheduler([new optim.ConstantLR(o, { totalIters: 4 }), new optim.ExponentialLR(o, 0.9)], o),
  plateau: (o) => new optim.ReduceLROnPlateau(o, { patience: 2 }),
  plateau_max: (o) =>
    new optim.ReduceLROnPlateau(o, {
      mode: 'max',
      factor: 0.5,
      patience: 1,
      threshold: 0.01,
      thresholdMode: 'abs',
      cooldown: 3,
      minLr: [0.02, 0.001],
      eps: 1e-3,
    }),
  swa: (o) => new optim.SWALR(o, 0.5),
  swa_linear: (o) => new optim.SWALR(o, [0.05, 0.2], { annealEpochs: 6, annealStrategy: 'linear' }),
  swa_at_once: (o) => new optim.SWALR(o, 0.05, { annealEpochs: 0 }),
  warmup_cosine: (o) => optim.warmupCosine(o, { warmupSteps: 5, totalSteps: 25 }),
};

/** The step after number `step`. */
function advance(scheduler: Schedule, step: number): void {
  if (scheduler instanceof optim.ReduceLROnPlateau) scheduler.step(golden.metrics[step]!);
  else scheduler.step();
}

function near(actual: number, expected: number, what: string): void {
  assert.ok(
    Math.abs(actual - expected) <= 1e-12 * Math.max(1, Math.abs(expected)),
    `${what}: ${actual}, expected ${expected}`,
  );
}

describe('the schedules', () => {
  for (const [name, make] of Object.entries(schedules)) {
    const { lr, momentum, half } = golden.cases[name]!;
    const expectRates = (optimizer: optim.SGD, step: number): void => {
      for (const i of [0, 1] as const) near(optimizer.paramGroups[i]!.lr, lr[step]![i], `group ${i} at step ${step}`);
      near(optimizer.paramGroups[0]!.momentum, momentum[step]!, `momentum at step ${step}`);
    };

    it(`${name}: 25 steps are PyTorch's`, () => {
      const optimizer = sgd();
      const scheduler = make(optimizer);
      for (let step = 0; step < 25; step++) {
        expectRates(optimizer, step);
        assert.deepEqual(
          scheduler.getLastLr(),
          optimizer.paramGroups.map((group) => group.lr),
        );
        if (step < 24) advance(scheduler, step);
      }
    });

    it(`${name}: the state saved in the middle is Python's`, () => {
      const optimizer = sgd();
      const scheduler = make(optimizer);
      for (let step = 0; step < golden.half; step++) advance(scheduler, step);
      const state = JSON.parse(JSON.stringify(scheduler.stateDict())) as object;
      assertState(
        state,
        name === 'warmup_cosine' ? { ...half.scheduler, lr_lambdas: [null, null] } : half.scheduler,
        name,
      );
      assertState(JSON.parse(JSON.stringify(optimizer.stateDict().param_groups)), half.param_groups, name);
    });

    it(`${name}: goes on from what Python saved in the middle`, () => {
      const optimizer = sgd();
      const scheduler = make(optimizer);
      optimizer.loadStateDict({ state: {}, param_groups: half.param_groups });
      scheduler.loadStateDict(half.scheduler);
      assert.deepEqual(scheduler.getLastLr(), lr[golden.half]);
      for (let step = golden.half; step < 24; step++) {
        advance(scheduler, step);
        expectRates(optimizer, step + 1);
      }
    });
  }

  for (const [name, betas, make] of [
    ['OneCycleLR', golden.one_cycle_betas, (o: optim.AdamW) => new optim.OneCycleLR(o, 0.5, { totalSteps: 10 })],
    ['CyclicLR', golden.cyclic_betas, (o: optim.AdamW) => new optim.CyclicLR(o, 0.1, 0.5, { stepSizeUp: 4 })],
  ] as const) {
    it(`${name} moves the first beta of Adam`, () => {
      const optimizer = new optim.AdamW([parameter()], { betas: [0.9, 0.98] });
      const scheduler = make(optimizer);
      for (const [step, beta] of betas.entries()) {
        near(optimizer.paramGroups[0]!.betas[0], beta, `step ${step}`);
        assert.equal(optimizer.paramGroups[0]!.betas[1], 0.98);
        if (step < 9) scheduler.step();
      }
    });
  }

  it('a phase of OneCycleLR may be a single step', () => {
    const rates = (totalSteps: number, pctStart: number, threePhase = false): number[] => {
      const optimizer = sgd();
      const scheduler = new optim.OneCycleLR(optimizer, 1, {
        totalSteps,
        pctStart,
        threePhase,
        annealStrategy: 'linear',
      });
      return Array.from({ length: totalSteps }, () => {
        const { lr } = optimizer.paramGroups[0]!;
        scheduler.step();
        return Math.round(1e4 * lr) / 1e4;
      });
    };
    assert.deepEqual(rates(4, 0.25), [1, 0.6667, 0.3333, 0]);
    assert.deepEqual(rates(4, 0.25, true), [1, 0.0267, 0.0133, 0]);
    assert.deepEqual(rates(1, 1), [1]);
  });

  it('CosineAnnealingWarmRestarts steps within epochs', () => {
    const optimizer = sgd();
    const scheduler = new optim.CosineAnnealingWarmRestarts(optimizer, 2, { tMult: 3 });
    for (const [quarter, lr] of golden.restarts_within_epochs.entries()) {
      scheduler.step(quarter / 4);
      near(optimizer.paramGroups[0]!.lr, lr, `epoch ${quarter / 4}`);
    }
  });

  it('ReduceLROnPlateau keeps watching after a state without a metric yet', () => {
    const optimizer = sgd();
    const saved = JSON.stringify(new optim.ReduceLROnPlateau(optimizer).stateDict());
    const scheduler = new optim.ReduceLROnPlateau(optimizer, { patience: 0 });
    scheduler.loadStateDict(JSON.parse(saved) as optim.SchedulerStateDict);
    scheduler.step(torch.tensor(5));
    assert.equal(scheduler.stateDict()['best'], 5);
  });

  it('two schedules on one optimizer multiply', () => {
    const optimizer = sgd();
    const both = [new optim.StepLR(optimizer, 2, { gamma: 0.5 }), new optim.MultiStepLR(optimizer, [3])];
    for (let step = 0; step < 4; step++) for (const scheduler of both) scheduler.step();
    near(optimizer.paramGroups[0]!.lr, 0.1 * 0.25 * 0.1, 'lr');
  });

  it('warmupCosine keeps a part of the rate at the end, and after it', () => {
    const optimizer = sgd();
    const scheduler = optim.warmupCosine(optimizer, { warmupSteps: 0, totalSteps: 4, finalFactor: 0.1 });
    for (let step = 0; step < 6; step++) scheduler.step();
    near(optimizer.paramGroups[0]!.lr, 0.01, 'lr');
  });

  it('starts in the middle when told the last step, once the groups know their base rates', () => {
    const optimizer = sgd();
    assert.throws(() => new optim.StepLR(optimizer, 2, { lastEpoch: 3 }), /group 0 has no initialLr to resume from/);
    for (const group of optimizer.paramGroups) group.initialLr = group.lr;
    const scheduler = new optim.CosineAnnealingLR(optimizer, 10, { lastEpoch: 4 });
    assert.equal(scheduler.lastEpoch, 5);
  });

  it('options that make no sense are refused by name', () => {
    const optimizer = sgd();
    assert.throws(
      () => new optim.StepLR({} as optim.Optimizer, 1),
      /StepLR: expected an optimizer for optimizer, found \{\}/,
    );
    assert.throws(
      () => new optim.StepLR(optimizer, 0),
      /StepLR: expected an integer of at least 1 for stepSize, found 0/,
    );
    assert.throws(
      () => new optim.StepLR(optimizer, 1, { step_size: 2 } as object),
      /StepLR: the option 'step_size' does not exist/,
    );
    assert.throws(
      () => new optim.LinearLR(optimizer, { startFactor: 0 }),
      /startFactor must be above 0 and at most 1, got 0/,
    );
    assert.throws(() => new optim.ConstantLR(optimizer, { factor: 2 }), /factor must be between 0 and 1, got 2/);
    assert.throws(
      () => new optim.LambdaLR(optimizer, [exponent]),
      /expected 2 values for lrLambda, one a parameter group, found 1/,
    );
    assert.throws(() => new optim.OneCycleLR(optimizer, 1), /give totalSteps, or both epochs and stepsPerEpoch/);
    assert.throws(
      () => new optim.OneCycleLR(optimizer, [1], { totalSteps: 4 }),
      /expected 2 values for maxLr, one a parameter group, found 1/,
    );
    assert.throws(() => new optim.SequentialLR(optimizer, [], []), /at least one scheduler, found none/);
    assert.throws(
      () => optim.warmupCosine(optimizer, { warmupSteps: 9, totalSteps: 4 }),
      /between 0 and totalSteps, got 9 of 4/,
    );
  });

  it('OneCycleLR refuses to step past its end', () => {
    const scheduler = new optim.OneCycleLR(sgd(), 1, { totalSteps: 2 });
    scheduler.step();
    scheduler.step();
    assert.throws(() => scheduler.step(), /tried to step 3 times, the cycle has 2 steps/);
  });
});
