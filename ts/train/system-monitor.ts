/** Measures how a training uses the machine, and writes system.jsonl. */
import { accelerator, type Device } from '../tensor';
import { appendSystemEntry, type SystemEntry } from './system-log';

/** What the steps since the last line took. */
interface Window {
  seconds: number;
  waited: number;
  samples: number;
}

const empty = (): Window => ({ seconds: 0, waited: 0, samples: 0 });

export class SystemMonitor {
  readonly #path: string;
  readonly #device: Device;
  #window = empty();
  #waitsSince = 0n;
  #isWriting = true;

  /** @param path of the file @param device where the model is */
  constructor(path: string, device: Device) {
    this.#path = path;
    this.#device = device;
  }

  /** From here on the training waits for its next batch. */
  beginWait(): void {
    this.#waitsSince = process.hrtime.bigint();
  }

  /** The batch is there. */
  endWait(): void {
    this.#window.waited += Number(process.hrtime.bigint() - this.#waitsSince) / 1e9;
  }

  /** A step is done; its time holds the wait for its batches. */
  step(seconds: number, samples: number): void {
    this.#window.seconds += seconds;
    this.#window.samples += samples;
  }

  /** Writes a line on the steps since the last one, unless the file takes none: it is not worth the end of a training. */
  log(step: number): SystemEntry {
    const { seconds, waited, samples } = this.#window;
    this.#window = empty();
    const entry: SystemEntry = {
      step,
      samplesPerSecond: rounded(seconds > 0 ? samples / seconds : 0),
      dataWait: rounded(seconds > 0 ? Math.min(1, waited / seconds) : 0),
      memory: process.memoryUsage.rss(),
      ...this.#deviceMemory(),
    };
    try {
      if (this.#isWriting) appendSystemEntry(this.#path, entry);
    } catch {
      this.#isWriting = false;
    }
    return entry;
  }

  #deviceMemory(): Pick<SystemEntry, 'deviceMemory'> {
    if (this.#device === 'cpu') return {};
    try {
      return { deviceMemory: accelerator.memory().reserved };
    } catch {
      return {}; // an accelerator whose allocator counts nothing
    }
  }
}

/** Four digits: a time has no more that mean something. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
