/** Graphs of an accelerator: work recorded once and replayed as a whole, as PyTorch's `torch.cuda.CUDAGraph`. */
import { InputError } from '../../errors';
import { binding } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { collectGarbage } from '../memory/live-tensors';
import { context, isPromise } from '../core/context';
import { checkOptions, resolveOptions } from '../../options';
import { onStream, Stream } from './streams';

const CAPTURE_MODES = ['global', 'thread_local', 'relaxed'] as const;

/** What a capture does about calls that it cannot record: refuse them everywhere, in this thread, or not at all. */
export type CaptureMode = (typeof CAPTURE_MODES)[number];

/** Memory that graphs may share, as `Graph.pool()` gives it. */
export type GraphPool = readonly [bigint, bigint];

export interface CaptureOptions {
  /** Memory of another graph, to be shared by graphs that never run at once. @default memory of its own */
  readonly pool?: GraphPool;
  /** Where to record; not the default stream. @default a new stream */
  readonly stream?: Stream;
  /** @default 'global' */
  readonly mode?: CaptureMode;
}

const released = new FinalizationRegistry<number>((id) => binding.disposeGraph(id));

/**
 * Work of an accelerator, recorded by {@link capture}. `replay` runs it again on the same memory: new input is copied into
 * the tensors that the recording read, and results are read from those that it returned.
 * @example
 * const graph = new torch.cuda.CUDAGraph();
 * const output = torch.cuda.graph(graph, () => model.forward(input));
 * input.copy_(torch.rand([2, 4]));
 * graph.replay();
 * output.cpu();
 */
export class Graph {
  readonly #id: number;

  /**
   * @param options.keepGraph wait with `instantiate` until it is called, or until the first replay
   * @throws DeviceError without an accelerator, or with one that has no graphs
   */
  constructor(options: { readonly keepGraph?: boolean } = {}) {
    const { keepGraph } = resolveOptions<{ keepGraph: boolean }>('Graph', { keepGraph: false }, options);
    this.#id = guarded('Graph', () => binding.newGraph(keepGraph));
    released.register(this, this.#id, this);
  }

  /** Starts recording the current stream, which must not be the default one; {@link capture} does all that is needed. */
  captureBegin(options: Omit<CaptureOptions, 'stream'> = {}): void {
    checkOptions('Graph.captureBegin', options, ['pool', 'mode']);
    const { pool = [0n, 0n], mode = 'global' } = options;
    if (!CAPTURE_MODES.includes(mode))
      throw new InputError(`Graph.captureBegin: expected mode ${CAPTURE_MODES.join(', ')}, found '${String(mode)}'`);
    context();
    guarded('Graph.captureBegin', () => binding.graphBegin(this.#id, mode, ...pool));
  }

  /** Ends what `captureBegin` began. */
  captureEnd(): void {
    guarded('Graph.captureEnd', () => binding.graphEnd(this.#id));
  }

  /** Makes the recording ready for `replay`; needed only with `keepGraph`. */
  instantiate(): void {
    guarded('Graph.instantiate', () => binding.graphInstantiate(this.#id));
  }

  /** Runs the recorded work on the current stream. */
  replay(): void {
    context();
    guarded('Graph.replay', () => binding.graphReplay(this.#id));
  }

  /** Forgets the recording. */
  reset(): void {
    guarded('Graph.reset', () => binding.graphReset(this.#id));
  }

  /** Its memory, for graphs that are to share it. */
  pool(): GraphPool {
    return guarded('Graph.pool', () => binding.graphPool(this.#id));
  }

  /** Writes the recording to a file, in the format of the device's maker (CUDA: dot). */
  debugDump(path: string): void {
    guarded('Graph.debugDump', () => binding.graphDump(this.#id, path));
  }

  /** Frees the recording and its memory now; using the graph afterwards is a DTypeError. */
  dispose(): void {
    released.unregister(this);
    binding.disposeGraph(this.#id);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/**
 * Records what `body` does on the accelerator. Run `body` a few times before, on a stream of its own, so that libraries set
 * themselves up outside of the recording.
 * @param body must not be async, nor read results (`item()`, `toArray()`): nothing is computed yet
 * @returns what `body` returns; its tensors get their values at `replay`
 */
export function capture<T>(graph: Graph, body: () => T, options: CaptureOptions = {}): T {
  checkOptions('graph', options, ['pool', 'stream', 'mode']);
  const { stream = new Stream(), ...rest } = options;
  binding.synchronize();
  collectGarbage(); // earlier garbage must not be freed in the middle of the recording
  binding.emptyCache();
  return onStream(stream, () => {
    graph.captureBegin(rest);
    let result: T;
    try {
      result = body();
    } catch (error) {
      abandon(graph);
      throw error;
    }
    graph.captureEnd();
    if (isPromise(result))
      throw new InputError('graph: expected a body that is not async, found one that returned a promise');
    return result;
  });
}

/** Ends a recording whose body failed. That it cannot be finished is not reported: the body's error says more. */
function abandon(graph: Graph): void {
  try {
    graph.captureEnd();
  } catch {
    graph.reset();
  }
}
