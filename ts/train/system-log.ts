/** system.jsonl: how a training uses the machine, a JSON object for each line of metrics.jsonl about training. No comparison reads it. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { isPlainObject } from '../native/realm';
import type { DeviceMonitor, DeviceReading } from './device-monitor';

/** The name of the file in a run folder. */
export const SYSTEM_LOG = 'system.jsonl';

/** One line of system.jsonl. */
export interface SystemEntry extends DeviceReading {
  /** Optimizer steps done. */
  readonly step: number;
  readonly samplesPerSecond: number;
  /** The share of their time that the steps waited for batches, from 0 to 1. */
  readonly dataWait: number;
  /** Resident memory of the process, in bytes. */
  readonly memory: number;
}

/** The lines of a system.jsonl; those that a resume has undone, that a kill cut short or that are damaged are left out. */
export function readSystemLog(path: string): SystemEntry[] {
  return existsSync(path) ? systemEntries(readFileSync(path, 'utf8')) : [];
}

/** The same for a text; its last line counts once it is whole. */
function systemEntries(text: string): SystemEntry[] {
  const entries: SystemEntry[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const entry = parsed(line);
    if (entry === undefined) continue;
    while (entries.length > 0 && entries.at(-1)!.step >= entry.step) entries.pop();
    entries.push(entry);
  }
  return entries;
}

function parsed(line: string): SystemEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isPlainObject(value) && Number.isInteger((value as { step?: unknown }).step)
      ? (value as unknown as SystemEntry)
      : undefined;
  } catch {
    return undefined;
  }
}

/** What the steps since the last line took. */
interface Window {
  seconds: number;
  waited: number;
  samples: number;
}

/** How often the memory is looked at: a look takes as long as a step of a small model. */
const MEMORY_MS = 1000;

const empty = (): Window => ({ seconds: 0, waited: 0, samples: 0 });

/** Measures how a training uses the machine, and writes system.jsonl. */
export class SystemMonitor {
  readonly #path: string | undefined;
  readonly #device: DeviceMonitor | undefined;
  #window = empty();
  #waitsSince = 0n;
  #memory = { bytes: 0, readAt: -Infinity };
  #isWriting = true;

  /** @param path of the file; undefined writes none @param device that the model is on; undefined for the CPU */
  constructor(path: string | undefined, device?: DeviceMonitor) {
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
      memory: this.#residentBytes(),
      ...this.#device?.read(),
    };
    try {
      if (this.#isWriting && this.#path !== undefined) appendFileSync(this.#path, `${JSON.stringify(entry)}\n`);
    } catch {
      this.#isWriting = false;
    }
    return entry;
  }

  #residentBytes(): number {
    const now = performance.now();
    if (now - this.#memory.readAt >= MEMORY_MS) this.#memory = { bytes: process.memoryUsage.rss(), readAt: now };
    return this.#memory.bytes;
  }

  /** Ends what it has begun. */
  close(): void {
    this.#device?.close();
  }
}

/** Four digits: a time has no more that mean something. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
