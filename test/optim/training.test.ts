import assert from 'node:assert/strict';
import * as optim from '../../ts/optim';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import { liveTensors } from '../live-tensors';
import { kinds, problem } from './kinds';

function train(kind: string, steps: number, dtype?: torch.DType): { first: number; last: number } {
  const { step } = problem(kind, dtype);
  const losses = Array.from({ length: steps }, step);
  return { first: losses[0]!, last: losses[steps - 1]! };
}

describe('every optimizer', () => {
  // Products this small take longer to share out than to compute, a thousand times longer on a busy machine.
  const threads = torch.getNumThreads();
  before(() => torch.setNumThreads(1));
  after(() => torch.setNumThreads(threads));

  for (const kind of Object.keys(kinds)) {
    it(`${kind} learns, and returns what the closure returns`, () => {
      const { first, last } = train(kind, 40);
      assert.ok(last < first / 4, `from ${first} to ${last}`);
    });

    it(`${kind} learns with bfloat16 parameters`, () => {
      const { first, last } = train(kind, 40, 'bfloat16');
      assert.ok(last < first / 3, `from ${first} to ${last}`);
    });

    it(`${kind}: 2,000 steps leave no tensor behind`, async () => {
      const { step } = problem(kind);
      // L-BFGS fills its history first.
      for (let i = 0; i < (kind === 'LBFGS' ? 100 : 3); i++) step();
      const before = await liveTensors();
      for (let i = 0; i < 2000; i++) step();
      assert.equal(torch.memory().tensors, before);
    });
  }

  it('runs the closure with gradients recorded, inside noGrad too', () => {
    const parameter = new nn.Parameter(torch.ones([1]));
    const optimizer = new optim.SGD([parameter], { lr: 1 });
    const loss = torch.noGrad(() =>
      optimizer.step(() => {
        const loss = parameter.mul(3).sum();
        loss.backward();
        return Number(loss.item());
      }),
    );
    assert.equal(loss, 3);
    assert.deepEqual(parameter.detach().toArray(), [-2]);
    assert.equal(optimizer.step(), null);
  });

  it('refuses a closure that returns no loss, such as an async one', () => {
    const optimizer = new optim.SGD([new nn.Parameter(torch.ones([1]))]);
    const closure = (async () => 1) as unknown as () => number;
    assert.throws(() => optimizer.step(closure), /SGD: the closure must return the loss, a tensor or a number/);
  });

  const params = (): nn.Parameter[] => [new nn.Parameter(torch.ones([2, 2]))];

  for (const [kind, options, message] of [
    ['SGD', { momentum: -1 }, /SGD: expected a number of at least 0 for momentum, found -1/],
    ['Adam', { betas: [-0.1, 0.9] }, /Adam: expected a number of at least 0 and below 1 for betas\[0\], found -0.1/],
    ['AdamW', { eps: -1 }, /AdamW: expected a number of at least 0 for eps, found -1/],
    ['RMSprop', { alpha: -0.5 }, /RMSprop: expected a number of at least 0 for alpha, found -0.5/],
    ['Adagrad', { lrDecay: -1 }, /Adagrad: expected a number of at least 0 for lrDecay, found -1/],
    ['Adadelta', { rho: 1.1 }, /Adadelta: expected a number of at least 0 and below 1 for rho, found 1.1/],
    ['Adamax', { betas: [0.9, 1] }, /Adamax: expected a number of at least 0 and below 1 for betas\[1\], found 1/],
    ['ASGD', { weightDecay: -1 }, /ASGD: expected a number of at least 0 for weightDecay, found -1/],
    ['RAdam', { betas: [1, 0.9] }, /RAdam: expected a number of at least 0 and below 1 for betas\[0\]/],
    ['NAdam', { momentumDecay: -1 }, /NAdam: expected a number of at least 0 for momentumDecay, found -1/],
    ['Rprop', { etas: [1.2, 0.5] }, /Rprop: etas must be between 0 and 1, and above 1, got 1.2 and 0.5/],
    ['Lion', { betas: [0.9, 2] }, /Lion: expected a number of at least 0 and below 1 for betas\[1\]/],
    ['Adafactor', { beta2Decay: 0.5 }, /Adafactor: beta2Decay must be at most 0, got 0.5/],
    ['Adafactor', { d: 0.5 }, /Adafactor: expected a number of at least 1 for d, found 0.5/],
    ['Muon', { nsSteps: 100 }, /Muon: expected a number of at least 0 and below 100 for nsSteps, found 100/],
    ['Muon', { adjustLrFn: 'adamw' }, /Muon: adjustLrFn must be 'original', 'match_rms_adamw' or null, got adamw/],
    ['LBFGS', { historySize: 0 }, /LBFGS: expected an integer of at least 1 for historySize, found 0/],
  ] as const) {
    it(`${kind} refuses ${JSON.stringify(options)}`, () => {
      const make = Reflect.get(optim, kind) as new (params: nn.Parameter[], options: object) => optim.Optimizer;
      assert.throws(() => new make(params(), options), message);
      assert.throws(
        () => new make(params(), { lr: -1 }),
        new RegExp(`${kind}: expected a number of at least 0 for lr, found -1`),
      );
    });
  }

  it('Muon refuses what is not a matrix', () => {
    assert.throws(
      () => new optim.Muon([new nn.Parameter(torch.ones([3]))]),
      /Muon only supports 2D parameters, got one of shape \[3\]/,
    );
  });

  it('AdamW stays AdamW with the state of Adam', () => {
    const optimizer = new optim.AdamW(params());
    optimizer.loadStateDict(new optim.Adam(params()).stateDict());
    assert.equal(optimizer.paramGroups[0]!.decoupledWeightDecay, true);
    assert.equal(optimizer.paramGroups[0]!.weightDecay, 0);
  });
});
