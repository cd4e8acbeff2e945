/** Sends to a server in the background, so that a training neither waits for it nor ends with it. */
import { setTimeout } from 'node:timers/promises';

/** The server understood and said no: to try again would be in vain. */
export class RefusedError extends Error {}

export interface OutboxOptions {
  /** Milliseconds before what failed is tried again; the last one holds from then on. @default 1, 5, 30 seconds */
  readonly pausesMs?: readonly number[];
  /** Told when something fails for the first time since something went well, and when the server refuses something: after that nothing more is sent. */
  readonly onFailure: (error: Error, isRefused: boolean) => void;
}

/** Does one thing after another, in their order; one that fails is tried again until it is done. */
export class Outbox {
  readonly #queue: (() => Promise<void>)[] = [];
  readonly #pausesMs: readonly number[];
  readonly #onFailure: OutboxOptions['onFailure'];
  readonly #closing = new AbortController();
  #working: Promise<void> | undefined;

  constructor({ pausesMs = [1000, 5000, 30_000], onFailure }: OutboxOptions) {
    this.#pausesMs = pausesMs;
    this.#onFailure = onFailure;
  }

  push(send: () => Promise<void>): void {
    if (this.#closing.signal.aborted) return;
    this.#queue.push(send);
    this.#working ??= this.#work();
  }

  /** Waits until all is sent, but no longer than `limitMs`; from then on nothing is sent. @returns whether the time was enough, or the server had refused */
  async close(limitMs: number): Promise<boolean> {
    const ended = new AbortController();
    await Promise.race([this.#working, setTimeout(limitMs, undefined, { signal: ended.signal }).catch(() => {})]);
    ended.abort();
    const isDone = this.#queue.length === 0 || this.#closing.signal.aborted;
    this.#closing.abort();
    return isDone;
  }

  async #work(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; this.#queue.length > 0 && !signal.aborted;) {
      try {
        await this.#queue[0]!();
        this.#queue.shift();
        failures = 0;
      } catch (error) {
        const isRefused = error instanceof RefusedError;
        if ((failures === 0 || isRefused) && !signal.aborted) this.#onFailure(error as Error, isRefused);
        if (isRefused) this.#closing.abort();
        const pause = this.#pausesMs[Math.min(failures++, this.#pausesMs.length - 1)]!;
        await setTimeout(pause, undefined, { signal }).catch(() => {});
      }
    }
    this.#working = undefined;
  }
}
