import assert from 'node:assert/strict';
import * as nn from '../../ts/nn';
import { LBFGS, type OptimizerStateDict } from '../../ts/optim';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { camelCase } from '../../ts/tensor/operators/schema';
import { joinTensors } from '../../ts/train/pytree';
import { assertClose, assertNumber, goldenJson, goldenTensors } from '../nn/golden';
import { assertState } from './state-tree';

interface Case {
  options: Record<string, unknown>;
  losses: number[];
  half: unknown;
}

const golden = goldenTensors('optim-steps');
const { half, lbfgs: cases } = goldenJson<{ half: number; lbfgs: Record<string, Case> }>('optim-cases');

function options({ options }: Case): object {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [camelCase(key), value]));
}

function start(): nn.Parameter[] {
  return [
    new nn.Parameter(golden.get('regression.weight').clone()),
    new nn.Parameter(torch.zeros([1], { dtype: 'float64' })),
  ];
}

/** A logistic regression with decay, as in scripts/golden/optim.py. */
function lossOf(optimizer: LBFGS, [weight, bias]: readonly Tensor[]): Tensor {
  return torch.scope(() => {
    optimizer.zeroGrad();
    const logits = golden.get('regression.x').matmul(weight!).add(bias!);
    const fit = nn.functional.binaryCrossEntropyWithLogits(logits, golden.get('regression.y'));
    const loss = fit.add(weight!.square().sum().mul(0.01));
    loss.backward();
    return loss;
  });
}

function saved({ half }: Case): OptimizerStateDict {
  return joinTensors(
    half,
    Object.fromEntries(golden.names.map((name) => [name, golden.get(name)])),
  ) as OptimizerStateDict;
}

describe('LBFGS', () => {
  for (const [name, config] of Object.entries(cases)) {
    const expectSteps = (optimizer: LBFGS, parameters: readonly Tensor[], from: number): void => {
      for (let step = from; step < config.losses.length; step++) {
        const loss = optimizer.step(() => lossOf(optimizer, parameters));
        assertNumber(Number(loss.item()), config.losses[step]!, `loss of step ${step}`, 'float64');
        const expected = golden.get(`${name}.params`).select(0, step);
        assertClose(nn.utils.parametersToVector(parameters).detach(), expected, { what: `step ${step}` });
      }
    };

    it(`${name}: ten steps and their losses are PyTorch's`, () => {
      const parameters = start();
      expectSteps(new LBFGS(parameters, options(config)), parameters, 0);
    });

    it(`${name}: the state saved in the middle is Python's`, () => {
      const parameters = start();
      const optimizer = new LBFGS(parameters, options(config));
      for (let step = 0; step < half; step++) optimizer.step(() => lossOf(optimizer, parameters));
      const [ours, theirs] = [optimizer.stateDict(), saved(config)];
      // `al` is what an iteration puts aside for itself.
      for (const state of [ours.state[0]!, theirs.state[0]!]) state['al'] = (state['al'] as unknown[]).map(() => null);
      assertState(ours, theirs, name);
    });

    it(`${name}: goes on from what Python saved in the middle`, () => {
      const parameters = start();
      torch.noGrad(() => nn.utils.vectorToParameters(golden.get(`${name}.params`).select(0, half - 1), parameters));
      const optimizer = new LBFGS(parameters);
      optimizer.loadStateDict(saved(config));
      expectSteps(optimizer, parameters, half);
    });
  }

  it('finds the minimum of Rosenbrock’s valley in single precision', () => {
    const point = new nn.Parameter(torch.tensor([-1.5, 2]));
    const optimizer = new LBFGS([point], { lineSearchFn: 'strong_wolfe' });
    for (let step = 0; step < 5; step++) {
      optimizer.step(() => {
        optimizer.zeroGrad();
        const [x, y] = point.unbind();
        const loss = x!.rsub(1).square().add(y!.sub(x!.square()).square().mul(100));
        loss.backward();
        return loss;
      });
    }
    assertClose(point.detach(), torch.ones([2]), { tolerance: { rtol: 0, atol: 1e-3 } });
  });

  it('asks for a closure, one group, and a state of its size', () => {
    const parameters = start();
    const optimizer = new LBFGS(parameters);
    assert.throws(() => optimizer.step(), /LBFGS: step\(\) needs a closure/);
    assert.throws(() => optimizer.addParamGroup({ params: torch.zeros([1]) }), /doesn't support parameter groups/);
    assert.throws(
      () => new LBFGS(parameters, { lineSearchFn: 'armijo' as 'strong_wolfe' }),
      /must be 'strong_wolfe' or null, got armijo/,
    );
    const { param_groups } = optimizer.stateDict();
    const wrong = { state: { 0: { func_evals: 1, n_iter: 1, d: torch.zeros([9]) } }, param_groups };
    assert.throws(
      () => optimizer.loadStateDict(wrong),
      /the loaded d has shape \[9\], the parameters have 5 elements in all/,
    );
  });
});
