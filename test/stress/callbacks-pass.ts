/** One pass with JavaScript in all its places, and a worker that makes such passes until it is killed. */
import { parentPort, workerData } from 'node:worker_threads';
import { binding } from '../../ts/native/binding';
import * as torch from '../../ts/tensor';
import { autograd, type Tensor } from '../../ts/tensor';

class Twice extends autograd.Function {
  static forward(ctx: autograd.FunctionContext, x: Tensor): Tensor {
    ctx.saveForBackward(x);
    return x.mul(2);
  }

  static backward(ctx: autograd.FunctionContext, gradient: Tensor): Tensor {
    return gradient.mul(ctx.savedTensors[0]!.exp().gt(0)).mul(2);
  }
}

/** What a pass may do. */
export const kinds: readonly ((x: Tensor) => void)[] = [
  (x) => Twice.apply(Twice.apply(x)).sum().backward(),
  (x) => {
    const y = x.mul(2);
    y.registerHook((gradient) => gradient.mul(2));
    using _ = x.registerHook(() => undefined);
    y.sum().backward();
  },
  (x) =>
    torch.utils
      .checkpoint((t: Tensor) => torch.utils.checkpoint((u: Tensor) => Twice.apply(u).sin(), t.exp()).exp(), x)
      .sum()
      .backward(),
  (x) =>
    autograd.graph
      .savedTensorsHooks(
        (t) => t.clone(),
        (t) => t,
        () => Twice.apply(x.exp()),
      )
      .sum()
      .backward(),
  (x) => void Twice.apply(x).exp(), // never run
  (x) => {
    const y = x.exp();
    y.registerHook(() => {
      throw new RangeError('mine');
    });
    try {
      y.sum().backward();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  },
  (x) => void autograd.grad(Twice.apply(x).pow(2).sum(), x, { createGraph: true }),
];

/** @param i chooses what the pass does */
export function pass(x: Tensor, i: number): void {
  torch.scope(() => kinds[i % kinds.length]!(x));
}

export function forever(): never {
  binding.handOver((workerData as { handOver: boolean }).handOver);
  const x = torch.randn([16, 16], { requiresGrad: true });
  parentPort!.postMessage('started');
  for (let i = 0; ; i++) pass(x, i);
}
