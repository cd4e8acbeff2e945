import { setMaxListeners } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { InputError } from '../../errors';
import { isRemote, type FileLocation } from './location';
import { OpenShard } from './open-shard';
import { tooSmall, type ShardCache } from './shard-cache';
import type { ShardFile } from './shard-index';

/** More are not kept open: their headers are held in memory. */
const MOST_OPEN = 128;
/** Shards that are fetched before they are needed, and how many of them at a time. */
const AHEAD = 8;
const AT_A_TIME = 2;

/** A shard of the index, and where it lies. */
export interface LocatedShard {
  readonly file: ShardFile;
  readonly location: FileLocation;
}

/** What a pass will read. */
interface Plan {
  /** Shards in the order of their first use. */
  readonly sequence: readonly number[];
  /** By shard, which of the samples of the pass is its first and its last. */
  readonly first: Float64Array;
  readonly last: Float64Array;
}

const NOTHING: Plan = { sequence: [], first: new Float64Array(), last: new Float64Array() };

/** Opens the shards of a split when they are needed, and fetches those that a pass needs next ahead of it. */
export class ShardReader {
  /** The ones used last stand last. */
  readonly #open = new Map<number, Promise<OpenShard>>();
  /** How many read each shard now, and which are closed after that. */
  readonly #readers = new Map<number, number>();
  readonly #leaving = new Set<number>();
  #plan = NOTHING;
  /** Samples of the pass that were asked for. */
  #asked = 0;
  /** The next shard of the plan to be fetched. */
  #next = 0;
  #underway = 0;
  /** Whether nothing more has room until a shard is done with. */
  #isFull = false;
  /** How many shards were done with: what was refused room before that may have some now. */
  #released = 0;
  readonly #wanted = new Set<number>();
  readonly #stop = new AbortController();
  readonly #fetches = new Set<Promise<unknown>>();
  readonly #shards: readonly LocatedShard[];
  readonly #cache: ShardCache;
  /** Where each lies on this machine, once it does. */
  readonly #paths: readonly string[];

  constructor(shards: readonly LocatedShard[], cache: ShardCache) {
    this.#shards = shards;
    this.#cache = cache;
    setMaxListeners(0, this.#stop.signal); // one a fetch
    this.#paths = shards.map(({ file, location }) =>
      isRemote(location) ? cache.pathOf(location, file) : location.path,
    );
    cache.onEvict((path) => {
      for (const shard of this.#open.keys()) if (this.#paths[shard] === path) this.#close(shard);
    });
  }

  /** Runs `read` on a shard, which is opened, and fetched before where it lies elsewhere. */
  async with<Result>(shard: number, read: (shard: OpenShard) => Promise<Result>): Promise<Result> {
    if (this.#stop.signal.aborted) throw new InputError('Expected a dataset that is open, found one that was closed.');
    this.#asked++;
    this.#advance();
    const path = this.#paths[shard]!;
    this.#cache.hold(path);
    this.#readers.set(shard, (this.#readers.get(shard) ?? 0) + 1);
    try {
      return await read(await this.#opened(shard));
    } finally {
      this.#cache.free(path);
      const others = this.#readers.get(shard)! - 1;
      if (others > 0) this.#readers.set(shard, others);
      else this.#readers.delete(shard);
      if (this.#leaving.has(shard)) this.#close(shard);
    }
  }

  /**
   * Is told which shard each sample of a pass will be read from, in order.
   * @throws InputError where the cache cannot hold the shards that are in use at a time
   */
  expect(shardOfSample: Iterable<number>): void {
    const plan = planOf(shardOfSample, this.#shards.length);
    const needed = this.#mostBytes(plan);
    const remote = this.#shards.map(({ location }) => location).find(isRemote);
    if (remote && needed > this.#cache.bytes) throw tooSmall(this.#cache.bytes, needed, remote.label);
    for (const shard of this.#wanted) this.#unwant(shard);
    [this.#plan, this.#asked, this.#next, this.#isFull] = [plan, 0, 0, false];
    this.#advance();
  }

  /** Stops fetching and closes all shards. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#plan = NOTHING;
    for (const shard of this.#wanted) this.#unwant(shard);
    await Promise.allSettled([...this.#fetches]);
    for (const shard of [...this.#open.keys()]) this.#close(shard);
  }

  async #opened(shard: number): Promise<OpenShard> {
    const known = this.#open.get(shard);
    this.#open.delete(shard);
    const open = known ?? this.#openNow(shard);
    this.#open.set(shard, open);
    open.catch(() => {
      if (this.#open.get(shard) === open) this.#open.delete(shard);
    });
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= MOST_OPEN) break;
      this.#close(oldest);
    }
    return open;
  }

  async #openNow(shard: number): Promise<OpenShard> {
    const { file, location } = this.#shards[shard]!;
    if (!isRemote(location)) {
      requireSize(location.path, file);
      return new OpenShard(location.path, location.label, file.nsamples);
    }
    for (;;) {
      const path = (await this.#fetch(shard))!;
      // Another process may have deleted it since, to make room.
      if (existsSync(path)) return new OpenShard(path, location.label, file.nsamples);
    }
  }

  #fetch(shard: number, isAhead = false): Promise<string | undefined> {
    const { file, location } = this.#shards[shard]!;
    if (!isRemote(location)) return Promise.resolve(location.path);
    const fetch = this.#cache.fetch(location, file, { signal: this.#stop.signal, isAhead });
    this.#fetches.add(fetch);
    void fetch.catch(() => {}).then(() => this.#fetches.delete(fetch));
    return fetch;
  }

  /** Closes a shard, once nobody reads it. */
  #close(shard: number): void {
    if (this.#readers.has(shard)) {
      this.#leaving.add(shard);
      return;
    }
    this.#leaving.delete(shard);
    const open = this.#open.get(shard);
    this.#open.delete(shard);
    void open?.then(
      (one) => one.close(),
      () => {},
    );
  }

  #unwant(shard: number): void {
    if (!this.#wanted.delete(shard)) return;
    this.#cache.unwant(this.#paths[shard]!);
    this.#released++;
    this.#isFull = false;
  }

  /** Lets go of shards whose last sample was read, and begins to fetch the next ones. */
  #advance(): void {
    const { sequence, first, last } = this.#plan;
    for (const shard of this.#wanted) {
      if (last[shard]! >= this.#asked) continue;
      this.#unwant(shard);
      this.#close(shard);
    }
    while (!this.#isFull && this.#underway < AT_A_TIME && this.#next < sequence.length) {
      const due = sequence[Math.max(0, this.#next - AHEAD)]!;
      // The one that is so many before it has to be in use.
      if (this.#next >= AHEAD && first[due]! > this.#asked) return;
      this.#fetchAhead(this.#next++);
    }
  }

  /** @param position in the plan */
  #fetchAhead(position: number): void {
    const shard = this.#plan.sequence[position]!;
    if (this.#plan.last[shard]! < this.#asked || !isRemote(this.#shards[shard]!.location)) return;
    if (!this.#wanted.has(shard)) this.#cache.want(this.#paths[shard]!); // it may have been refused room before
    this.#wanted.add(shard);
    this.#underway++;
    const [plan, released] = [this.#plan, this.#released];
    // What fails ahead of its turn is tried again, and reported, in its turn.
    const fetched = this.#fetch(shard, true).catch(() => '');
    void fetched.then((path) => {
      this.#underway--;
      if (this.#stop.signal.aborted || plan !== this.#plan) return;
      if (path === undefined) {
        this.#isFull = released === this.#released;
        this.#next = Math.min(this.#next, position);
      }
      this.#advance();
    });
  }

  /** The most bytes of shards between their first and last use at any moment of a pass. */
  #mostBytes({ sequence, first, last }: Plan): number {
    const bytesOf = (shard: number): number => this.#shards[shard]!.file.filesize;
    const ends = [...sequence].sort((one, other) => last[one]! - last[other]!);
    let [bytes, most, ended] = [0, 0, 0];
    for (const shard of sequence) {
      for (; last[ends[ended]!]! < first[shard]!; ended++) bytes -= bytesOf(ends[ended]!);
      most = Math.max(most, (bytes += bytesOf(shard)));
    }
    return most;
  }
}

function planOf(shardOfSample: Iterable<number>, shards: number): Plan {
  const first = new Float64Array(shards).fill(-1);
  const last = new Float64Array(shards).fill(-1);
  const sequence: number[] = [];
  let sample = 0;
  for (const shard of shardOfSample) {
    sample++;
    if (first[shard] === -1) {
      first[shard] = sample;
      sequence.push(shard);
    }
    last[shard] = sample;
  }
  return { sequence, first, last };
}

/** @throws InputError when a shard of a folder is not there, or not as long as the index says */
function requireSize(path: string, { filesize }: ShardFile): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === filesize) return;
  throw new InputError(
    `${path}: expected a shard of ${filesize} bytes, as its index says, found ${size === undefined ? 'none' : `one of ${size}`}; copy or write the shards again.`,
  );
}
