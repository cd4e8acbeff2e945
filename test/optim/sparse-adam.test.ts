import assert from 'node:assert/strict';
import * as nn from '../../ts/nn';
import { RMSprop, SGD, SparseAdam, type OptimizerStateDict } from '../../ts/optim';
import * as torch from '../../ts/tensor';
import { joinTensors } from '../../ts/train/pytree';
import { assertClose, goldenJson, goldenTensors } from '../nn/golden';
import { assertState } from './state-tree';

interface Case {
  options: object;
  half: unknown;
}

const golden = goldenTensors('optim-steps');
const { half, sparse_adam: cases } = goldenJson<{ half: number; sparse_adam: Record<string, Case> }>('optim-cases');

/** As in scripts/golden/optim.py: rows of a table, with a sparse gradient. */
function setGradient(table: nn.Parameter, step: number): void {
  table.grad = null;
  const rows = torch.embedding(table, golden.get('rows').select(0, step), { sparse: true });
  rows.square().mul(golden.get('weights')).sum().backward();
}

function run(name: string, table: nn.Parameter, optimizer: SparseAdam, from: number, to: number): void {
  for (let step = from; step < to; step++) {
    setGradient(table, step);
    optimizer.step();
    const expected = golden.get(`${name}.params`).select(0, step);
    assertClose(table.detach().view([-1]), expected, { what: `step ${step}` });
  }
}

describe('SparseAdam', () => {
  for (const [name, { options, half: saved }] of Object.entries(cases)) {
    it(`${name}: ten steps, and the state in the middle, are PyTorch's`, () => {
      const table = new nn.Parameter(golden.get('table').clone());
      const optimizer = new SparseAdam([table], options);
      run(name, table, optimizer, 0, half);
      const theirs = joinTensors(saved, Object.fromEntries(golden.names.map((key) => [key, golden.get(key)])));
      assertState(optimizer.stateDict(), theirs, name);
      run(name, table, optimizer, half, 10);

      const resumed = new nn.Parameter(
        golden
          .get(`${name}.params`)
          .select(0, half - 1)
          .view([6, 3])
          .clone(),
      );
      const other = new SparseAdam([resumed]);
      other.loadStateDict(theirs as OptimizerStateDict);
      run(name, resumed, other, half, 10);
    });
  }

  it('dense gradients are refused, and sparse ones by those who cannot follow them', () => {
    const table = new nn.Parameter(golden.get('table').clone());
    setGradient(table, 0);
    assert.throws(
      () => new RMSprop([table]).step(),
      /RMSprop does not support sparse gradients: use SparseAdam or SGD/,
    );
    new SGD([table], { lr: 0.1 }).step();
    table.grad = torch.ones([6, 3]);
    assert.throws(() => new SparseAdam([table]).step(), /SparseAdam does not support dense gradients/);
    assert.throws(() => new SparseAdam([table], { eps: 0 }), /SparseAdam: expected a number above 0 for eps, found 0/);
  });
});
