/** Streams, which are queues of work on an accelerator, and events, which are marks in them: PyTorch's `torch.Stream` and `torch.Event`. */
import { DTypeError } from '../../errors';
import { binding, type StreamPair } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { change, context, within } from '../core/context';
import { numberOf, type Device } from '../types/device';
import { typeName } from '../core/arguments';
import { currentDevice } from './current-device';
import type { Tensor } from '../core/tensor';
import { show, checkOptions } from '../../options';

export interface StreamOptions {
  /** @default the current device */
  readonly device?: Device;
  /** Lower goes first; -1 is CUDA's high priority. @default 0 */
  readonly priority?: number;
}

/**
 * A queue of work on a device. Work on one stream runs in order, work on several at once; a stream waits for another only where
 * it is told to. libtorch keeps the queues in a pool, so a Stream needs no disposal.
 * @example
 * const copies = new torch.cuda.Stream();
 * const batch = torch.cuda.stream(copies, () => torch.rand([2, 4]).pinMemory().to({ device: 'cuda', nonBlocking: true }));
 * torch.cuda.currentStream().waitStream(copies);
 */
export class Stream {
  /** @internal */
  readonly _pair: StreamPair;

  /**
   * @param options the pair is for streams that libtorch has already
   * @throws DeviceError without an accelerator, or with a device that is not there
   */
  constructor(options: StreamOptions | StreamPair = {}) {
    if (Array.isArray(options)) {
      this._pair = options as StreamPair;
      return;
    }
    checkOptions('Stream', options, ['device', 'priority']);
    const { device = currentDevice(), priority = 0 } = options as StreamOptions;
    this._pair = guarded('Stream', () => binding.newStream(device, priority));
  }

  /** The device whose work it holds, with its number: `'cuda:0'`. */
  get device(): Device {
    return this._pair[0] as Device;
  }

  /** libtorch's number of the stream on its device. */
  get streamId(): bigint {
    return this._pair[1];
  }

  /** Whether both are the same queue; two objects may be. */
  equals(other: Stream): boolean {
    return other.device === this.device && other.streamId === this.streamId;
  }

  /** Whether all its work so far is done. */
  query(): boolean {
    return guarded('Stream.query', () => binding.streamQuery(...this._pair));
  }

  /** Waits, in this thread, until all its work so far is done. */
  synchronize(): void {
    guarded('Stream.synchronize', () => binding.streamSynchronize(...this._pair));
  }

  /** Marks the end of its work so far. */
  recordEvent(event = new Event({ device: this.device })): Event {
    event.record(this);
    return event;
  }

  /** Its work from now on waits for the event; this thread does not. */
  waitEvent(event: Event): void {
    event.wait(this);
  }

  /** Its work from now on waits for what the other has to do so far. */
  waitStream(other: Stream): void {
    const event = other.recordEvent();
    this.waitEvent(event);
    event.dispose();
  }
}

/** The stream that operators on `device` go to; by default on the current device. */
export function currentStream(device: Device = currentDevice()): Stream {
  context();
  return new Stream(guarded('currentStream', () => binding.currentStream(device)));
}

/** The stream that operators go to where no other was asked for. */
export function defaultStream(device: Device = currentDevice()): Stream {
  return new Stream(guarded('defaultStream', () => binding.defaultStream(device)));
}

/**
 * Runs `body` with its work on `stream`, and on the stream's device; `body` may be async. Tensors that outlive their
 * stream's use elsewhere need `recordStream`.
 */
export function onStream<T>(stream: Stream, body: () => T): T {
  return within({ ...onDeviceOf(stream), deviceIndex: numberOf(stream.device) }, body, () => undefined);
}

/** From now on, in this context, operators on the stream's device go to `stream`. */
export function setStream(stream: Stream): void {
  change(onDeviceOf(stream));
}

function onDeviceOf(stream: Stream): { streams: Readonly<Record<string, StreamPair>> } {
  if (!(stream instanceof Stream)) throw new DTypeError(`expected a Stream, found ${show(stream)}`);
  return { streams: { ...context().streams, [stream.device]: stream._pair } };
}

/** Keeps the memory of `tensor` from being used again before the work of `stream` so far is done; see `Tensor.recordStream`. */
export function recordStream(tensor: Tensor, stream: Stream): void {
  if (!(stream instanceof Stream))
    throw new DTypeError(`Tensor.recordStream: expected a torch.Stream, found ${typeName(stream)}`);
  guarded('Tensor.recordStream', () => binding.recordStream(tensor._handle, ...stream._pair));
}

export interface EventOptions {
  /** @default the current device */
  readonly device?: Device;
  /** Keep the time too, for `elapsedTime`. @default false */
  readonly enableTiming?: boolean;
}

const released = new FinalizationRegistry<number>((id) => binding.disposeEvent(id));

/**
 * A mark in a stream that can be waited for and, on request, timed.
 * @example
 * const [start, end] = [new torch.cuda.Event({ enableTiming: true }), new torch.cuda.Event({ enableTiming: true })];
 * start.record();
 * model.forward(input);
 * end.record();
 * end.synchronize();
 * start.elapsedTime(end); // milliseconds
 */
export class Event {
  /** The device whose streams it marks. */
  readonly device: Device;
  readonly #id: number;

  /** @throws DeviceError without an accelerator, or with a device that is not there */
  constructor(options: EventOptions = {}) {
    checkOptions('Event', options, ['device', 'enableTiming']);
    const { device = currentDevice(), enableTiming = false } = options;
    this.device = device;
    this.#id = guarded('Event', () => binding.newEvent(device, enableTiming));
    released.register(this, this.#id, this);
  }

  /** Puts the mark after the work of `stream` so far; by default of the current stream. */
  record(stream?: Stream): void {
    guarded('Event.record', () => binding.eventRecord(this.#id, ...this.#pairOf(stream)));
  }

  /** The work of `stream` from now on waits for the mark; this thread does not. */
  wait(stream?: Stream): void {
    guarded('Event.wait', () => binding.eventWait(this.#id, ...this.#pairOf(stream)));
  }

  /** Whether the work before the mark is done; true before it is recorded. */
  query(): boolean {
    return guarded('Event.query', () => binding.eventQuery(this.#id));
  }

  /** Waits, in this thread, until the work before the mark is done. */
  synchronize(): void {
    guarded('Event.synchronize', () => binding.eventSynchronize(this.#id));
  }

  /** Milliseconds from this mark to `end`; both must have been made with `enableTiming` and been reached. */
  elapsedTime(end: Event): number {
    if (!(end instanceof Event)) throw new DTypeError(`Event.elapsedTime: expected an Event, found ${String(end)}`);
    return guarded('Event.elapsedTime', () => binding.eventElapsed(this.#id, end.#id));
  }

  #pairOf(stream: Stream | undefined): StreamPair {
    if (stream) return stream._pair;
    context();
    return binding.currentStream(this.device);
  }

  /** Frees the mark now; using it afterwards is a DTypeError. */
  dispose(): void {
    released.unregister(this);
    binding.disposeEvent(this.#id);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
