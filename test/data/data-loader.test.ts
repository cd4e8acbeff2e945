import assert from 'node:assert/strict';
import { data, torch } from '../../ts';
import { liveTensors } from '../live-tensors';

const ten = Array.from({ length: 10 }, (_, i) => i);
const numbers = (batches: Iterable<torch.Tensor>): unknown[] => Array.from(batches, (batch) => batch.toArray());
async function collect<T>(batches: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

class Squares extends data.Dataset<[torch.Tensor, number]> {
  readonly length = 5;
  override get(index: number): [torch.Tensor, number] {
    return [torch.tensor([index, index * index]), index % 2];
  }
}

class Countdown extends data.IterableDataset<number> {
  override *[Symbol.iterator](): Iterator<number> {
    for (let i = 5; i > 0; i--) yield i;
  }
}

describe('DataLoader as in PyTorch', () => {
  it('takes one sample at a time unless told otherwise', () => {
    assert.deepEqual(numbers(new data.DataLoader([4, 5])), [[4], [5]]);
  });

  // The orders were printed by torch.utils.data of PyTorch 2.13.
  it('shuffles as PyTorch does with the same seed, anew in each pass', () => {
    torch.manualSeed(3);
    const loader = new data.DataLoader(ten, { batchSize: 4, shuffle: true });
    assert.deepEqual(numbers(loader), [
      [6, 2, 0, 1],
      [8, 3, 5, 4],
      [7, 9],
    ]);
    assert.deepEqual(numbers(loader), [
      [3, 4, 0, 9],
      [6, 7, 1, 2],
      [5, 8],
    ]);
    assert.equal(loader.length, 3);
  });

  it('shuffles by a generator, with for await as well', async () => {
    const generator = new torch.Generator().manualSeed(5);
    const loader = new data.DataLoader(ten, { batchSize: 4, shuffle: true, generator });
    assert.deepEqual(numbers(loader), [
      [7, 4, 8, 1],
      [2, 3, 6, 5],
      [9, 0],
    ]);
    assert.deepEqual(numbers(await collect(loader)), [
      [2, 1, 6, 3],
      [5, 9, 4, 7],
      [8, 0],
    ]);
  });

  it('leaves out a last batch that is not full', () => {
    const loader = new data.DataLoader(ten, { batchSize: 4, dropLast: true });
    assert.deepEqual(numbers(loader), [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ]);
    assert.equal(loader.length, 2);
  });

  it('collates the samples of a dataset', () => {
    const batches = [...new data.DataLoader(new Squares(), { batchSize: 3 })];
    assert.equal(batches.length, 2);
    const [x, y] = batches[0]!;
    assert.deepEqual(
      [x.toArray(), y.toArray(), x.dtype, y.dtype],
      [
        [
          [0, 0],
          [1, 1],
          [2, 4],
        ],
        [0, 1, 0],
        'float32',
        'int64',
      ],
    );
  });

  it('loads by promises with for await, and says so to a plain loop', async () => {
    const dataset = { length: 3, get: async (i: number) => i * 10 };
    assert.deepEqual(numbers(await collect(new data.DataLoader(dataset, { batchSize: 2, numWorkers: 2 }))), [
      [0, 10],
      [20],
    ]);
    assert.throws(() => [...new data.DataLoader(dataset)], /sample 0 comes by a promise.*for await/);
  });

  it('takes a sampler, a batch sampler, a list of indices', () => {
    const sampler = new data.SubsetRandomSampler([4, 8, 9]);
    assert.deepEqual(
      numbers(new data.DataLoader(ten, { sampler, batchSize: 3 }))
        .flat()
        .sort(),
      [4, 8, 9],
    );
    assert.deepEqual(numbers(new data.DataLoader(ten, { sampler: [3, 1], batchSize: 2 })), [[3, 1]]);
    const loader = new data.DataLoader(ten, { batchSampler: [[9, 8, 7], [1]] });
    assert.deepEqual(numbers(loader), [[9, 8, 7], [1]]);
    assert.deepEqual([loader.length, loader.batchSize], [2, null]);
  });

  it('gives sample after sample without a batch size', () => {
    const samples = [
      ...new data.DataLoader([Float32Array.of(1, 2), Float32Array.of(3)], { batchSize: null }),
    ] as unknown as torch.Tensor[];
    assert.deepEqual(numbers(samples), [[1, 2], [3]]);
  });

  it('calls collateFn with the samples', () => {
    const loader = new data.DataLoader(ten, {
      batchSize: 5,
      collateFn: (samples) => samples.reduce((sum, x) => sum + x, 0),
    });
    assert.deepEqual([...loader], [10, 35]);
  });

  it('reads streams, and knows the length of those that tell', async () => {
    assert.deepEqual(numbers(new data.DataLoader(new Countdown(), { batchSize: 2 })), [[5, 4], [3, 2], [1]]);
    assert.deepEqual(numbers(new data.DataLoader(new Set([1, 2, 3]), { batchSize: 2, dropLast: true })), [[1, 2]]);
    async function* later() {
      yield* [1, 2, 3];
    }
    assert.deepEqual(numbers(await collect(new data.DataLoader(later(), { batchSize: 2 }))), [[1, 2], [3]]);
    assert.throws(() => [...new data.DataLoader(later())], /for await/);
    assert.throws(() => new data.DataLoader(new Countdown()).length, /length/);
    assert.equal(new data.DataLoader(Object.assign(new Countdown(), { length: 5 }), { batchSize: 2 }).length, 3);
  });

  const refused: [string, data.DataLoaderOptions<number>, RegExp][] = [
    ['a sampler with shuffle', { sampler: [1], shuffle: true }, /sampler option is mutually exclusive with shuffle/],
    [
      'a batch sampler with a batch size',
      { batchSampler: [[1]], batchSize: 2 },
      /batchSampler option is mutually exclusive with batchSize/,
    ],
    ['no batches with dropLast', { batchSize: null, dropLast: true }, /mutually exclusive with dropLast/],
    ['negative workers', { numWorkers: -1 }, /numWorkers option should be a non-negative integer/],
    ['a negative timeout', { timeout: -1 }, /timeout option should be non-negative/],
    ['an option in snake case', { drop_last: true } as object, /'drop_last' does not exist. Did you mean dropLast/],
  ];
  for (const [name, options, message] of refused) {
    it(`refuses ${name}`, () => void assert.throws(() => new data.DataLoader(ten, options), message));
  }

  it('refuses the order of a stream, and what is no dataset', () => {
    assert.throws(
      () => new data.DataLoader(new Countdown(), { shuffle: true }),
      /IterableDataset: expected unspecified shuffle/,
    );
    assert.throws(
      () => new data.DataLoader({ a: 1 } as never),
      /expected a dataset, an object with a length and get\(index\) or load\(index\), or an array, found an object with a/,
    );
  });

  it('gives up on samples that take too long', async () => {
    const dataset = { length: 1, load: () => new Promise<number>(() => {}) };
    const alive = setInterval(() => {}, 1000);
    const [error] = await collect(new data.DataLoader(dataset, { timeout: 0.01 })).then(
      () => [null],
      (reason: Error) => [reason],
    );
    clearInterval(alive);
    assert.match(String(error), /timed out after 0.01 seconds/);
  });

  it('shuffles epoch(n) by seed and epoch alone', async () => {
    const loader = new data.DataLoader(ten, { batchSize: 10, shuffle: true, seed: 1 });
    const [first] = numbers(await collect(loader.epoch(0)));
    assert.notDeepEqual(first, ten);
    assert.deepEqual(numbers(await collect(loader.epoch(0))), [first]);
    await assert.rejects(
      collect(new data.DataLoader(ten, { sampler: [1] }).epoch(0)),
      /needs an order that follows from seed and epoch/,
    );
  });

  it('leaves the tensors of a batch to who asked for it, and nothing else', async () => {
    const xs = torch.rand([6, 2]);
    const before = await liveTensors();
    const [kept] = torch.scope(() => [...new data.DataLoader(new data.TensorDataset(xs), { batchSize: 4 })].at(-1)!);
    assert.deepEqual(kept!.shape, [2, 2]);
    assert.equal(torch.memory().tensors, before + 1);
    const rest = await torch.scope(
      async () => (await collect(new data.DataLoader(new Squares(), { batchSize: 3 }))).length,
    );
    assert.deepEqual([rest, torch.memory().tensors], [2, before + 1]);
    kept!.dispose();
  });

  it('is torch.utils.data too', () => {
    assert.equal(torch.utils.data.DataLoader, torch.data.DataLoader);
    assert.equal(torch.utils.data.getWorkerInfo(), null);
  });
});
