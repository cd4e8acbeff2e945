import assert from 'node:assert/strict';
import { node, results, runRanks } from './ranks';

interface Trained {
  readonly steps: readonly string[];
  readonly weights: string;
  readonly buffers: string;
  readonly keys: readonly string[];
}

type Found = Record<'usual' | 'buckets' | 'unused' | 'static', Trained> & {
  readonly trace: {
    readonly buckets: number;
    readonly sent: number;
    readonly beganWithin: boolean;
    readonly onOtherThreads: boolean;
  };
};

const WAYS = ['usual', 'buckets', 'unused', 'static'] as const;

describe('DistributedDataParallel', () => {
  let ours: Found[];
  before(async () => {
    const program = node('ddp-program');
    ours = results<Found>(await runRanks([program, program]));
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

  it('shows in a profile that gradients travel on other threads while the backward pass runs', () => {
    for (const { trace } of ours) {
      assert.ok(trace.buckets >= 6, `${trace.buckets} buckets`);
      assert.deepEqual(trace, { buckets: trace.buckets, sent: trace.buckets, beganWithin: true, onOtherThreads: true });
    }
  });

  it("has PyTorch's keys", () => {
    assert.deepEqual(ours[0]!.usual.keys.slice(0, 3), ['module.conv.weight', 'module.conv.bias', 'module.norm.weight']);
  });
});
