import assert from 'node:assert/strict';
import { Rng } from '../../../ts/data/rng';
import { partsOf } from '../../../ts/data/shares';
import { shardOrder, type ShardOrderOptions } from '../../../ts/data/shards/shard-order';

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

function orderOf(counts: readonly number[], options: ShardOrderOptions, epoch = 0, seed = 3): number[] {
  return [...shardOrder(counts, options)(total(counts), { seed, epoch })];
}

/** The shard of a sample. */
function shardOf(counts: readonly number[], sample: number): number {
  let end = 0;
  return counts.findIndex((count) => sample < (end += count));
}

function batchesOf(order: readonly number[], batchSize: number): Uint32Array[] {
  return Array.from({ length: Math.ceil(order.length / batchSize) }, (_, i) =>
    Uint32Array.from(order.slice(i * batchSize, (i + 1) * batchSize)),
  );
}

describe('the order of shards', () => {
  it('has every sample once, whatever the shards, the batch, the streams and the buffer', () => {
    const rng = new Rng(17);
    for (let round = 0; round < 200; round++) {
      const counts = Array.from({ length: 1 + rng.integer(12) }, () => rng.integer(20));
      const options = {
        batchSize: 1 + rng.integer(16),
        streams: 1 + rng.integer(10),
        shuffleBuffer: 1 + rng.integer(60),
      };
      const order = orderOf(counts, options, round);
      const sorted = [...order].sort((a, b) => a - b);
      assert.deepEqual(sorted, [...Array(total(counts)).keys()], JSON.stringify({ counts, options }));
    }
  });

  it('follows from seed and epoch alone', () => {
    const counts = [40, 30, 50, 20];
    const options = { batchSize: 8, shuffleBuffer: 16, streams: 4 };
    assert.deepEqual(orderOf(counts, options, 2), orderOf(counts, options, 2));
    assert.notDeepEqual(orderOf(counts, options, 2), orderOf(counts, options, 3));
    assert.notDeepEqual(orderOf(counts, options, 2, 3), orderOf(counts, options, 2, 4));
  });

  it('without a buffer reads the shards one after the other, in another order in each epoch', () => {
    const counts = [3, 5, 2, 4];
    const starts = [0, 3, 8, 10];
    const orders = [0, 1, 2, 3].map((epoch) => orderOf(counts, { batchSize: 2, shuffleBuffer: 1, streams: 1 }, epoch));
    for (const order of orders) {
      const shards = order.map((sample) => shardOf(counts, sample));
      const sequence = shards.filter((shard, i) => i === 0 || shards[i - 1] !== shard);
      assert.equal(sequence.length, 4);
      assert.deepEqual(
        order,
        sequence.flatMap((shard) => Array.from({ length: counts[shard]! }, (_, i) => starts[shard]! + i)),
      );
    }
    assert.ok(new Set(orders.map(String)).size > 1);
  });

  it('moves a sample by less than the buffer, and most of them', () => {
    const counts = Array.from({ length: 10 }, () => 20);
    const buffer = 15;
    const order = orderOf(counts, { batchSize: 4, shuffleBuffer: buffer, streams: 1 });
    const still = orderOf(counts, { batchSize: 4, shuffleBuffer: 1, streams: 1 });
    const distances = order.map((sample, position) => Math.abs(position - still.indexOf(sample)));
    assert.ok(Math.max(...distances) < buffer, String(Math.max(...distances)));
    assert.ok(distances.filter((distance) => distance > 0).length > 150);
  });

  it('is any order where the buffer holds all', () => {
    const orders = Array.from({ length: 2000 }, (_, epoch) =>
      orderOf([1, 2], { batchSize: 1, shuffleBuffer: 3, streams: 1 }, epoch).join(''),
    );
    const counts = new Map<string, number>();
    for (const order of orders) counts.set(order, (counts.get(order) ?? 0) + 1);
    assert.equal(counts.size, 6);
    for (const count of counts.values()) assert.ok(Math.abs(count - 2000 / 6) < 100, String([...counts]));
  });

  it('lets each of several processes read shards of its own', () => {
    const counts = Array.from({ length: 16 }, () => 12);
    const order = orderOf(counts, { batchSize: 16, shuffleBuffer: 40, streams: 8 });
    for (const worldSize of [2, 4, 8]) {
      const seen = Array.from({ length: worldSize }, (_, rank) => {
        const parts = [...partsOf(batchesOf(order, 16), { rank, worldSize })];
        return new Set(parts.flatMap((part) => [...part].map((sample) => shardOf(counts, sample))));
      });
      assert.deepEqual(
        seen.map((shards) => shards.size),
        Array.from({ length: worldSize }, () => 16 / worldSize),
      );
      assert.equal(new Set(seen.flatMap((shards) => [...shards])).size, 16);
    }
  });

  it('takes an equal part of each batch from each stream, as many as divide it', () => {
    const counts = Array.from({ length: 12 }, () => 10);
    for (const [batchSize, streams, used] of [
      [12, 8, 6],
      [2, 8, 2],
      [7, 4, 1],
      [24, 24, 12],
    ] as const) {
      const order = orderOf(counts, { batchSize, streams, shuffleBuffer: 1 });
      const first = order.slice(0, batchSize);
      assert.equal(new Set(first.map((sample) => shardOf(counts, sample))).size, used, `${batchSize}, ${streams}`);
    }
  });

  it('goes on with the longest stream where one has ended', () => {
    const order = orderOf([30, 3], { batchSize: 2, streams: 2, shuffleBuffer: 1 });
    const shards = order.map((sample) => shardOf([30, 3], sample));
    assert.deepEqual(
      batchesOf(shards, 2)
        .slice(0, 3)
        .map((batch) => [...batch].sort()),
      [
        [0, 1],
        [0, 1],
        [0, 1],
      ],
    );
    assert.ok(shards.slice(6).every((shard) => shard === 0));
  });

  it('refuses what is no number of samples, and a dataset of another length', () => {
    assert.throws(() => shardOrder([3], { batchSize: 0 }), { code: 'TTS_INPUT' });
    assert.throws(() => shardOrder([3], { batchSize: 2, streams: 1.5 }), { code: 'TTS_INPUT' });
    assert.throws(() => shardOrder([3], { batchSize: 2, shuffleBuffer: -1 }), { code: 'TTS_INPUT' });
    assert.throws(() => shardOrder([3], { batchSize: 2 })(4, { seed: 0, epoch: 0 }), /expected a dataset of 3 samples/);
  });
});
