/** A run as the server knows it, be it one that trains in this process or one in a folder. */
import type { MetricsEntry } from '../metrics-logger';
import type { SystemEntry } from '../system-log';
import type { Command, LogLine, RunFacts, RunView, Shown } from './protocol';

/** A list that grows at its end, and now and then begins anew. */
export class Lines<T> {
  #items: T[] = [];
  #generation = 0;

  get items(): readonly T[] {
    return this.#items;
  }

  /** Changes when the list begins anew, so that what was told of it no longer counts. */
  get generation(): number {
    return this.#generation;
  }

  push(...items: readonly T[]): void {
    for (const item of items) this.#items.push(item);
  }

  replace(items: readonly T[]): void {
    this.#items = [...items];
    this.#generation++;
  }

  /** Replaces the items unless they go on from those that are there. @param isSame whether two items are one */
  update(items: readonly T[], isSame: (a: T, b: T) => boolean): void {
    const known = this.#items.length;
    const last = this.#items.at(-1);
    if (items.length >= known && (last === undefined || isSame(last, items[known - 1]!)))
      this.push(...items.slice(known));
    else this.replace(items);
  }
}

export interface WatchedRun {
  readonly id: string;
  readonly facts: RunFacts;
  readonly entries: Lines<MetricsEntry>;
  readonly system: Lines<SystemEntry>;
  readonly log: Lines<LogLine>;
  readonly shown: Lines<Shown>;
  view(): RunView;
  /** The file of an image, by its number in `shown`. */
  image(index: number): Uint8Array | undefined;
  /** Passes a button on; absent where nobody trains in this process. */
  readonly steer?: ((command: Command) => void) | undefined;
}
