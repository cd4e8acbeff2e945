import assert from 'node:assert/strict';
import { distributed as dist, nn, optim } from '../../ts';
import { node, results, runRanks } from './ranks';

interface Compared {
  /** Parameters whose state is here. */
  readonly held: number;
  readonly refusal: string | null;
  readonly stale: string;
  /** Of the plain optimizer and of this one. */
  readonly states: readonly [unknown, unknown];
  readonly halfway: boolean;
  /** Of the plain optimizer, of this one, and of one that took the plain one's state. */
  readonly weights: readonly [string, string, string];
}

type Found = Record<'sgd' | 'adamw', Compared>;

describe('ZeroRedundancyOptimizer', () => {
  let found: Found[];
  before(async () => {
    const program = node('zero-redundancy-program');
    found = results<Found>(await runRanks([program, program]));
  });

  for (const name of ['sgd', 'adamw'] as const) {
    it(`trains as the plain optimizer does, to the last bit (${name})`, () => {
      for (const { [name]: compared } of found) {
        const [plain, spread, resumed] = compared.weights;
        assert.ok(compared.halfway);
        assert.equal(spread, plain);
        assert.equal(resumed, plain, 'with the state of the plain one');
      }
      assert.equal(found[0]![name].weights[0], found[1]![name].weights[0]);
    });

    it(`keeps a part of the state in each process, and gives all of it to one (${name})`, () => {
      // Elements, in the order in which they are given away, to the process that has least: 80 to 0; 5, 15, 3, 112 to 1; 16 to 0.
      assert.deepEqual(
        found.map(({ [name]: { held } }) => held),
        [2, 4],
      );
      const [plain, whole] = found[1]![name].states;
      assert.deepEqual(whole, plain);
      assert.match(
        found[0]![name].refusal!,
        /found that of process 0 alone; await consolidateStateDict\(\{ to: 0 \}\) in every process/,
      );
      assert.match(found[1]![name].stale, /found that of process 1 alone/);
    });
  }

  it('is the plain optimizer in one process, and refuses what that refuses', async () => {
    const store = await dist.HashStore.open();
    await dist.initProcessGroup({ store, rank: 0, worldSize: 1 });
    try {
      const layer = new nn.Linear(2, 2);
      const optimizer = new optim.ZeroRedundancyOptimizer(layer.parameters(), optim.Adam, { lr: 0.1 });
      assert.deepEqual(optimizer.optim.paramGroups[0]!.params, layer.parameters());
      assert.deepEqual(optimizer.stateDict(), new optim.Adam(layer.parameters(), { lr: 0.1 }).stateDict());
      const make = optim.ZeroRedundancyOptimizer as unknown as new (...args: unknown[]) => unknown;
      assert.throws(
        () => new make(layer.parameters(), nn.Linear),
        /expected a class of optimizers such as optim\.AdamW/,
      );
      assert.throws(() => new make(layer.parameters(), optim.SGD, { lrr: 1 }), /SGD: the option 'lrr' does not exist/);
      assert.throws(
        () => optimizer.loadStateDict({ state: { 7: {} }, param_groups: optimizer.stateDict().param_groups }),
        /for a parameter 7/,
      );
    } finally {
      await dist.destroyProcessGroup();
    }
  });
});
