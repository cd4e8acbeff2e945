import assert from 'node:assert/strict';
import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../../ts/errors';
import type { Dataset } from '../../ts/data/dataset';
import { Subset } from '../../ts/data/datasets';
import { DataLoader, type EpochOptions } from '../../ts/data/loader';
import { shuffled } from '../../ts/data/samplers';

/** Samples that are their own index; counts what is under way. */
class Numbers implements Dataset<number> {
  started = 0;
  running = 0;
  mostRunning = 0;

  readonly #delayMs: (index: number) => number;

  constructor(
    readonly length: number,
    delayMs: (index: number) => number = () => 0,
  ) {
    this.#delayMs = delayMs;
  }

  async load(index: number): Promise<number> {
    this.started++;
    this.mostRunning = Math.max(this.mostRunning, ++this.running);
    await sleep(this.#delayMs(index));
    this.running--;
    return index;
  }
}

const loaderOf = (dataset: Dataset<number>, options: EpochOptions) =>
  new DataLoader(dataset, (samples) => samples, options);

async function collect(loader: DataLoader<number, number[]>, epoch = 0, startBatch = 0): Promise<number[][]> {
  const batches: number[][] = [];
  for await (const batch of loader.epoch(epoch, { startBatch })) batches.push(batch);
  return batches;
}

describe('DataLoader', () => {
  it('delivers all samples in order, the last batch short', async () => {
    const loader = loaderOf(new Numbers(7), { batchSize: 3 });
    assert.deepEqual(await collect(loader), [[0, 1, 2], [3, 4, 5], [6]]);
    assert.equal(loader.batches, 3);
    assert.equal(loader.samples, 7);
  });

  it('drops a short last batch when asked to', async () => {
    const loader = loaderOf(new Numbers(7), { batchSize: 3, lastBatch: 'drop' });
    assert.deepEqual(await collect(loader), [
      [0, 1, 2],
      [3, 4, 5],
    ]);
    assert.equal(loader.batches, 2);
    assert.equal(loader.samples, 6);
  });

  it('has no batches for an empty dataset', async () => {
    assert.deepEqual(await collect(loaderOf(new Numbers(0), { batchSize: 3 })), []);
  });

  it('keeps the order when later samples are ready first', async () => {
    const loader = loaderOf(new Numbers(12, (index) => (index % 3 === 0 ? 8 : 0)), { batchSize: 2 });
    assert.deepEqual(
      (await collect(loader)).flat(),
      Array.from({ length: 12 }, (_, i) => i),
    );
  });

  it('shuffles by seed and epoch', async () => {
    const loader = (seed: number) => loaderOf(new Numbers(20), { batchSize: 4, sampler: shuffled, seed });
    const first = await collect(loader(1), 0);
    assert.deepEqual(await collect(loader(1), 0), first);
    assert.notDeepEqual(await collect(loader(1), 1), first);
    assert.notDeepEqual(await collect(loader(2), 0), first);
  });

  it('starts at a batch as if the ones before had been delivered, without loading them', async () => {
    const dataset = new Numbers(20);
    const loader = loaderOf(dataset, { batchSize: 4, sampler: shuffled, seed: 5 });
    const whole = await collect(loader, 2);
    dataset.started = 0;
    assert.deepEqual(await collect(loader, 2, 3), whole.slice(3));
    assert.equal(dataset.started, 8);
  });

  it('has at most prefetch batches beside the current one under way', async () => {
    const dataset = new Numbers(60, () => 1);
    await collect(loaderOf(dataset, { batchSize: 5, prefetch: 2 }));
    assert.equal(dataset.mostRunning, 15);
  });

  it('tells the collate function pass and indices', async () => {
    const loader = new DataLoader(
      new Numbers(4),
      (samples, pass, indices) => ({ samples, pass, indices: [...indices] }),
      { batchSize: 4, seed: 9 },
    );
    for await (const batch of loader.epoch(2)) {
      assert.deepEqual(batch, { samples: [0, 1, 2, 3], pass: { seed: 9, epoch: 2 }, indices: [0, 1, 2, 3] });
    }
  });

  it('collates only when the batch is asked for', async () => {
    let collated = 0;
    const loader = new DataLoader(new Numbers(10), () => ++collated, { batchSize: 2 });
    const pass = loader.epoch(0);
    await pass.next();
    await sleep(5);
    assert.equal(collated, 1);
    await pass.return();
  });

  it('leaves nothing under way after an early exit', async () => {
    const dataset = new Numbers(100, () => 5);
    for await (const _ of loaderOf(dataset, { batchSize: 4, prefetch: 3 }).epoch(0)) break;
    assert.equal(dataset.running, 0);
    assert.equal(dataset.started, 16);
  });

  describe('with a sample that cannot be loaded', () => {
    class Broken extends Numbers {
      override async load(index: number): Promise<number> {
        const loaded = await super.load(index);
        if (index === 9) throw new Error('the file is cut short');
        return loaded;
      }
      describe(index: number): string {
        return `${index} (000${index}.jpg)`;
      }
    }

    it('names it when its batch is due, not before', async () => {
      const delivered: number[][] = [];
      const dataset = new Broken(20, () => 1);
      await assert.rejects(
        async () => {
          for await (const batch of loaderOf(dataset, { batchSize: 4 }).epoch(0)) delivered.push(batch);
        },
        { code: 'TTS_INPUT', message: 'Sample 9 (0009.jpg) cannot be loaded: the file is cut short' },
      );
      assert.deepEqual(delivered, [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
      ]);
      assert.equal(dataset.running, 0);
    });
  });

  it('tells a dataset beforehand what a pass will load, or a part of one', async () => {
    class Expecting extends Numbers {
      readonly told: number[][][] = [];
      expect(batches: readonly ArrayLike<number>[]): void {
        assert.equal(this.started, 0);
        this.told.push(batches.map((batch) => Array.from(batch)));
      }
    }
    const passes: [(loader: DataLoader<number, number[]>) => AsyncGenerator<unknown>, number[][]][] = [
      [(loader) => loader.epoch(0, { startBatch: 1 }), [[2, 3], [4]]],
      [(loader) => loader.shard(1, 2).epoch(0), [[1], [3], []]],
      [(loader) => loader.deal(0, 2).epoch(0), [[0, 1], [4]]],
    ];
    for (const [passOf, expected] of passes) {
      for (const wrap of [
        (dataset: Expecting) => dataset,
        (dataset: Expecting) => new Subset(dataset, [0, 1, 2, 3, 4]),
      ]) {
        const dataset = new Expecting(5);
        await passOf(loaderOf(wrap(dataset), { batchSize: 2 })).next();
        assert.deepEqual(dataset.told, [expected]);
      }
    }
    const dataset = new Expecting(4);
    await loaderOf(new Subset(dataset, [3, 1]), { batchSize: 2 })
      .epoch(0)
      .next();
    assert.deepEqual(dataset.told, [[[3, 1]]]);
  });

  for (const options of [{ batchSize: 0 }, { batchSize: 1.5 }, { batchSize: 2, prefetch: -1 }]) {
    it(`refuses ${JSON.stringify(options)}`, () => {
      assert.throws(() => loaderOf(new Numbers(3), options), InputError);
    });
  }

  it('moves every load ahead one hop on with each batch, so that a batch is there when its turn comes', async () => {
    // Reading and decoding, say: each hop ends in a turn of the event loop.
    const loaded = new Set<number>();
    const dataset: Dataset<number> = {
      length: 40,
      load: async (index) => {
        for (let hop = 0; hop < 2; hop++) await immediate();
        loaded.add(index);
        return index;
      },
    };
    const pass = loaderOf(dataset, { batchSize: 2 }).epoch(0);
    const ready: boolean[] = [];
    for (let first = 0; ; first += 2) {
      ready.push(loaded.has(first) && loaded.has(first + 1));
      if ((await pass.next()).done) break;
    }
    // The first two batches begin with the pass; after the last nothing comes.
    assert.deepEqual(ready.slice(2), [...Array<boolean>(18).fill(true), false]);
  });
});
