/**
 * Data parallel training: each process has the whole model and a part of each batch, and the gradients are averaged over all
 * while the backward pass runs. The engine is c10d's Reducer, that of torch.nn.parallel.DistributedDataParallel, so that processes
 * of Python and of Node may train one model together.
 */
import { InputError } from '../../errors';
import { distributedBinding as native } from '../../native/distributed-binding';
import { isPlainObject } from '../../native/realm';
import { guarded } from '../../native/typed-errors';
import { isGradEnabled, Tensor } from '../../tensor';
import { afterwards } from '../../tensor/core/afterwards';
import { context, isPromise } from '../../tensor/core/context';
import { forget, register } from '../../tensor/autograd/callbacks';
import { adopt } from '../../tensor/memory/lifetime';
import { broadcastCoalesced } from '../../distributed/collectives';
import { groupOf, type ProcessGroup } from '../../distributed/process-group';
import { Module } from '../module';
import { expected, requireFunction, resolveOptions } from '../options';
import type { Parameter } from '../parameter';
import { callbackOf, type CommHook } from './comm-hooks/hook';

export interface DistributedDataParallelOptions {
  /** Whether the buffers are made rank 0's before each forward. @default true */
  readonly broadcastBuffers?: boolean;
  /** Whether parameters and buffers are made rank 0's at the beginning. @default true */
  readonly initSync?: boolean;
  /** The processes. @default all */
  readonly processGroup?: ProcessGroup | null;
  /** Mebibytes of gradients that travel in one message. @default null: 25, and 1 in the first */
  readonly bucketCapMb?: number | null;
  /** Whether a backward pass may leave out parameters. Without it, one that does is an error at the next forward. @default false */
  readonly findUnusedParameters?: boolean;
  /** Whether gradients are views of the messages' memory, which saves as much as they need. @default false */
  readonly gradientAsBucketView?: boolean;
  /** Whether each step uses the same parameters in the same way; then a parameter may be used more than once. @default false */
  readonly staticGraph?: boolean;
}

const DEFAULTS: Required<DistributedDataParallelOptions> = {
  broadcastBuffers: true,
  initSync: true,
  processGroup: null,
  bucketCapMb: null,
  findUnusedParameters: false,
  gradientAsBucketView: false,
  staticGraph: false,
};

const MIB = 2 ** 20;
/** PyTorch's sizes. */
const FIRST_BUCKET_BYTES = MIB;
const BUCKET_MIB = 25;

/** Frees a reducer when its module is collected. */
const collected = new FinalizationRegistry<() => void>((free) => free());

/** What a wrapper holds for its module; it is not copied with it. */
class Reduction {
  /** Whether backward passes average the gradients. */
  synchronizes = true;
  /** Whether the next forward makes the buffers rank 0's: not after one whose gradients stayed here. */
  broadcasts = true;
  /** Whether the first backward pass of a static graph is still to come. */
  delays: boolean;
  #number: number | undefined;
  readonly #parameters: readonly Parameter[];
  /** Whether a hook runs: the Reducer waits for it, and would wait for itself if it were called. */
  #inHook = false;

  constructor(
    readonly group: ProcessGroup,
    readonly options: Required<DistributedDataParallelOptions>,
    parameters: readonly (readonly [string, Parameter])[],
    state: readonly Tensor[],
  ) {
    this.delays = options.staticGraph;
    this.#parameters = parameters.map(([, parameter]) => parameter);
    const others = (options.bucketCapMb ?? BUCKET_MIB) * MIB;
    this.#number = this.run(() =>
      native().reducerNew(
        this.groupNumber,
        parameters.map(([, parameter]) => parameter._handle),
        parameters.map(([name]) => name),
        options.bucketCapMb === null ? FIRST_BUCKET_BYTES : others,
        others,
        options.findUnusedParameters,
        options.gradientAsBucketView,
        options.staticGraph,
      ),
    );
    if (options.initSync) this.broadcast(state);
  }

  get groupNumber(): number {
    return this.group.numberFor('DistributedDataParallel');
  }

  get number(): number {
    if (this.#number === undefined) throw new InputError('DistributedDataParallel: the process group was destroyed');
    return this.#number;
  }

  /** What frees it, once. */
  get free(): () => void {
    const number = this.number;
    return () => native().reducerFree(number);
  }

  forget(): void {
    this.#number = undefined;
  }

  registerHook<State>(state: State, hook: CommHook<State>): void {
    const callback = callbackOf(state, hook, this.#parameters);
    const id = register(
      (tensors, info) => {
        this.#inHook = true;
        try {
          return callback(tensors, info);
        } finally {
          this.#inHook = false;
        }
      },
      { scoped: true },
    );
    try {
      const handles = this.#parameters.map((parameter) => parameter._handle);
      this.run(() => native().reducerFunctionHook(this.number, handles, id));
    } catch (error) {
      forget(id);
      throw error;
    }
  }

  run<T>(body: () => T): T {
    this.#requireOutsideHook();
    context(); // brings its modes into force
    return guarded(this.group.describeCall('DistributedDataParallel'), body);
  }

  /** Makes tensors those of the first process of the group. */
  broadcast(tensors: readonly Tensor[]): void {
    this.#requireOutsideHook();
    broadcastCoalesced(tensors, this.group.ranks[0]!, { group: this.group });
  }

  #requireOutsideHook(): void {
    if (this.#inHook)
      throw new InputError('DistributedDataParallel: expected no call of the model inside of its hook, found one');
  }
}

/**
 * A module whose gradients are averaged over the processes of a group. All of them make it of the same module, call `forward` and
 * `backward()` equally often, and step their own optimizer.
 *
 *     await torch.distributed.initProcessGroup();
 *     const model = new torch.nn.parallel.DistributedDataParallel(module);
 *
 * The constructor, a forward that makes the buffers rank 0's, and the end of `backward()` wait for the other processes, as in
 * Python, and the event loop waits with them; `backwardAsync()` leaves it free. The state dict has PyTorch's keys, `module.…`.
 */
export class DistributedDataParallel<M extends Module = Module> extends Module {
  /** The module that was given. */
  readonly module: M;
  /** @internal */
  readonly reduction: Reduction;

  /**
   * @throws InputError where nothing is to be trained
   * @throws DistributedError, DistributedTimeoutError, ConnectionLostError where another process has other parameters, or does not come
   */
  constructor(module: M, options: DistributedDataParallelOptions = {}) {
    super();
    if (!(module instanceof Module)) throw expected('DistributedDataParallel', 'a module', module);
    const given = resolveOptions<Required<DistributedDataParallelOptions>>(
      'DistributedDataParallel',
      DEFAULTS,
      options,
    );
    if (given.bucketCapMb !== null && !(given.bucketCapMb > 0))
      throw expected('DistributedDataParallel', 'a number above 0 for bucketCapMb', given.bucketCapMb, '', InputError);
    this.module = module;
    const trained = module.namedParameters().filter(([, parameter]) => parameter.requiresGrad);
    if (trained.length === 0)
      throw new InputError(
        'DistributedDataParallel: expected a module with parameters that require gradients, found none',
      );
    const group = groupOf('DistributedDataParallel', given.processGroup);
    const state = [...module.parameters(), ...(given.broadcastBuffers ? module.buffers() : [])];
    const reduction = new Reduction(group, given, trained, state);
    this.reduction = reduction;
    const { free } = reduction;
    // The group ends its reducers; a wrapper that is collected before ends its own.
    const release = group.onDestroy(() => {
      collected.unregister(reduction);
      free();
      reduction.forget();
    });
    collected.register(this, () => release() && free(), reduction);
  }

  /** The module's forward, between what makes ready for the gradients. */
  override forward(...inputs: Parameters<M['forward']>): ReturnType<M['forward']> {
    this.#before();
    const output = (this.module.forward as (...inputs: unknown[]) => unknown)(...inputs);
    const after = (value: unknown): unknown => this.#after(value);
    return (isPromise(output) ? output.then(after) : after(output)) as ReturnType<M['forward']>;
  }

  /**
   * Runs `fn`, in whose forwards gradients stay in this process, to be averaged with those of the next backward pass outside: what
   * accumulating gradients over several batches needs.
   */
  noSync<T>(fn: () => T): T {
    requireFunction('noSync', 'fn', fn);
    const { reduction } = this;
    const before = reduction.synchronizes;
    const restore = (): void => {
      reduction.synchronizes = before;
    };
    reduction.synchronizes = false;
    return afterwards(fn, restore);
  }

  /** Bytes of the messages in which the gradients travel, in the order in which they are sent; final after the first step. */
  get bucketSizes(): number[] {
    return this.reduction.run(() => native().reducerBuckets(this.reduction.number));
  }

  /**
   * Lets a function of JavaScript send the gradients: `allreduceHook`, `fp16CompressHook`, `bf16CompressHook` with a group or null for
   * the state, `powerSgdHook` with a `PowerSGDState`, or one of your own. Before the first backward pass, and once. Backward passes are
   * then by `backward()`, for `backwardAsync()` cannot call it.
   */
  registerCommHook<State>(state: State, hook: CommHook<State>): void {
    requireFunction('registerCommHook', 'hook', hook);
    this.reduction.registerHook(state, hook);
  }

  /**
   * Lets gradients travel as `fp16_compress`, rounded to float16, or as `allreduce`, as they are. Before the first backward pass.
   */
  registerBuiltinCommHook(hook: 'allreduce' | 'fp16_compress'): void {
    const number = ['allreduce', 'fp16_compress'].indexOf(hook) + 1;
    if (number === 0) throw expected('registerBuiltinCommHook', 'allreduce or fp16_compress', hook, '', InputError);
    this.reduction.run(() => native().reducerHook(this.reduction.number, number));
  }

  #before(): void {
    const { reduction } = this;
    if (isGradEnabled()) reduction.run(() => native().reducerForward(reduction.number, reduction.synchronizes));
    if (reduction.broadcasts && reduction.options.broadcastBuffers) reduction.broadcast(this.module.buffers());
  }

  #after(output: unknown): unknown {
    const { reduction } = this;
    const synchronizes = isGradEnabled() && reduction.synchronizes;
    reduction.broadcasts = synchronizes;
    if (!synchronizes) return output;
    const { findUnusedParameters, staticGraph } = reduction.options;
    const searches = findUnusedParameters && !staticGraph;
    const outputs = searches || reduction.delays ? tensorsIn(output) : [];
    const handles = outputs.map((tensor) => tensor._handle);
    reduction.run(() => native().reducerBackward(reduction.number, searches ? handles : []));
    if (reduction.delays && outputs.length > 0) {
      reduction.delays = false;
      reduction.run(() => native().reducerDelay(reduction.number, handles));
    }
    if (!searches || outputs.length === 0) return output;
    const passed = reduction.run(() => native().reducerSink(reduction.number, handles)).map(adopt);
    return withTensors(output, new Map(outputs.map((tensor, i) => [tensor, passed[i]!])));
  }
}

/** The tensors with a gradient function in arrays and objects, each once. */
function tensorsIn(value: unknown): Tensor[] {
  const found = new Set<Tensor>();
  const visit = (item: unknown): void => {
    if (item instanceof Tensor) {
      if (item.gradFn !== null) found.add(item);
    } else if (Array.isArray(item)) item.forEach(visit);
    else if (isPlainObject(item)) Object.values(item).forEach(visit);
  };
  visit(value);
  return [...found];
}

/** The value with other tensors in it. */
function withTensors(value: unknown, others: ReadonlyMap<Tensor, Tensor>): unknown {
  if (value instanceof Tensor) return others.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => withTensors(item, others));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withTensors(item, others)]));
}
