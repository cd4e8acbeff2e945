import assert from 'node:assert/strict';
import { InputError, TorchError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';
import { autograd, type Tensor } from '../../../ts/tensor';

const leaf = (...values: number[]): Tensor => torch.tensor(values, { requiresGrad: true });

/** The square root at 0 has an infinite derivative; times the inner derivative 0 that is NaN. */
function spoilsGradient(x: Tensor): Tensor {
  return x.mul(0).sqrt();
}

describe('detectAnomaly', () => {
  it('says which forward call gave NaN: the function and the line', () => {
    assert.throws(
      () => autograd.detectAnomaly(() => spoilsGradient(leaf(1)).mul(0).sum().backward()),
      (error: unknown) =>
        error instanceof TorchError &&
        /Function 'SqrtBackward0' returned nan values in its 0th output\./.test(error.message) &&
        /Anomaly detection: error in SqrtBackward0; the forward call that made it:\n(.*\n)*.*spoilsGradient.*anomaly\.test\.ts:\d+/.test(
          error.message,
        ),
    );
  });

  it('is off outside, where NaN passes', () => {
    const x = leaf(1);
    spoilsGradient(x).mul(0).sum().backward();
    assert.deepEqual([x.grad!.item(), autograd.isAnomalyEnabled()], [NaN, false]);
  });

  it('lets NaN pass without checkNan, and still explains errors', () => {
    const x = leaf(1);
    autograd.detectAnomaly(() => spoilsGradient(x).mul(0).sum().backward(), { checkNan: false });
    assert.ok(Number.isNaN(x.grad!.item()));
    const broken = (): void => {
      const y = leaf(1).exp();
      const z = y.mul(2);
      y.add_(1);
      z.sum().backward();
      const w = leaf(1).exp();
      const loss = w.sin().add(w.exp()).sum();
      w.add_(1);
      loss.backward();
    };
    assert.throws(
      () => autograd.detectAnomaly(broken),
      /modified by an inplace operation[^]*Anomaly detection: error in \w+Backward0; [^]*broken/,
    );
  });

  it('names the pass that a failing node of a second derivative came from', () => {
    const run = (): void => {
      const x = leaf(0);
      const [first] = autograd.grad(x.pow(1.5).sum(), x, { createGraph: true }) as [Tensor];
      first.mul(0).sum().backward();
    };
    assert.throws(
      () => autograd.detectAnomaly(run),
      /error in PowBackward0; [^]*that was part of the backward of PowBackward0, made by:/,
    );
  });

  it('leaves an error thrown by JavaScript as it is', () => {
    class Fails extends autograd.Function {
      static forward(_: autograd.FunctionContext, x: Tensor): Tensor {
        return x.mul(2);
      }
      static backward(): never {
        throw new TorchError('mine');
      }
    }
    assert.throws(() => autograd.detectAnomaly(() => Fails.apply(leaf(1)).sum().backward()), { message: 'mine' });
  });

  it('nests, holds until a promise settles, and ends when its function throws', async () => {
    const seen: boolean[] = [];
    autograd.detectAnomaly(() => {
      autograd.detectAnomaly(() => seen.push(autograd.isAnomalyEnabled()));
      seen.push(autograd.isAnomalyEnabled());
    });
    seen.push(autograd.isAnomalyEnabled());
    const later = autograd.detectAnomaly(async () => {
      await Promise.resolve();
      return autograd.isAnomalyEnabled();
    });
    seen.push(await later);
    assert.throws(
      () =>
        autograd.detectAnomaly(() => {
          throw new RangeError();
        }),
      RangeError,
    );
    seen.push(autograd.isAnomalyEnabled());
    assert.deepEqual(seen, [true, true, false, true, false]);
  });

  it('can be switched on and off', () => {
    autograd.setDetectAnomaly(true);
    try {
      assert.throws(() => spoilsGradient(leaf(1)).mul(0).sum().backward(), /returned nan values/);
    } finally {
      autograd.setDetectAnomaly(false);
    }
    spoilsGradient(leaf(1)).mul(0).sum().backward();
    assert.throws(() => autograd.setDetectAnomaly(true, { check_nan: true } as object), InputError);
  });
});
