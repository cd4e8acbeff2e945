import assert from 'node:assert/strict';
import { node, python, PYTHON, results, runRanks } from './ranks';

interface Trained {
  readonly steps: readonly string[];
  readonly weights: string;
  readonly buffers: string;
  readonly keys: readonly string[];
}

type Found = Record<'usual' | 'buckets' | 'unused' | 'static', Trained> & { readonly sampler: number[][] };

/** Products by the kernels that Python's take, for the bits. */
const ENVIRONMENT = { TORCHTS_MKL_DISPATCH: 'vendor' };

const WAYS = ['usual', 'buckets', 'unused', 'static'] as const;

describe('DistributedDataParallel', () => {
  let ours: Found[];
  before(async () => {
    const program = node('ddp-program');
    ours = results<Found>(await runRanks([program, program], ENVIRONMENT));
  });

  for (const way of WAYS)
    it(`gives both processes the same gradients and weights (${way})`, () => {
      const [one, other] = ours.map((found) => found[way]);
      assert.deepEqual(other!.steps, one!.steps);
      assert.equal(other!.weights, one!.weights);
      assert.equal(new Set(one!.steps).size, one!.steps.length);
    });

  it('gives the same gradients in messages of any size', () => {
    assert.deepEqual(ours[0]!.buckets, ours[0]!.usual);
  });

  it("has PyTorch's keys", () => {
    assert.deepEqual(ours[0]!.usual.keys.slice(0, 3), ['module.conv.weight', 'module.conv.bias', 'module.norm.weight']);
  });

  it('trains as that of Python does, to the last bit, in two processes of Python and in one of each', async function () {
    if (PYTHON === undefined) return this.skip();
    const [here, there] = [node('ddp-program'), python('python_ddp')];
    assert.deepEqual(ours, results<Found>(await runRanks([there, there], ENVIRONMENT)));
    assert.deepEqual(results<Found>(await runRanks([here, there], ENVIRONMENT)), ours);
  });
});
