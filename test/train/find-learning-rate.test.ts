import assert from 'node:assert/strict';
import { InputError } from '../../ts/errors';
import * as nn from '../../ts/nn';
import { SGD } from '../../ts/optim';
import * as torch from '../../ts/tensor';
import { findLearningRate, type FindLearningRateOptions, renderLearningRates } from '../../ts/train';

/** One weight, which starts at 1. */
class Slope extends nn.Module {
  readonly weight = new nn.Parameter(torch.tensor([1]));
  readonly drop = new nn.Dropout(0.5);

  constructor() {
    super();
    this.registerBuffer('seen', torch.tensor([0], { dtype: 'int64' }));
  }
  declare readonly seen: torch.Tensor;

  forward(x: torch.Tensor): torch.Tensor {
    this.seen.add_(1);
    return this.weight.mul(x).sum();
  }
}

describe('findLearningRate', () => {
  const released: number[] = [];
  const options = (change: Partial<FindLearningRateOptions<number>> = {}, model = new Slope()) => ({
    model,
    data: {
      batches: 2,
      async *epoch() {
        yield* [1, 2];
      },
    },
    loss: (x: number) => model.forward(torch.tensor([x])),
    optimizer: { kind: 'SGD' as const },
    release: (x: number) => void released.push(x),
    minLr: 0.01,
    maxLr: 1,
    steps: 3,
    ...change,
  });

  it('makes a step at each rate of the range, and tells the smoothed losses, worked by hand', async () => {
    released.length = 0;
    const { curve } = await findLearningRate(options());
    // weight 1, then 1 - 0.01 * 1, then 0.99 - 0.1 * 2; the loss is weight * batch.
    const losses = [1, 2 * 0.99, 0.79];
    let mean = 0;
    const expected = losses.map((loss, i) => {
      mean = 0.98 * mean + 0.02 * loss;
      return mean / (1 - 0.98 ** (i + 1));
    });
    assert.equal(curve.length, 3);
    for (const [i, { lr, loss }] of curve.entries()) {
      assert.ok(Math.abs(lr - [0.01, 0.1, 1][i]!) < 1e-12);
      assert.ok(Math.abs(loss - expected[i]!) < 1e-6, `${loss} for ${expected[i]}`);
    }
    assert.deepEqual(released, [1, 2, 1]);
  });

  it('leaves model, optimizer and random state as they were', async () => {
    const model = new Slope();
    model.eval();
    const optimizer = new SGD([{ params: [model.weight], lr: 0.5 }], { lr: 0.1, momentum: 0.9 });
    model.weight.grad = torch.tensor([2]);
    optimizer.step();
    optimizer.zeroGrad();
    const momentum = () => (optimizer.state.get(model.weight)!['momentum_buffer'] as torch.Tensor).item();
    torch.manualSeed(7);
    const next = torch.rand([1]).item();
    torch.manualSeed(7);
    const before = [model.weight.item(), model.seen.item(), momentum()];
    await findLearningRate(options({ optimizer }, model));
    assert.deepEqual([model.weight.item(), model.seen.item(), momentum()], before);
    assert.equal(optimizer.paramGroups[0]!.lr, 0.5);
    assert.deepEqual([model.training, model.drop.training, model.weight.grad], [false, false, null]);
    assert.equal(torch.rand([1]).item(), next);
  });

  it('keeps the proportion of the rates of groups', async () => {
    const model = new Slope();
    const other = new nn.Parameter(torch.tensor([1]));
    const optimizer = new SGD(
      [
        { params: [model.weight], lr: 0.1 },
        { params: [other], lr: 0.4 },
      ],
      {},
    );
    const rates: number[][] = [];
    const { curve } = await findLearningRate(
      options(
        {
          optimizer,
          loss: (x) => (rates.push(optimizer.paramGroups.map(({ lr }) => lr)), model.forward(torch.tensor([x]))),
        },
        model,
      ),
    );
    assert.deepEqual(
      rates,
      curve.map(({ lr }) => [lr * (0.1 / 0.4), lr]),
    );
  });

  it('suggests the rate of the steepest fall, and ends once the loss diverges', async () => {
    // A bowl: steps below a rate of 1 go down, above it they go away from the bottom.
    const bowl = (model: Slope) => () => model.weight.pow(2).sum();
    const model = new Slope();
    const { lr, curve } = await findLearningRate(
      options({ minLr: 1e-4, maxLr: 100, steps: 100, loss: bowl(model) }, model),
    );
    assert.ok(curve.length < 100, `${curve.length} steps`);
    assert.ok(lr !== null && lr > 1e-3 && lr < 1, `${lr}`);
    assert.equal((await findLearningRate(options())).lr, null);
  });

  it('draws its curve over the logarithm of the rate', async () => {
    const range = await findLearningRate(options());
    const page = renderLearningRates({ ...range, curve: [...range.curve, { lr: 10, loss: NaN }] });
    const drawing = JSON.parse(/<script type="application\/json">([^<]*)</.exec(page)![1]!) as { data: number[][] };
    assert.deepEqual(
      drawing.data[0]!.map((value) => Math.round(10 * value) / 10),
      [-2, -1, 0],
    );
    assert.deepEqual(
      drawing.data[1],
      range.curve.map(({ loss }) => loss),
    );
    assert.match(page, /the test ended too early/);
  });

  it('refuses a range that is none', async () => {
    await assert.rejects(
      findLearningRate(options({ minLr: 2 })),
      new InputError('findLearningRate: expected 0 < minLr < maxLr, found 2 and 1'),
    );
    await assert.rejects(findLearningRate(options({ steps: 2 })), /a whole number from 3 on for steps, found 2/);
    await assert.rejects(findLearningRate(options({ stps: 2 } as never)), /the option 'stps' does not exist/);
  });
});
