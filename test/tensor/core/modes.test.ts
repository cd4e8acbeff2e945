import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { DTypeError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';
import type { DType } from '../../../ts/tensor';

/** Whether an operation on a leaf is recorded right now. */
const records = (): boolean => torch.scope(() => torch.ones([1], { requiresGrad: true }).mul(2).requiresGrad);

/** The type of a matrix product right now. */
const productType = (): DType => torch.scope(() => torch.ones([2, 2]).mm(torch.ones([2, 2])).dtype);

describe('noGrad and enableGrad', () => {
  it('hold while their function runs, and give its result', () => {
    assert.equal(
      torch.noGrad(() => Number(torch.isGradEnabled()) + Number(records())),
      0,
    );
    assert.deepEqual([torch.isGradEnabled(), records()], [true, true]);
  });

  it('nest', () => {
    torch.noGrad(() => {
      assert.equal(torch.enableGrad(records), true);
      assert.equal(records(), false);
      torch.noGrad(() => assert.equal(records(), false));
      assert.equal(records(), false);
    });
    assert.equal(records(), true);
  });

  it('end when their function throws', () => {
    assert.throws(
      () =>
        torch.noGrad(() => {
          throw new Error('inside');
        }),
      /inside/,
    );
    assert.equal(records(), true);
  });

  it('a leaf may be written in place without recording', () => {
    const w = torch.ones([2], { requiresGrad: true });
    torch.noGrad(() => w.add_(1));
    assert.deepEqual([w.toArray(), w.requiresGrad, w.isLeaf], [[2, 2], true, true]);
  });

  it('give the same numbers as with recording, and views stay views', () => {
    const w = torch.randn([3, 4], { requiresGrad: true });
    const compute = (): unknown =>
      [
        w.mm(w.T).softmax(1),
        w.reshape(4, 3).exp().sum(0),
        w.view(12).narrow(0, 2, 5).std(),
        torch.layerNorm(w, [4]),
      ].map((tensor) => tensor.toArray());
    assert.deepEqual(torch.noGrad(compute), compute());
    const x = torch.zeros([4]);
    torch.noGrad(() => x.view(2, 2).index(0).fill_(1));
    assert.deepEqual(x.toArray(), [1, 1, 0, 0]);
  });
});

describe('async modes', () => {
  it('hold over every await, until the promise settles', async () => {
    const seen = await torch.noGrad(async () => {
      const all = [records()];
      for (let i = 0; i < 3; i++) {
        await wait(1);
        all.push(records());
      }
      return all;
    });
    assert.deepEqual(seen, [false, false, false, false]);
    assert.equal(records(), true);
  });

  it('leave the code beside them alone', async () => {
    const inside = torch.noGrad(async () => {
      await wait(3);
      return records();
    });
    assert.equal(records(), true);
    await wait(1);
    assert.equal(records(), true);
    torch.noGrad(() => assert.equal(records(), false));
    assert.equal(records(), true);
    assert.equal(await inside, false);
  });

  it('of different kinds interleave, each with its own', async () => {
    const watch = async (look: () => unknown): Promise<unknown[]> => {
      const seen: unknown[] = [];
      for (let i = 0; i < 5; i++) {
        await wait(i % 2);
        seen.push(look());
      }
      return seen;
    };
    const modes = (): unknown => [torch.isGradEnabled(), records(), torch.isInferenceModeEnabled(), productType()];
    const [plain, noGrad, inference, autocast, both] = await Promise.all([
      watch(modes),
      torch.noGrad(() => watch(modes)),
      torch.inferenceMode(() => watch(modes)),
      torch.autocast('cpu', {}, () => watch(modes)),
      torch.noGrad(() => torch.autocast('cpu', { dtype: 'float16' }, () => watch(modes))),
    ]);
    const five = (value: unknown): unknown[] => Array.from({ length: 5 }, () => value);
    assert.deepEqual(plain, five([true, true, false, 'float32']));
    assert.deepEqual(noGrad, five([false, false, false, 'float32']));
    assert.deepEqual(inference, five([false, false, true, 'float32']));
    assert.deepEqual(autocast, five([true, true, false, 'bfloat16']));
    assert.deepEqual(both, five([false, false, false, 'float16']));
    assert.deepEqual(modes(), [true, true, false, 'float32']);
  });

  it('end when the promise is rejected', async () => {
    await assert.rejects(
      torch.noGrad(async () => {
        await wait(1);
        throw new Error('late');
      }),
      /late/,
    );
    assert.equal(records(), true);
  });
});

describe('inferenceMode', () => {
  it('makes tensors that take no part in autograd', () => {
    const made = torch.inferenceMode(() => torch.ones([2]));
    assert.equal(made.isInference(), true);
    assert.throws(
      () => torch.ones([2], { requiresGrad: true }).mul(made),
      /Inference tensors cannot be saved for backward/,
    );
    assert.equal(torch.ones([1]).isInference(), false);
  });

  it('is not undone by enableGrad, as in PyTorch', () => {
    torch.inferenceMode(() => {
      assert.equal(torch.enableGrad(records), false);
      assert.equal(torch.ones([1]).isInference(), true);
    });
    assert.deepEqual([records(), torch.ones([1]).isInference()], [true, false]);
  });
});

describe('autocast', () => {
  it('computes products in the lower type, sums in the higher', () => {
    const x = torch.ones([2, 2]);
    torch.autocast('cpu', { dtype: 'bfloat16' }, () => {
      assert.deepEqual([x.mm(x).dtype, torch.linear(x, x).dtype, x.add(x).dtype], ['bfloat16', 'bfloat16', 'float32']);
    });
    assert.equal(x.mm(x).dtype, 'float32');
  });

  it('gradients come back in the type of the leaves', () => {
    const w = torch.ones([2, 2], { requiresGrad: true });
    torch.autocast('cpu', {}, () => w.mm(w).sum()).backward();
    assert.deepEqual(
      [w.grad!.dtype, w.grad!.toArray()],
      [
        'float32',
        [
          [4, 4],
          [4, 4],
        ],
      ],
    );
  });

  it('sees a weight that changed between two uses', () => {
    const w = torch.ones([2, 2], { requiresGrad: true });
    const x = torch.ones([1, 2]);
    const product = (): unknown => torch.autocast('cpu', {}, () => x.mm(w).toArray());
    assert.deepEqual(product(), [[2, 2]]);
    torch.noGrad(() => w.fill_(3));
    assert.deepEqual(product(), [[6, 6]]);
  });

  it('can be switched off inside', () => {
    torch.autocast('cpu', {}, () => {
      assert.equal(productType(), 'bfloat16');
      torch.autocast('cpu', { enabled: false }, () => assert.equal(productType(), 'float32'));
      assert.equal(productType(), 'bfloat16');
    });
  });

  it('refuses a type that is not lower', () => {
    assert.throws(() => torch.autocast('cpu', { dtype: 'float64' }, () => 0), DTypeError);
  });

  it('refuses a device that does not exist', () => {
    assert.throws(() => torch.autocast('disk' as torch.Device, { dtype: 'bfloat16' }, () => 0), DTypeError);
    assert.equal(productType(), 'float32');
  });
});
