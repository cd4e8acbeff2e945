import assert from 'node:assert/strict';
import { OutOfMemoryError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';

const TOO_MUCH = 2 ** 50;

describe('liveTensors', () => {
  afterEach(() => torch.recordOrigins(false));

  it('lists the largest first, with type, shape and bytes', () => {
    torch.scope(() => {
      torch.zeros([1000, 1000], { dtype: 'float64' });
      const [first] = torch.liveTensors({ limit: 1 });
      assert.deepEqual(first, { shape: [1000, 1000], dtype: 'float64', device: 'cpu', bytes: 8_000_000 });
    });
  });

  it('tells where a tensor was made once origins are recorded, and no longer when they are not', () => {
    torch.scope(() => {
      torch.recordOrigins();
      const far = (): torch.Tensor => torch.zeros([2000, 1000]).add(1);
      const sum = far();
      const [first] = torch.liveTensors({ limit: 1 });
      assert.match(first!.madeAt!, /^at far .*live-tensors\.test\.ts/);
      torch.recordOrigins(false);
      assert.equal(torch.liveTensors({ limit: 1 })[0]!.madeAt, undefined);
      sum.dispose();
    });
  });
});

describe('findLeaks', () => {
  it('finds nothing where nothing stays, whoever frees it', async () => {
    assert.deepEqual(await torch.findLeaks(() => torch.scope(() => torch.ones([3]).add(1))), []);
    assert.deepEqual(await torch.findLeaks(() => void torch.ones([3]).add(1)), []);
    assert.deepEqual(await torch.findLeaks(async () => (await Promise.resolve(torch.ones([3]))).add(1)), []);
  });

  it('finds what each run leaves, and where it was made', async () => {
    const kept: torch.Tensor[] = [];
    const leaks = await torch.findLeaks(() => kept.push(torch.ones([7])), { rounds: 4 });
    assert.deepEqual(
      leaks.map(({ shape }) => shape),
      [[7], [7], [7], [7]],
    );
    assert.match(leaks[0]!.madeAt!, /live-tensors\.test\.ts/);
    for (const tensor of kept) tensor.dispose();
  });

  it('takes a replaced tensor for none', async () => {
    let state = torch.zeros([3]);
    assert.deepEqual(
      await torch.findLeaks(() => {
        state = state.add(1);
      }),
      [],
    );
    state.dispose();
  });

  it('leaves the recording of origins as it was', async () => {
    torch.recordOrigins();
    await torch.findLeaks(() => {});
    const made = torch.keep(torch.ones([3000, 1000]));
    assert.match(torch.liveTensors({ limit: 1 })[0]!.madeAt!, /live-tensors\.test\.ts/);
    torch.recordOrigins(false);
    await torch.findLeaks(() => {});
    made.dispose();
    const unseen = torch.keep(torch.ones([3000, 1000]));
    assert.equal(torch.liveTensors({ limit: 1 })[0]!.madeAt, undefined);
    unseen.dispose();
  });
});

describe('when memory runs out', () => {
  const largest = torch.keep(torch.zeros([1500, 1000]));
  after(() => largest.dispose());

  it('the error names the largest tensors that are alive', () => {
    assert.throws(
      () => torch.empty([TOO_MUCH], { dtype: 'uint8' }),
      (error: Error) => {
        assert.ok(error instanceof OutOfMemoryError);
        assert.match(
          error.message,
          /tensors are alive, the largest of them:\n {2}5\.7 MiB: float32\[1500, 1000\] on cpu\n/,
        );
        assert.match(error.message, /torch\.recordOrigins\(\) tells where/);
        return true;
      },
    );
  });

  it('it tells where these were made, when that is recorded', () => {
    torch.recordOrigins();
    const recorded = torch.zeros([3000, 1000]);
    assert.throws(
      () => torch.empty([TOO_MUCH], { dtype: 'uint8' }),
      (error: Error) => {
        assert.match(
          error.message,
          /\n {2}11\.4 MiB: float32\[3000, 1000\] on cpu, made at .*live-tensors\.test\.ts:\d+/,
        );
        assert.doesNotMatch(error.message, /recordOrigins/);
        return true;
      },
    );
    torch.recordOrigins(false);
    recorded.dispose();
  });

  describe('on the way back', () => {
    /** Its forward allocates nothing, its backward the gradient of all that was expanded. */
    const loss = (): torch.Tensor => torch.ones([1], { requiresGrad: true }).expand([TOO_MUCH]).select(0, 0);
    const told = (error: unknown): boolean =>
      error instanceof OutOfMemoryError && (error.message.match(/tensors are alive/g) ?? []).length === 1;

    it('backward tells the same', () => assert.throws(() => loss().backward(), told));
    it('autograd.grad too', () => {
      const x = torch.ones([1], { requiresGrad: true });
      assert.throws(() => torch.autograd.grad(x.expand([TOO_MUCH]).select(0, 0), x), told);
    });
    it('and beside the event loop', () => assert.rejects(loss().backwardAsync(), told));
    it('an operator inside a function of JavaScript is told of once', () => {
      class Greedy extends torch.autograd.Function {
        static forward(_: unknown, x: torch.Tensor): torch.Tensor {
          return x.clone();
        }
        static backward(_: unknown, gradient: torch.Tensor): torch.Tensor {
          return gradient.add(torch.empty([TOO_MUCH]));
        }
      }
      assert.throws(
        () => (Greedy.apply(torch.ones([1], { requiresGrad: true })) as torch.Tensor).sum().backward(),
        told,
      );
    });
  });

  it('what nobody uses is collected before the one further try', () => {
    const before = (() => {
      const made = Array.from({ length: 100 }, () => torch.ones([10]).add(1));
      return Math.max(torch.memory().tensors, made.length);
    })();
    assert.throws(() => torch.ones([TOO_MUCH]), OutOfMemoryError);
    assert.ok(torch.memory().tensors <= before - 100, `${torch.memory().tensors} of ${before} tensors are left`);
  });

  it('an operator that writes to its arguments is not tried again', () => {
    const x = torch.ones([2]);
    assert.throws(() => torch.ops['aten']!['resize_']!['default']!(x, [TOO_MUCH]), OutOfMemoryError);
    assert.deepEqual(torch.ones([2]).add(1).toArray(), [2, 2]);
  });
});
