/** Events: marks in a stream of an accelerator, as PyTorch's `torch.Event`. */
import { DTypeError } from '../../errors';
import { binding, type StreamPair } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { context } from '../core/context';
import type { Device } from '../types/device';
import { checkOptions } from '../core/options';
import { currentDevice } from './current-device';
import type { Stream } from './stream';

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
