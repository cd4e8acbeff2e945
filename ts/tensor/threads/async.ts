/**
 * Long work on a native thread, one for each JavaScript thread, while the event loop goes on. Jobs run one after the
 * other in the order of their submission, in the modes (gradients, inference, autocast) of the code that submitted them.
 */
import { binding, type Submitted } from '../../native/binding';
import { guarded, typedError } from '../../native/typed-errors';
import { putGradients, type GradientList } from '../autograd/backward';
import { context } from '../core/context';
import type { Device } from '../types/device';
import { viewAs, type DataArray, type DType } from '../types/dtype';
import { adopt } from '../memory/lifetime';
import { retryAfterOom } from '../memory/oom-retry';
import { addMembers, type Tensor } from '../core/tensor';
import type { BackwardOptions } from '../autograd/backward';

export interface AsyncOptions {
  /**
   * Rejects with the signal's reason as soon as it is aborted. Work that has not begun is dropped; a kernel that runs
   * cannot be interrupted, so its result is discarded.
   */
  readonly signal?: AbortSignal;
}

export interface AsyncMethods {
  /**
   * `data()` without blocking the event loop: another thread waits for the device and copies. Element types that no
   * typed array holds (bfloat16, float16, float8, complex32) are converted first, by an ordinary operator.
   */
  dataAsync(options?: AsyncOptions): Promise<DataArray>;
  /** `to(device)` without blocking the event loop. */
  toAsync(device: Device, options?: AsyncOptions): Promise<Tensor>;
  /**
   * `backward(gradient)` without blocking the event loop. Do not touch the leaves of the graph until the promise settles.
   * A graph with functions or hooks of JavaScript needs JavaScript's thread: it is refused.
   */
  backwardAsync(gradient?: GradientList, options?: Omit<BackwardOptions, 'inputs'> & AsyncOptions): Promise<void>;
}

/**
 * Submits work and waits for it.
 * @param submit the native call; the context's modes are in force
 * @param finish turns what the addon returns into the result, synchronously
 * @param repeatable whether the work may be done once more when memory runs out
 * @throws the signal's reason (an `AbortError` unless it was given another), or what the work throws
 * @internal
 */
export async function runInBackground<Raw, T>(
  where: string,
  submit: () => Submitted<Raw>,
  finish: (raw: Raw) => T,
  { signal }: AsyncOptions = {},
  repeatable = false,
): Promise<T> {
  signal?.throwIfAborted();
  context();
  const { id, promise } = guarded(where, submit);
  let cancelled = false;
  const work = promise.then(
    (raw) => (cancelled ? (undefined as never) : finish(raw)),
    (error: unknown) =>
      retryAfterOom(
        typedError(error, where),
        repeatable ? () => runInBackground(where, submit, finish, { signal }) : null,
      ),
  );
  if (!signal) return work;
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      cancelled = binding.cancelWork(id);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

declare module '../core/tensor' {
  interface Tensor<out Type extends DType = DType> extends AsyncMethods {}
}

const methods: ThisType<Tensor> & AsyncMethods = {
  async dataAsync(options) {
    const { dtype } = this;
    const direct = viewAs(dtype, new ArrayBuffer(0));
    const source = direct ? this : this.detach().to(dtype === 'complex32' ? 'complex64' : 'float32');
    const read = source.dtype;
    return runInBackground(
      'Tensor.dataAsync',
      () => binding.readAsync(source._handle),
      (bytes) => viewAs(read, bytes)!,
      options,
    );
  },
  async toAsync(device, options) {
    return runInBackground('Tensor.toAsync', () => binding.moveAsync(this._handle, device), adopt, options, true);
  },
  async backwardAsync(gradient = null, { retainGraph = null, createGraph = false, signal } = {}) {
    const submit = (): Submitted<undefined> => {
      putGradients([this], gradient);
      return binding.backwardAsync(retainGraph, createGraph);
    };
    return runInBackground('backwardAsync', submit, () => undefined, { signal });
  },
};

addMembers(methods);
