import assert from 'node:assert/strict';
import { DataLoader } from '../../ts/data/loader';
import { sharded } from '../../ts/data/distributed-sampler';
import { shuffled } from '../../ts/data/samplers';
import { gathered } from '../../ts/data/shares';

const numbers = (length: number): number[] => Array.from({ length }, (_, i) => i);

function loader(length: number, batchSize: number): DataLoader<number, number[]> {
  return new DataLoader(numbers(length), (samples: number[]) => samples, { batchSize, sampler: shuffled, seed: 4 });
}

async function all<Batch>(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const found: Batch[] = [];
  for await (const batch of batches) found.push(batch);
  return found;
}

describe('the batches of several processes', () => {
  for (const [length, batchSize, processes] of [
    [12, 4, 2],
    [37, 4, 2],
    [38, 8, 4],
    [3, 4, 4],
  ] as const) {
    it(`are divided by rank: ${length} samples in batches of ${batchSize} among ${processes}`, async () => {
      const whole = await all(loader(length, batchSize).epoch(1, { startBatch: 0 }));
      const parts = await Promise.all(
        numbers(processes).map((rank) => all(loader(length, batchSize).shard(rank, processes).epoch(1))),
      );
      assert.deepEqual(
        whole.map((_, batch) => parts.flatMap((part) => part[batch] ?? [])),
        whole,
      );
      assert.ok(parts.every((part) => part.length === whole.length));
      for (const [batch, samples] of whole.entries()) {
        const sizes = parts.map((part) => part[batch]?.length ?? 0);
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, `${samples.length} as ${sizes.join(', ')}`);
      }
    });
  }

  it('are dealt out whole, and come together in their order', async () => {
    const whole = await all(loader(38, 4).epoch(2));
    const hands = numbers(3).map((rank) => loader(38, 4).deal(rank, 3));
    assert.deepEqual(
      hands.map(({ batches }) => batches),
      [4, 3, 3],
    );
    const dealt = await Promise.all(hands.map((hand) => all(hand.epoch(2))));
    assert.deepEqual(gathered(dealt), whole);
    assert.deepEqual(await all(hands[1]!.epoch(2, { startBatch: 2 })), dealt[1]!.slice(2));
  });

  it('begin at any batch, and say which samples they have', async () => {
    const part = loader(38, 4).shard(1, 2);
    const batches = await all(part.epoch(0));
    assert.deepEqual(await all(part.epoch(0, { startBatch: 7 })), batches.slice(7));
    assert.deepEqual(part.describeBatch(0, 9), batches[9]!.map(String));
  });

  it('are null where a process has no sample, and its collate is not called', async () => {
    const parts = await all(loader(5, 4).shard(3, 4).epoch(0));
    assert.deepEqual(
      parts.map((part) => part?.length ?? null),
      [1, null],
    );
  });

  it('are refused where they cannot be divided evenly, or are divided already', () => {
    assert.throws(() => loader(12, 6).shard(0, 4), {
      name: 'InputError',
      message: /^Expected a batchSize that 4 processes can divide evenly, found 6: it counts the samples of all/,
    });
    const order = sharded(shuffled, { rank: 0, numReplicas: 2 });
    const divided = new DataLoader(numbers(8), { batchSize: 4, sampler: order });
    assert.throws(() => divided.shard(0, 2), /expected the order of all samples, found sharded/);
    assert.throws(() => loader(8, 4).shard(2, 2), /expected a rank from 0 to 1, found 2/);
    assert.throws(() => loader(8, 4).deal(0, 0), /expected a whole number from 1 on for worldSize, found 0/);
  });
});
