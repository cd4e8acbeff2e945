import assert from 'node:assert/strict';
import { data, InputError, tensor } from '../../ts';

const { DataLoader, DistributedSampler, inOrder, sharded, shuffled, TensorDataset } = data;

describe('DistributedSampler', () => {
  it('gives each process every n-th sample, and some twice where they do not come out even', () => {
    const of = (rank: number, dropLast: boolean): number[] => [
      ...new DistributedSampler({ length: 7 }, { numReplicas: 3, rank, shuffle: false, dropLast }),
    ];
    assert.deepEqual([0, 1, 2].map((rank) => of(rank, false)), [[0, 3, 6], [1, 4, 0], [2, 5, 1]]); // prettier-ignore
    assert.deepEqual([0, 1, 2].map((rank) => of(rank, true)), [[0, 3], [1, 4], [2, 5]]); // prettier-ignore
  });

  it('begins anew as often as a small dataset asks for', () => {
    const sampler = new DistributedSampler({ length: 1 }, { numReplicas: 4, rank: 3, shuffle: false });
    assert.deepEqual([[...sampler], sampler.length], [[0], 1]);
  });

  it('has another order in each epoch, which all processes share', () => {
    const of = (rank: number, epoch: number): number[] => {
      const sampler = new DistributedSampler({ length: 10 }, { numReplicas: 2, rank, seed: 5 });
      sampler.setEpoch(epoch);
      return [...sampler];
    };
    assert.deepEqual(
      [...of(0, 0), ...of(1, 0)].sort(),
      Array.from({ length: 10 }, (_, i) => i),
    );
    assert.notDeepEqual(of(0, 0), of(0, 1));
    assert.deepEqual(of(0, 1), of(0, 1));
  });

  it('refuses a rank that is not there', () => {
    assert.throws(() => new DistributedSampler({ length: 1 }, { numReplicas: 2, rank: 2 }), InputError);
    assert.throws(() => sharded(inOrder), /sharded: expected a process group, found none/);
  });
});

describe('sharded', () => {
  const dataset = new TensorDataset(tensor(Array.from({ length: 10 }, (_, i) => i)));

  async function pass(rank: number, startBatch = 0): Promise<number[]> {
    const sampler = sharded(shuffled, { numReplicas: 2, rank });
    const loader = new DataLoader(dataset, { batchSize: 2, seed: 4, sampler });
    assert.equal(loader.length, 3);
    const seen: number[] = [];
    for await (const [x] of loader.epoch(1, { startBatch })) seen.push(...(x!.toArray() as number[]));
    return seen;
  }

  it('gives the processes together what one sees, and each its pass from any batch on', async () => {
    const parts = [await pass(0), await pass(1)];
    const alone = [...shuffled(10, { seed: 4, epoch: 1 })];
    assert.deepEqual(alone, alone.map((_, i) => parts[i % 2]![i >> 1])); // prettier-ignore
    assert.deepEqual(await pass(1, 1), parts[1]!.slice(2));
  });
});
