import assert from 'node:assert/strict';
import { node, python, PYTHON, results, runRanks } from './ranks';

type Found = Record<'calls' | 'ddp' | 'hooks', unknown>;

/** Products by the kernels that Python's take, for the bits. */
const ENVIRONMENT = { TORCHTS_MKL_DISPATCH: 'vendor' };

describe('a process of Python and one of Node in one group', () => {
  let expected: Found[];
  const found: Record<string, Found[]> = {};
  before(async function () {
    if (PYTHON === undefined) return this.skip();
    const [ours, theirs] = [node('mixed-program'), python('python_rank')];
    const run = async (...commands: string[][]) => results<Found>(await runRanks(commands, ENVIRONMENT));
    expected = await run(theirs, theirs);
    found['two of Node'] = await run(ours, ours);
    found['one of each'] = await run(ours, theirs);
    found['one of each, rank 0 in Python'] = await run(theirs, ours);
  });

  for (const [part, what] of [
    ['calls', 'compute'],
    ['ddp', 'train'],
    ['hooks', 'train with hooks on gradients'],
  ] as const)
    it(`${what} what two of Python do, to the last bit, as do two of Node`, () => {
      assert.equal(Object.keys(found).length, 3);
      for (const [who, ranks] of Object.entries(found))
        assert.deepEqual(
          ranks.map((rank) => rank[part]),
          expected.map((rank) => rank[part]),
          who,
        );
    });
});
