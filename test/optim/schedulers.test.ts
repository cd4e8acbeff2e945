import assert from 'node:assert/strict';
import * as nn from '../../ts/nn';
import * as optim from '../../ts/optim';
import * as torch from '../../ts/tensor';
import { goldenJson } from '../nn/golden';

interface Recorded {
  lr: [number, number][];
  momentum: number[];
  keys: string[];
}

const golden = goldenJson<Record<string, Recorded>>('optim-schedules');

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

const schedules: Record<string, (optimizer: optim.SGD) => optim.LRScheduler> = {
  step: (o) => new optim.StepLR(o, 4, { gamma: 0.5 }),
  multi_step: (o) => new optim.MultiStepLR(o, [3, 7, 7, 15], { gamma: 0.3 }),
  constant: (o) => new optim.ConstantLR(o, { factor: 0.25, totalIters: 6 }),
  linear: (o) => new optim.LinearLR(o, { startFactor: 0.2, endFactor: 0.8, totalIters: 9 }),
  cosine: (o) => new optim.CosineAnnealingLR(o, 10, { etaMin: 0.001 }),
  lambda: (o) => new optim.LambdaLR(o, exponent),
  lambda_groups: (o) => new optim.LambdaLR(o, [exponent, (step) => 1 / (1 + step)]),
  one_cycle: (o) => new optim.OneCycleLR(o, 0.5, { totalSteps: 25 }),
  one_cycle_three: (o) =>
    new optim.OneCycleLR(o, [0.5, 0.2], {
      epochs: 5,
      stepsPerEpoch: 5,
      threePhase: true,
      annealStrategy: 'linear',
      pctStart: 0.4,
    }),
  sequential: (o) =>
    new optim.SequentialLR(
      o,
      [new optim.LinearLR(o, { startFactor: 0.1, totalIters: 4 }), new optim.CosineAnnealingLR(o, 12), new optim.StepLR(o, 3)],
      [4, 16],
    ),
  warmup_cosine: (o) => optim.warmupCosine(o, { warmupSteps: 5, totalSteps: 25 }),
};

function near(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= 1e-12 * Math.max(1, Math.abs(expected)), `${what}: ${actual}, expected ${expected}`);
}

describe('the schedules', () => {
  for (const [name, make] of Object.entries(schedules)) {
    const { lr, momentum, keys } = golden[name]!;

    it(`${name}: 25 steps are PyTorch's`, () => {
      const optimizer = sgd();
      const scheduler = make(optimizer);
      for (let step = 0; step < 25; step++) {
        for (const i of [0, 1] as const) near(optimizer.paramGroups[i]!.lr, lr[step]![i], `group ${i} at step ${step}`);
        near(optimizer.paramGroups[0]!.momentum, momentum[step]!, `momentum at step ${step}`);
        assert.deepEqual(
          scheduler.getLastLr(),
          optimizer.paramGroups.map((group) => group.lr),
        );
        if (step < 24) scheduler.step();
      }
    });

    it(`${name}: goes on from a saved state`, () => {
      const optimizer = sgd();
      const scheduler = make(optimizer);
      for (let step = 0; step < 9; step++) scheduler.step();
      const saved = JSON.parse(JSON.stringify(scheduler.stateDict())) as optim.SchedulerStateDict;
      const groups = JSON.parse(JSON.stringify(optimizer.stateDict())) as optim.OptimizerStateDict;

      const other = sgd();
      const resumed = make(other);
      other.loadStateDict(groups);
      resumed.loadStateDict(saved);
      assert.deepEqual(resumed.getLastLr(), scheduler.getLastLr());
      for (let step = 10; step < 20; step++) {
        resumed.step();
        near(other.paramGroups[0]!.lr, lr[step]![0], `step ${step}`);
        near(other.paramGroups[0]!.momentum, momentum[step]!, `momentum at step ${step}`);
      }
    });

    it(`${name}: saves under PyTorch's keys`, () => {
      const unknown = Object.keys(make(sgd()).stateDict()).filter((key) => !keys.includes(key));
      assert.deepEqual(unknown, []);
    });
  }

  it('OneCycleLR moves the first beta of Adam', () => {
    const optimizer = new optim.AdamW([parameter()], { betas: [0.9, 0.98] });
    const scheduler = new optim.OneCycleLR(optimizer, 0.5, { totalSteps: 10 });
    for (const [step, momentum] of golden['one_cycle_betas']!.momentum.entries()) {
      near(optimizer.paramGroups[0]!.betas[0], momentum, `step ${step}`);
      assert.equal(optimizer.paramGroups[0]!.betas[1], 0.98);
      if (step < 9) scheduler.step();
    }
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
    assert.throws(() => new optim.StepLR({} as optim.Optimizer, 1), /StepLR takes an optimizer first, got object/);
    assert.throws(() => new optim.StepLR(optimizer, 0), /StepLR: stepSize must be an integer of at least 1, got 0/);
    assert.throws(() => new optim.StepLR(optimizer, 1, { step_size: 2 } as object), /StepLR has no option "step_size"/);
    assert.throws(() => new optim.LinearLR(optimizer, { startFactor: 0 }), /startFactor must be above 0 and at most 1, got 0/);
    assert.throws(() => new optim.ConstantLR(optimizer, { factor: 2 }), /factor must be between 0 and 1, got 2/);
    assert.throws(() => new optim.LambdaLR(optimizer, [exponent]), /expected 2 functions, one a parameter group, got 1/);
    assert.throws(() => new optim.OneCycleLR(optimizer, 1), /give totalSteps, or both epochs and stepsPerEpoch/);
    assert.throws(
      () => new optim.OneCycleLR(optimizer, [1], { totalSteps: 4 }),
      /expected 2 values for maxLr, one a parameter group, got 1/,
    );
    assert.throws(() => new optim.SequentialLR(optimizer, [], []), /at least one scheduler, got none/);
    assert.throws(() => optim.warmupCosine(optimizer, { warmupSteps: 9, totalSteps: 4 }), /between 0 and totalSteps, got 9 of 4/);
  });

  it('OneCycleLR refuses to step past its end', () => {
    const scheduler = new optim.OneCycleLR(sgd(), 1, { totalSteps: 2 });
    scheduler.step();
    scheduler.step();
    assert.throws(() => scheduler.step(), /tried to step 3 times, the cycle has 2 steps/);
  });
});
