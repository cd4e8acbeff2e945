import assert from 'node:assert/strict';
import { data, torch } from '../../ts';

const ten = Array.from({ length: 10 }, (_, i) => i);

describe('datasets', () => {
  it('makes samples of the rows of tensors', () => {
    const dataset = new data.TensorDataset(
      torch.tensor([
        [1, 2],
        [3, 4],
      ]),
      torch.tensor([5n, 6n]),
    );
    assert.equal(dataset.length, 2);
    assert.deepEqual(
      dataset.get(1).map((x) => x.toArray()),
      [[3, 4], 6],
    );
    assert.deepEqual(
      dataset.gather([1, 0]).map((x) => x.toArray()),
      [
        [
          [3, 4],
          [1, 2],
        ],
        [6, 5],
      ],
    );
    assert.throws(
      () => new data.TensorDataset(torch.zeros([2]), torch.zeros([3])),
      /same size along the first dimension, found 2, 3/,
    );
    assert.throws(() => new data.TensorDataset([1] as never), /expected tensors/);
  });

  it('takes a part of a dataset', async () => {
    const subset = new data.Subset(ten, [7, 1, 3]);
    assert.deepEqual([subset.length, subset.get(0), subset.get(-1)], [3, 7, 3]);
    assert.equal(await subset.load(1, { seed: 0, epoch: 0 }), 1);
    assert.throws(() => subset.get(3), /out of range/);
    const rows = new data.Subset(new data.TensorDataset(torch.arange(10)), [7, 1]);
    assert.deepEqual(
      Array.from(new data.DataLoader(rows, { batchSize: 2 }), ([x]) => x!.toArray()),
      [[7, 1]],
    );
  });

  it('sets datasets one after the other', () => {
    const dataset = new data.ConcatDataset([ten, new data.Subset(ten, [2]), [100, 200]]);
    assert.deepEqual(dataset.cumulativeSizes, [10, 11, 13]);
    assert.deepEqual(
      [dataset.length, ...[0, 9, 10, 11, 12, -1].map((i) => dataset.get(i))],
      [13, 0, 9, 2, 100, 200, 200],
    );
    assert.throws(() => dataset.get(13), /out of range/);
    assert.throws(() => new data.ConcatDataset([]), /at least one/);
  });

  it('chains streams', async () => {
    const chain = new data.ChainDataset([new Set([1, 2]), new Set([3])]);
    assert.deepEqual([...chain], [1, 2, 3]);
    assert.throws(() => [...new data.ChainDataset([ten])], /use ConcatDataset/);
    assert.throws(() => new data.ConcatDataset([new Set([1])]), /use ChainDataset/);
    const later = new data.ChainDataset([
      (async function* () {
        yield 5;
      })(),
      new Set([6]),
    ]);
    const all: number[] = [];
    for await (const x of later) all.push(x);
    assert.deepEqual(all, [5, 6]);
  });

  it('sets datasets side by side', () => {
    assert.deepEqual(new data.StackDataset(ten, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']).get(2), [2, 'c']);
    assert.deepEqual(new data.StackDataset({ n: ten, m: ten }).get(2), { n: 2, m: 2 });
    assert.throws(() => new data.StackDataset(ten, [1]), /same length, found 10, 1/);
  });

  // As torch.utils.data.random_split of PyTorch 2.13 splits them.
  it('splits at random as PyTorch does, by lengths and by fractions', () => {
    const generator = new torch.Generator().manualSeed(42);
    const parts = data.randomSplit(ten, [0.3, 0.3, 0.4], { generator });
    assert.deepEqual(
      parts.map(({ indices }) => indices),
      [
        [2, 6, 1],
        [8, 4, 5],
        [0, 9, 3, 7],
      ],
    );
    assert.deepEqual(
      data.randomSplit(ten, [0.25, 0.75]).map(({ length }) => length),
      [3, 7],
    );
    assert.throws(() => data.randomSplit(ten, [3, 8]), /sum to 10/);
  });
});

describe('samplers', () => {
  // Printed by torch.utils.data of PyTorch 2.13 after torch.manual_seed(4), in this order.
  it("draw PyTorch's numbers", () => {
    torch.manualSeed(4);
    const weights = [0.1, 0.9, 0.4, 0.7, 3, 0.6];
    assert.deepEqual([...new data.WeightedRandomSampler(weights, 5)], [4, 4, 1, 5, 5]);
    assert.deepEqual([...new data.WeightedRandomSampler(weights, 5, { replacement: false })], [3, 4, 5, 1, 2]);
    const five = { length: 5 };
    const drawn = [
      4, 4, 4, 2, 2, 3, 0, 0, 0, 1, 3, 3, 1, 2, 3, 2, 0, 4, 1, 3, 4, 4, 1, 2, 3, 1, 3, 0, 3, 0, 0, 1, 1, 4, 1, 3, 4, 2,
      3, 4,
    ];
    assert.deepEqual([...new data.RandomSampler(five, { replacement: true, numSamples: 40 })], drawn);
    assert.deepEqual([...new data.RandomSampler(five, { numSamples: 7 })], [4, 2, 0, 1, 3, 2, 3]);
    assert.deepEqual([...new data.SubsetRandomSampler([4, 8, 15, 16])], [16, 4, 8, 15]);
  });

  it('group indices into batches', () => {
    const seven = new data.SequentialSampler({ length: 7 });
    assert.deepEqual([...new data.BatchSampler(seven, 3)], [[0, 1, 2], [3, 4, 5], [6]]);
    assert.deepEqual(
      [...new data.BatchSampler(seven, 3, true)],
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    );
    assert.deepEqual([new data.BatchSampler(seven, 3).length, new data.BatchSampler(seven, 3, true).length], [3, 2]);
  });

  it('refuse what is no number of samples', () => {
    assert.throws(() => new data.BatchSampler([1], 0), /batchSize should be a positive integer value, but got 0/);
    assert.throws(() => new data.RandomSampler([1], { numSamples: 0 }), /numSamples should be a positive integer/);
    assert.throws(() => new data.RandomSampler([1], { replacement: 1 as never }), /replacement should be a boolean/);
    assert.throws(() => new data.WeightedRandomSampler(torch.ones([2, 2]), 1), /one row of weights/);
  });
});

describe('defaultCollate', () => {
  it("makes Python's types of numbers", () => {
    const shown = (batch: torch.Tensor) => [batch.dtype, batch.toArray()];
    assert.deepEqual(shown(data.defaultCollate([1, 2])), ['int64', [1, 2]]);
    assert.deepEqual(shown(data.defaultCollate([1.5, 2])), ['float64', [1.5, 2]]);
    assert.deepEqual(shown(data.defaultCollate([true, false])), ['bool', [true, false]]);
    assert.deepEqual(shown(data.defaultCollate([2n ** 60n])), ['int64', [2n ** 60n]]);
    assert.deepEqual(shown(data.defaultCollate([Uint8Array.of(1), Uint8Array.of(2)])), ['uint8', [[1], [2]]]);
  });

  it('goes into objects, arrays and Maps, and leaves strings', () => {
    const batch = data.defaultCollate([
      { a: [1, 'x'], b: torch.zeros([2]) },
      { a: [2, 'y'], b: torch.ones([2]) },
    ]);
    const [first, second] = batch.a as unknown as [torch.Tensor, string[]];
    assert.deepEqual(
      [first.toArray(), second, batch.b.shape],
      [
        [1, 2],
        ['x', 'y'],
        [2, 2],
      ],
    );
    assert.deepEqual(
      data
        .defaultCollate([new Map([['k', 1]]), new Map([['k', 2]])])
        .get('k')!
        .toArray(),
      [1, 2],
    );
    assert.deepEqual(data.defaultCollate([Buffer.from('a')]), [Buffer.from('a')]);
  });

  it('names the sample that does not fit', () => {
    assert.throws(() => data.defaultCollate([[1, 2], [1]]), /equal size, but got 2 at entry 0 and 1 at entry 1/);
    assert.throws(
      () => data.defaultCollate([torch.zeros([3]), torch.zeros([3]), torch.zeros([4])]),
      /got \[3\] at entry 0 and \[4\] at entry 2/,
    );
    assert.throws(
      () => data.defaultCollate([{ x: 1 }, { y: 1 }]),
      /expected 'x' in each sample, as in the first, found none in sample 1/,
    );
    assert.throws(
      () => data.defaultCollate([1, 'a']),
      /expected a number in each sample, as in the first, found a string in sample 1/,
    );
    assert.throws(() => data.defaultCollate([{ x: null }]), /found null in sample 0 at 'x'; give collateFn/);
  });
});
