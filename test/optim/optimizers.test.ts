import assert from 'node:assert/strict';
import * as nn from '../../ts/nn';
import * as optim from '../../ts/optim';
import { camelCase } from '../../ts/tensor/operators/schema';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { joinTensors } from '../../ts/train/pytree';
import { liveTensors } from '../live-tensors';
import { assertClose, assertSame, goldenJson, goldenTensors } from '../nn/golden';
import { assertState } from './state-tree';

interface Saved {
  state: Record<string, unknown>;
  param_groups: optim.PackedGroup[];
}

interface Case {
  kind: Kind;
  options: Record<string, unknown>;
  group: Record<string, unknown>;
  /** Which set of starting points and gradients. */
  shapes: string;
  /** Python's state dict after `half` steps. */
  half: Saved;
}

type Kind =
  | 'SGD'
  | 'Adam'
  | 'AdamW'
  | 'RMSprop'
  | 'Adagrad'
  | 'Adadelta'
  | 'Adamax'
  | 'ASGD'
  | 'RAdam'
  | 'NAdam'
  | 'Rprop'
  | 'Lion'
  | 'Adafactor'
  | 'Muon';

const golden = goldenTensors('optim-steps');
const { missing, half, cases } = goldenJson<{ missing: number[]; half: number; cases: Record<string, Case> }>(
  'optim-cases',
);
const STEPS = 10;

function inCamelCase(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [camelCase(key), value]));
}

function startParameters(shapes = 'any'): nn.Parameter[] {
  return [0, 1, 2].map((i) => new nn.Parameter(golden.get(`${shapes}.start.${i}`).clone()));
}

function make({ kind, options, group }: Case, parameters: nn.Parameter[], extra: object = {}): optim.Optimizer {
  const groups = [{ params: parameters.slice(0, 2) }, { params: parameters.slice(2), ...inCamelCase(group) }];
  const Kind = optim[kind] as unknown as new (groups: object, options: object) => optim.Optimizer;
  return new Kind(groups, { ...inCamelCase(options), ...extra });
}

function setGradients(parameters: readonly nn.Parameter[], step: number, shapes = 'any'): void {
  for (const [i, parameter] of parameters.entries()) {
    const gradient = golden.get(`${shapes}.gradients.${i}`).select(0, step).clone();
    parameter.grad = i === 1 && missing.includes(step) ? null : gradient;
  }
}

interface Span {
  from?: number;
  to?: number;
  shapes?: string;
  after?: (step: number) => void;
}

function run(
  optimizer: optim.Optimizer,
  parameters: readonly nn.Parameter[],
  { from = 0, to = STEPS, shapes, after }: Span = {},
): void {
  for (let step = from; step < to; step++) {
    setGradients(parameters, step, shapes);
    optimizer.step();
    after?.(step);
  }
}

function flat(parameters: readonly Tensor[]): Tensor {
  return nn.utils.parametersToVector(parameters).detach();
}

/** Python's state dict, its tensors in place. */
function savedByPython({ half }: Pick<Case, 'half'>): optim.OptimizerStateDict {
  return joinTensors(
    half,
    Object.fromEntries(golden.names.map((name) => [name, golden.get(name)])),
  ) as optim.OptimizerStateDict;
}

describe('the optimizers', () => {
  const threads = torch.getNumThreads();
  before(() => torch.setNumThreads(1));
  after(() => torch.setNumThreads(threads));

  for (const [name, config] of Object.entries(cases)) {
    const { kind, shapes } = config;
    const expectStep = (parameters: readonly Tensor[], step: number): void =>
      assertClose(flat(parameters), golden.get(`${name}.params`).select(0, step), { what: `step ${step}` });

    for (const fused of ['SGD', 'Adam', 'AdamW', 'Adagrad'].includes(kind) ? [null, false] : [undefined]) {
      it(`${name}${fused === false ? ' without the fused kernel' : ''}: ten steps are PyTorch's`, () => {
        const parameters = startParameters(shapes);
        const optimizer = make(config, parameters, fused === undefined ? {} : { fused });
        run(optimizer, parameters, { shapes, after: (step) => expectStep(parameters, step) });
      });
    }

    it(`${name}: the state saved in the middle is Python's in keys, structure and numbers`, () => {
      const parameters = startParameters(shapes);
      const optimizer = make(config, parameters);
      run(optimizer, parameters, { to: half, shapes });
      assertState(optimizer.stateDict(), savedByPython(config), name);
    });

    it(`${name}: goes on from what Python saved in the middle`, () => {
      const parameters = startParameters(shapes);
      torch.noGrad(() => nn.utils.vectorToParameters(golden.get(`${name}.params`).select(0, half - 1), parameters));
      const optimizer = make({ ...config, options: { lr: 99 }, group: {} }, parameters);
      optimizer.loadStateDict(savedByPython(config));
      run(optimizer, parameters, { from: half, shapes, after: (step) => expectStep(parameters, step) });
    });
  }

  it('an interrupted run goes on from the saved state as if nothing had happened', () => {
    for (const [name, config] of Object.entries(cases)) {
      const { shapes } = config;
      const whole = startParameters(shapes);
      run(make(config, whole), whole, { shapes });

      const first = startParameters(shapes);
      const before = make(config, first);
      run(before, first, { to: half, shapes });
      const second = first.map((parameter) => new nn.Parameter(parameter.detach().clone()));
      const after = make({ ...config, options: { lr: 99 }, group: {} }, second);
      after.loadStateDict(before.stateDict());
      run(after, second, { from: half, shapes });
      for (const [i, parameter] of second.entries()) assertSame(parameter, whole[i]!, `${name} ${i}`);
    }
  });

  it('state dicts that do not fit are refused', () => {
    const [a, b] = startParameters() as [nn.Parameter, nn.Parameter];
    const saved = new optim.SGD([a]).stateDict();
    assert.throws(
      () => new optim.SGD([{ params: [a] }, { params: [b] }]).loadStateDict(saved),
      /different number of parameter groups: 1, expected 2/,
    );
    assert.throws(
      () => new optim.SGD([a, b]).loadStateDict(saved),
      /doesn't match the size of optimizer's group: group 0 has 1 parameters, expected 2/,
    );
    const wrong = {
      state: { 0: { exp_avg: torch.zeros([7]) } },
      param_groups: new optim.Adam([a]).stateDict().param_groups,
    };
    assert.throws(
      () => new optim.Adam([a]).loadStateDict(wrong),
      /the loaded exp_avg has shape \[7\], its parameter \[3, 4\]/,
    );
  });

  it('the loaded state is a copy, in the type of the parameter', () => {
    const parameter = new nn.Parameter(torch.zeros([2], { dtype: 'float64' }));
    const optimizer = new optim.Adam([parameter]);
    const mean = torch.ones([2]);
    const step = torch.tensor(3);
    optimizer.loadStateDict({
      state: { 0: { step, exp_avg: mean, exp_avg_sq: mean } },
      param_groups: optimizer.stateDict().param_groups,
    });
    parameter.grad = torch.ones([2], { dtype: 'float64' });
    optimizer.step();
    assert.deepEqual([mean.toArray(), step.item()], [[1, 1], 3]);
    const state = optimizer.state.get(parameter) as Record<string, Tensor>;
    assert.equal(state['exp_avg']!.dtype, 'float64');
    assert.deepEqual([state['step']!.item(), state['step']!.dtype], [4, 'float32']);
  });

  it('steps parameters of several types in one group', () => {
    const parameters = (['float32', 'float64', 'bfloat16'] as const).map(
      (dtype) => new nn.Parameter(torch.ones([4], { dtype })),
    );
    const optimizer = new optim.AdamW(parameters, { lr: 0.5, weightDecay: 0 });
    for (const parameter of parameters) parameter.grad = torch.ones([4], { dtype: parameter.dtype });
    optimizer.step();
    for (const parameter of parameters)
      assert.deepEqual(
        (parameter.detach().to('float32').toArray() as number[]).map((x) => x.toFixed(3)),
        ['0.500', '0.500', '0.500', '0.500'],
      );
  });

  it('a gradient that lies in memory in another order gives the same step', () => {
    const step = (gradient: Tensor): Tensor => {
      const parameter = new nn.Parameter(torch.ones([3, 2]));
      parameter.grad = gradient;
      new optim.AdamW([parameter], { lr: 0.1 }).step();
      return parameter;
    };
    torch.manualSeed(0);
    const gradient = torch.randn([3, 2]);
    assertClose(step(gradient.t().contiguous().t()), step(gradient));
  });

  it('a group can be added, and parameters that come to have gradients join in', () => {
    const [a, b] = startParameters() as [nn.Parameter, nn.Parameter];
    const optimizer = new optim.AdamW([a], { lr: 0.1 });
    run(optimizer, [a], { to: 2 });
    optimizer.addParamGroup({ params: b, lr: 0.5 });
    assert.deepEqual(
      optimizer.paramGroups.map((group) => group.lr),
      [0.1, 0.5],
    );
    setGradients([a, b], 1);
    optimizer.step();
    const steps = [a, b].map((parameter) => (optimizer.state.get(parameter)!['step'] as Tensor).item());
    assert.deepEqual(steps, [3, 1]);
  });

  it('the learning rate of a group can be set between steps', () => {
    const parameter = new nn.Parameter(torch.zeros([1]));
    const optimizer = new optim.SGD([parameter], { lr: 1 });
    for (const lr of [1, 10]) {
      optimizer.paramGroups[0]!.lr = lr;
      parameter.grad = torch.ones([1]);
      optimizer.step();
    }
    assert.deepEqual(parameter.detach().toArray(), [-11]);
  });

  it('zeroGrad drops gradients, or zeroes them', () => {
    const parameters = startParameters();
    const optimizer = new optim.SGD(parameters);
    setGradients(parameters, 1);
    optimizer.zeroGrad({ setToNone: false });
    assert.ok(parameters.every((p) => p.grad!.abs().sum().item() === 0));
    optimizer.zeroGrad();
    assert.ok(parameters.every((p) => p.grad === null));
  });

  it('a step leaves no tensor behind but the state, and its state survives scopes', async () => {
    const parameters = startParameters();
    const optimizer = new optim.AdamW(parameters);
    torch.scope(() => run(optimizer, parameters, { from: 1, to: 2 }));
    const before = await liveTensors();
    for (const fused of [null, false]) {
      optimizer.paramGroups[0]!.fused = fused;
      optimizer.step();
      assert.equal(torch.memory().tensors, before);
    }
  });

  it('options and parameters that make no sense are refused by name', () => {
    const parameters = startParameters();
    assert.throws(
      () => new optim.AdamW(parameters, { lr: -1 }),
      /AdamW: expected a number of at least 0 for lr, found -1/,
    );
    assert.throws(
      () => new optim.AdamW(parameters, { betas: [0.9, 1] }),
      /expected a number of at least 0 and below 1 for betas\[1\], found 1/,
    );
    assert.throws(
      () => new optim.AdamW(parameters, { weight_decay: 0.1 } as object),
      /the option 'weight_decay' does not exist\. Did you mean weightDecay\?/,
    );
    assert.throws(
      () => new optim.AdamW([{ params: parameters, learningRate: 1 } as { params: Tensor[] }]),
      /AdamW: the option 'learningRate' does not exist\. Did you mean lr\?/,
    );
    assert.throws(() => new optim.SGD(parameters, { nesterov: true }), /nesterov needs a momentum and zero dampening/);
    assert.throws(() => new optim.SGD([]), /SGD got an empty list of parameters/);
    assert.throws(
      () => new optim.SGD([parameters[0]!, parameters[0]!]),
      /more than one parameter group or twice in one/,
    );
    assert.throws(() => new optim.SGD([parameters[0]!.mul(2)]), /can't optimize a tensor that was computed/);
    assert.throws(
      () => new optim.SGD([torch.zeros([1], { dtype: 'complex64' })]),
      /optimizes floating point tensors, got complex64/,
    );
    assert.throws(
      () => new optim.SGD(new nn.Linear(1, 1).namedParameters() as unknown as Tensor[]),
      /got an array: pass model.parameters\(\)/,
    );
  });
});
