import assert from 'node:assert/strict';
import { InputError } from '../../ts/errors';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import { findBatchSize, type FindBatchSizeOptions } from '../../ts/train';
import { largestFitting } from '../../ts/train/find-batch-size';

describe('the largest batch that fits, worked by hand', () => {
  const tried = async (peak: (size: number) => number | null, budget: number, most = 64) => {
    const { batchSize, trials } = await largestFitting((size) => Promise.resolve(peak(size)), { budget, most });
    return [batchSize, trials.map(({ size }) => size)];
  };

  it('is doubled while the line through the last two peaks stays in the budget', async () => {
    // 100 + 10 a sample: 8 take 180, 16 would take 260.
    assert.deepEqual(await tried((size) => 100 + 10 * size, 259), [8, [1, 2, 4, 8]]);
    assert.deepEqual(await tried((size) => 100 + 10 * size, 260), [16, [1, 2, 4, 8, 16]]);
  });

  it('ends at the size that is the most to look at', async () => {
    assert.deepEqual(await tried(() => 1, 1000, 1), [1, [1]]);
    assert.deepEqual(await tried((size) => size, 1000, 12), [12, [1, 2, 4, 8, 12]]);
  });

  it('is the one before the memory ran out, or before a peak above the budget', async () => {
    assert.deepEqual(await tried((size) => (size > 4 ? null : 1), 1000), [4, [1, 2, 4, 8]]);
    assert.deepEqual(await tried((size) => (size > 4 ? 2000 : 10), 1000), [4, [1, 2, 4, 8]]);
  });

  it('takes peaks that do not grow for those of the past, and goes by the proportion', async () => {
    assert.deepEqual(await tried(() => 600, 1000), [1, [1]]);
    assert.deepEqual(await tried((size) => Math.max(300, 100 + 50 * size), 1000), [16, [1, 2, 4, 8, 16]]);
  });

  it('is refused where one sample does not fit', async () => {
    await assert.rejects(
      tried(() => 3 * 2 ** 20, 2 ** 20),
      new InputError(
        'findBatchSize: expected a step on one sample to fit into 1 MB, found 3 MB; take a smaller model or sample, another precision, or torch.utils.checkpoint',
      ),
    );
    await assert.rejects(
      tried(() => null, 2 ** 20),
      /found that the memory ran out/,
    );
  });
});

describe('findBatchSize', () => {
  const options = (change: Partial<FindBatchSizeOptions<torch.Tensor>> = {}, model = new nn.Linear(4, 1)) => ({
    model,
    loss: (x: torch.Tensor) => model.forward(x).sum(),
    batchOf: (size: number) => torch.ones([size, 4]),
    most: 8,
    memoryBytes: 2 ** 40,
    ...change,
  });

  it('makes a step on each size, and leaves the model as it was', async () => {
    const sizes: number[] = [];
    const model = new nn.Linear(4, 1);
    const before = model.weight.toArray();
    const { batchSize, trials } = await findBatchSize(
      options({ batchOf: (size) => (sizes.push(size), torch.ones([size, 4])) }, model),
    );
    assert.equal(batchSize, 8);
    assert.deepEqual(sizes, [1, 2, 4, 8]);
    const peaks = trials.map(({ peakBytes }) => peakBytes!);
    assert.ok(
      peaks.every((peak, i) => peak > 2 ** 20 && (i === 0 || peak >= peaks[i - 1]!)),
      peaks.join(' '),
    );
    assert.deepEqual(model.weight.toArray(), before);
    assert.equal(model.weight.grad, null);
  });

  it('refuses a budget that no process fits into, and options that do not exist', async () => {
    await assert.rejects(
      findBatchSize(options({ memoryBytes: 2 ** 20 })),
      /expected a step on one sample to fit into 1 MB/,
    );
    await assert.rejects(findBatchSize(options({ share: 2 })), /at most 1 for share, found 2/);
    await assert.rejects(findBatchSize(options({ most: 0 })), /from 1 on for most, found 0/);
    await assert.rejects(findBatchSize(options({ size: 2 } as never)), /the option 'size' does not exist/);
  });
});
