import assert from 'node:assert/strict';
import { nn, ones, randn, type Tensor } from '../../ts';
import { node, results, runRanks } from './ranks';

/** By case and by what was compared: the largest difference. */
type Found = Record<string, Record<string, number>>;

/** Values are up to 3, sums of gradients up to some hundred; the difference lies in the order of the sums. */
const TOLERANCES: Readonly<Record<string, number>> = {
  float64: 1e-12,
  bfloat16: 1,

  'a group of one': 0,
  'a copy': 0,
};
const TOLERANCE = 3e-5;

describe('SyncBatchNorm', () => {
  it('normalises in two processes as BatchNorm does the joint batch', async () => {
    const program = node('sync-batch-norm-program');
    const ranks = results<Found>(await runRanks([program, program]));
    const names = Object.keys(ranks[0]!);
    assert.ok(names.length >= 15, names.join());
    for (const [rank, found] of ranks.entries())
      for (const [name, differences] of Object.entries(found))
        for (const [what, difference] of Object.entries(differences))
          assert.ok(
            difference <= (TOLERANCES[name] ?? TOLERANCE),
            `${name}, rank ${rank}: ${what} is off by ${difference}`,
          );
  });

  it('is a batch norm without a process group', () => {
    const [sync, norm] = [new nn.SyncBatchNorm(3), new nn.BatchNorm2d(3)];
    const x = randn([4, 3, 2, 2]);
    const same = (one: Tensor, other: Tensor): void => assert.deepEqual(one.toArray(), other.toArray());
    same(sync.forward(x), norm.forward(x));
    same(sync.running_var!, norm.running_var!);
    same(sync.eval().forward(x), norm.eval().forward(x));
    assert.deepEqual(Object.keys(sync.stateDict()), Object.keys(norm.stateDict()));
    assert.throws(() => sync.forward(ones([3, 5])), /SyncBatchNorm expects \(B, 3, \*\), got \[3, 5\]/);
  });

  it('takes the place of every batch norm of a module, with its parameters and statistics', () => {
    const norm = new nn.BatchNorm1d(3, { eps: 1e-3, momentum: 0.2, bias: false });
    const model = new nn.ModuleDict({
      list: new nn.Sequential(new nn.Linear(3, 3), norm),
      shared: norm,
      frozen: new nn.BatchNorm2d(2).eval(),
    });
    const keys = Object.keys(model.stateDict());
    assert.equal(nn.SyncBatchNorm.convertSyncBatchnorm(model), model);
    assert.deepEqual(Object.keys(model.stateDict()), keys);
    const sync = model.getSubmodule('list.1') as nn.SyncBatchNorm;
    assert.ok(sync instanceof nn.SyncBatchNorm);
    assert.equal(sync, model.getSubmodule('shared'));
    assert.equal(sync.weight, norm.weight);
    assert.equal(sync.running_var, norm.running_var);
    assert.deepEqual([sync.eps, sync.momentum, sync.bias], [1e-3, 0.2, null]);
    assert.equal((model.getSubmodule('frozen') as nn.SyncBatchNorm).training, false);
    assert.ok(nn.SyncBatchNorm.convertSyncBatchnorm(new nn.BatchNorm3d(2)) instanceof nn.SyncBatchNorm);
  });
});
