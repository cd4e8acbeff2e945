import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataLoader } from '../../ts/data/loader';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import { fit, type FitOptions } from '../../ts/train';

describe('a loss that is not finite', () => {
  let root: string;
  let count = 0;
  before(() => (root = mkdtempSync(join(tmpdir(), 'non-finite-'))));
  after(() => rmSync(root, { recursive: true }));

  /** Divides by its input: infinite at 0. */
  class Reciprocal extends nn.Module {
    forward(x: torch.Tensor): torch.Tensor {
      return x.reciprocal();
    }
  }

  const samples = { length: 12, get: (index: number) => index - 4, describe: (index: number) => `${index}.jpg` };
  const message = async (change: Partial<FitOptions<torch.Tensor>> = {}, last: nn.Module = new Reciprocal()) => {
    const model = new nn.Sequential(new nn.Linear(1, 1, { bias: false }), new nn.Dropout(0), last as nn.Layer);
    const data = new DataLoader(samples, (xs: number[]) => torch.tensor(xs.map((x) => [x])), { batchSize: 3 });
    const loss = (x: torch.Tensor) => model.forward(x).sum();
    try {
      await fit({ model, data, loss, epochs: 1, run: join(root, String(count++)), ...change });
    } catch (error) {
      return (error as Error).message;
    }
    return 'none';
  };

  it('names step, batch and samples, and the first layer whose output is not finite', async () => {
    assert.match(
      await message(),
      /^Expected a finite loss, found -?Infinity at epoch 1, step 2: no checkpoint was written yet; .* or clipping\. In batch 2 of the epoch, with the samples 3\.jpg, 4\.jpg, 5\.jpg, the first that is not finite is the output of 2 \(Reciprocal\)\.$/,
    );
  });

  it('names the batch within a step of several, and its samples by their indices where they have no names', async () => {
    const data = new DataLoader(
      Array.from({ length: 12 }, (_, i) => i - 4),
      (xs: number[]) => torch.tensor(xs.map((x) => [x])),
      {
        batchSize: 3,
      },
    );
    assert.match(
      await message({ data, accumulate: 4 }),
      /step 1: .* In batch 2 of the epoch, with the samples 3, 4, 5,/,
    );
  });

  it('tells apart a batch, a parameter and a loss that are not finite', async () => {
    const model = (batch: ReadonlyMap<string, torch.Tensor>) => batch.get('x')!.requiresGrad_(true).sum();
    const data = {
      batches: 1,
      async *epoch() {
        yield torch.tensor([[NaN]]);
      },
    };
    assert.match(
      await message({ data }),
      /In batch 1 of the epoch, the first that is not finite is a number of the batch\.$/,
    );
    assert.match(
      await message({ loss: (x) => x.requiresGrad_(true).sum().sub(x.sum()).log().sum() }, new nn.Identity()),
      /the first that is not finite is what the loss makes of the outputs, which are finite\.$/,
    );
    const byName = {
      batches: 1,
      async *epoch() {
        yield new Map([['x', torch.tensor([[NaN]])]]);
      },
    };
    assert.match(
      await message({ data: byName as never, loss: (batch) => model(batch as never) }),
      /the first that is not finite is a number of the batch\.$/,
    );
    const broken = new nn.Linear(1, 1);
    broken.bias!.assign(() => torch.tensor([NaN]));
    assert.match(await message({}, broken), /the first that is not finite is the parameter 2\.bias\.$/);
  });
});
