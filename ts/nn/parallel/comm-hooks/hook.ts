/** Functions that send the gradients in place of the sum over all processes. */
import { DTypeError, ShapeError } from '../../../errors';
import { expected } from '../../../options';
import { noGrad, Tensor } from '../../../tensor';
import type { Callback } from '../../../tensor/autograd/callbacks';
import { freeAll, giveToScope, takeFromScope } from '../../../tensor/memory/lifetime';
import type { Parameter } from '../../parameter';

/** Gradients that travel together: those of the backward pass so far, of this process alone. */
export class GradBucket {
  readonly #buffer: Tensor;
  readonly #parameters: readonly Parameter[];
  readonly #index: number;
  readonly #isLast: boolean;

  /** @internal */
  constructor(buffer: Tensor, parameters: readonly Parameter[], index: number, isLast: boolean) {
    this.#buffer = buffer;
    this.#parameters = parameters;
    this.#index = index;
    this.#isLast = isLast;
  }

  /** All of its gradients in one dimension, one after the other; the memory that they are in. */
  buffer(): Tensor {
    return this.#buffer;
  }

  /** Views of the buffer, one for each parameter. */
  gradients(): Tensor[] {
    let offset = 0;
    return this.#parameters.map((parameter) => {
      const count = parameter.numel();
      const gradient = this.#buffer.narrow(0, offset, count).view(parameter.shape); // (all) -> (…shape)
      offset += count;
      return gradient;
    });
  }

  /** The parameters whose gradients these are. */
  parameters(): Parameter[] {
    return [...this.#parameters];
  }

  /** Its number in the order in which the buckets of a step are sent. */
  index(): number {
    return this.#index;
  }

  /** Whether it is the last of this step. */
  isLast(): boolean {
    return this.#isLast;
  }
}

/** The gradients of a bucket. @throws DTypeError for what is none, which a hook gets that is called by hand @internal */
export function bufferOf(owner: string, bucket: GradBucket): Tensor {
  if (bucket instanceof GradBucket) return bucket.buffer();
  throw expected(owner, 'a GradBucket', bucket, 'give the hook to registerCommHook, which calls it');
}

/**
 * Is called with each bucket as soon as its gradients are there, in the middle of the backward pass. Gives what stands for the average
 * over all processes, a tensor like the buffer, mostly the buffer itself; or begins what is to be sent (`torch.distributed.startAllReduce`)
 * and gives a function that waits for it, which is called at the end of the backward pass: so gradients travel while others are computed.
 */
export type CommHook<State> = (state: State, bucket: GradBucket) => Tensor | (() => Tensor);

/** What waits for the end of the backward pass. */
interface Pending {
  readonly buffer: Tensor;
  readonly finish: () => Tensor;
  /** Tensors that the hook made, which are freed after that. */
  readonly made: readonly Tensor[];
}

/** A hook as the addon calls it: with a bucket to begin with, or with the index of one to end. */
export function callbackOf<State>(state: State, hook: CommHook<State>, parameters: readonly Parameter[]): Callback {
  const pending = new Map<number, Pending>();
  const begin = (buffer: Tensor, index: number, isLast: boolean, numbers: readonly number[]): Tensor[] => {
    // A backward pass that failed has left its own behind.
    if (index === 0) for (const { made } of pending.values()) freeAll(made);
    if (index === 0) pending.clear();
    const bucket = new GradBucket(
      buffer,
      numbers.map((number) => parameters[number]!),
      index,
      isLast,
    );
    const result: unknown = hook(state, bucket);
    if (typeof result !== 'function') return [checked(result, buffer)];
    pending.set(index, { buffer, finish: result as () => Tensor, made: takeFromScope() });
    return [];
  };
  const end = (index: number): Tensor[] => {
    const { buffer, finish, made } = pending.get(index)!;
    pending.delete(index);
    giveToScope(made);
    return [checked(finish(), buffer)];
  };
  return ([buffer], { flags: [index, isLast, ...numbers] }) =>
    noGrad(() => (buffer ? begin(buffer, index!, isLast === 1, numbers) : end(index!)));
}

/** @throws DTypeError or ShapeError for what cannot stand for the gradients of `buffer` */
function checked(result: unknown, buffer: Tensor): Tensor {
  const owner = 'DistributedDataParallel: the hook';
  if (!(result instanceof Tensor))
    throw expected(owner, 'to give a tensor, or a function that gives one', result, 'return bucket.buffer()');
  if (result.dtype !== buffer.dtype || result.device !== buffer.device)
    throw new DTypeError(
      `${owner}: expected gradients of ${buffer.dtype} on ${buffer.device}, found ${result.dtype} on ${result.device}; copy them into bucket.buffer()`,
    );
  if (result.shape.join() !== buffer.shape.join() || !result.isContiguous())
    throw new ShapeError(
      `${owner}: expected a contiguous tensor of the shape [${buffer.shape.join(', ')}], found [${result.shape.join(', ')}]; copy it into bucket.buffer()`,
    );
  return result;
}
