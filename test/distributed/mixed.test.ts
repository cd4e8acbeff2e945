import assert from 'node:assert/strict';
import { node, python, PYTHON, results, runRanks, torchrun, type Ended } from './ranks';

type Found = Record<string, unknown>;

describe('a process of Python and one of Node', () => {
  before(function () {
    if (PYTHON === undefined) this.skip();
  });

  it('compute in one group what two of Python do, to the last bit, whichever is rank 0', async () => {
    const [ours, theirs] = [node('mixed-program'), python('python_rank')];
    const expected = results<Found>(await runRanks([theirs, theirs]));
    assert.deepEqual(results<Found>(await runRanks([ours, theirs])), expected);
    assert.deepEqual(results<Found>(await runRanks([theirs, ours])), expected);
  });

  it('are started by torchrun', async () => {
    const launched = [...torchrun(2), ...node('launched-program')];
    const [{ stdout }] = (await runRanks([launched])) as [Ended];
    const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { sum: number; world: number }).sum),
      [3, 3],
    );
  });
});
