/**
 * Recomputation instead of storage: what a function's operators save for the backward pass is dropped, and computed again
 * when backward asks for it. Follows PyTorch's variant that is not reentrant (torch/utils/checkpoint.py): the graph is the
 * ordinary one, only the tensors saved in it are stand-ins.
 */
import { DTypeError, TorchError, InputError } from '../../errors';
import { context, isPromise, within, type Modes } from '../core/context';
import { scoped } from '../memory/lifetime';
import { isGradEnabled } from '../core/modes';
import { packing } from '../autograd/saved-tensors';
import { Tensor } from '../core/tensor';
import { SavedArguments, RngState } from './saved-call';
import { Recomputed, STOP, type Placeholder } from './recomputed';
import { expected, itemsOf, show, checkOptions } from '../../options';

export interface CheckpointOptions {
  /** Draw the same random numbers when recomputing (dropout!), from the generators of the CPU and of the tensors' devices. @default true */
  readonly preserveRngState?: boolean;
  /** Compare shape, type and device of each recomputed tensor with the first one's: `'none'` leaves it out. @default 'default' */
  readonly determinismCheck?: 'default' | 'none';
  /** End the recomputation as soon as the last tensor that backward needs is there. @default true */
  readonly earlyStop?: boolean;
}

/**
 * `fn(...args)`, whose intermediate results are computed again in the backward pass instead of being kept: memory of one
 * more forward's activations is saved for the time of one more forward. `fn` must give the same each time it is called with
 * the same arguments, and must not be async; what it makes is freed when it returns, but for what it returns. Autocast and, unless switched off, random numbers are as in the first call.
 * @example
 * const hidden = torch.utils.checkpoint((x) => model.forward(x), input);
 * const same = torch.utils.checkpoint({ preserveRngState: false }, (x) => model.forward(x), input);
 */
export function checkpoint<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): R;
export function checkpoint<A extends unknown[], R>(options: CheckpointOptions, fn: (...args: A) => R, ...args: A): R;
export function checkpoint<A extends unknown[], R>(
  first: CheckpointOptions | ((...args: A) => R),
  ...rest: unknown[]
): R {
  if (typeof first === 'function') return run({}, first, rest as A);
  checkOptions('checkpoint', first, ['preserveRngState', 'determinismCheck', 'earlyStop']);
  const [fn, ...args] = rest;
  if (typeof fn !== 'function') throw new DTypeError('checkpoint: expected a function after the options');
  return run(first, fn as (...args: A) => R, args as A);
}

function run<A extends unknown[], R>(options: CheckpointOptions, fn: (...args: A) => R, args: A): R {
  if (!isGradEnabled()) return fn(...args);
  const frame = new Frame(options, fn, args);
  try {
    const result = packing(
      (tensor) => frame.placeholder(tensor),
      () => scoped(() => fn(...args)),
      { idle: true },
    );
    if (isPromise(result))
      throw new DTypeError('checkpoint: expected a function that is not async, since backward cannot wait for it');
    return result;
  } finally {
    frame.complete();
  }
}

/** One checkpointed call: how to run it again, and the stand-ins for the tensors that its operators saved. */
class Frame<A extends unknown[]> {
  readonly #modes: Pick<Modes, 'autocast'>;
  readonly #rng: RngState | null;
  readonly #args: SavedArguments<A>;
  readonly #stands: Placeholder[] = [];
  readonly #recomputed = new Map<number, Recomputed>();
  #alive = 0;
  #completed = false;

  constructor(
    readonly options: CheckpointOptions,
    readonly fn: (...args: A) => unknown,
    args: A,
  ) {
    this.#modes = { autocast: context().autocast };
    this.#rng = options.preserveRngState === false ? null : new RngState(args);
    this.#args = new SavedArguments(args);
  }

  placeholder(tensor: Tensor): { unpack(info: { graphTask: number }): Tensor; dropped(): void } {
    const position = this.#stands.length;
    const placeholder: Placeholder = {
      alive: true,
      metadata: this.options.determinismCheck === 'none' ? null : looksOf(tensor),
    };
    this.#stands.push(placeholder);
    this.#alive++;
    return {
      unpack: ({ graphTask }) => this.#unpack(position, graphTask),
      dropped: () => {
        placeholder.alive = false;
        if (--this.#alive === 0 && this.#completed) this.#release();
      },
    };
  }

  /** The first call is over: from now on the frame ends with the last tensor that stands for one. */
  complete(): void {
    this.#completed = true;
    if (this.#alive === 0) this.#release();
  }

  #release(): void {
    this.#args.release();
    this.#rng?.release();
    for (const recomputed of this.#recomputed.values()) recomputed.release();
    this.#recomputed.clear();
  }

  #unpack(position: number, graphTask: number): Tensor {
    let recomputed = this.#recomputed.get(graphTask);
    if (!recomputed) {
      recomputed = new Recomputed(this.#stands, this.options.earlyStop ?? true);
      this.#recomputed.set(graphTask, recomputed);
      this.#recompute(recomputed);
    }
    return recomputed.take(position);
  }

  /** Runs the function again, for the tensors that it saves. */
  #recompute(recomputed: Recomputed): void {
    const again = (): unknown =>
      packing(
        (tensor) => recomputed.pack(tensor, looksOf),
        () => this.fn(...this.#args.restore()),
        { idle: true },
      );
    const run = (): unknown => within({ grad: true, ...this.#modes }, again, () => undefined);
    scoped(() => {
      try {
        if (this.#rng) this.#rng.during(run);
        else run();
      } catch (error) {
        if (error !== STOP) throw error;
      }
    });
    const { count } = recomputed;
    if (count === this.#stands.length) return;
    throw new TorchError(
      `checkpoint: the first run of the function saved ${this.#stands.length} tensors for backward, this one ${count}; it must do the same each time`,
    );
  }
}

function looksOf(tensor: Tensor): string {
  return `${tensor.dtype}[${tensor.shape.join(', ')}] on ${tensor.device}`;
}

/** A module from tensor to tensor, or a function that is one. */
export type Stage = ((input: Tensor) => Tensor) | { forward(input: Tensor): Tensor };

/**
 * Runs `stages` (an `nn.Sequential`, or an array) one after the other, in `segments` parts of equal length; all parts but
 * the last are checkpointed, so that only their inputs are kept for the backward pass.
 * @param segments from 1 to the number of stages
 */
export function checkpointSequential(
  stages: Iterable<Stage>,
  segments: number,
  input: Tensor,
  options: CheckpointOptions = {},
): Tensor {
  const all = itemsOf('checkpointSequential', 'an iterable of modules or functions for stages', stages).map(callable);
  if (!Number.isInteger(segments) || segments < 1 || segments > all.length) {
    throw new InputError(
      `checkpointSequential: expected from 1 to ${all.length} segments, as many as there are stages, found ${show(segments)}`,
    );
  }
  const size = Math.floor(all.length / segments);
  const run =
    (from: number, to: number) =>
    (x: Tensor): Tensor =>
      all.slice(from, to).reduce((value, stage) => stage(value), x);
  let x = input;
  let start = 0;
  for (; start < size * (segments - 1); start += size) x = checkpoint(options, run(start, start + size), x);
  return run(start, all.length)(x);
}

function callable(stage: Stage): (input: Tensor) => Tensor {
  if (typeof stage === 'function') return stage;
  if (typeof (stage as Partial<typeof stage> | null)?.forward !== 'function')
    throw expected('checkpointSequential', 'modules or functions for stages', stage, '', InputError);
  return (input) => stage.forward(input);
}
