import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../errors';
import { isLocked, withLock } from '../../native/lock';
import { discardPart } from '../../native/transfer';
import { isThere } from './fetch-checked';
import { FetchProcess } from './fetch-process';
import type { RemoteFile } from './location';
import type { IndexedFile } from './shard-index';

/** What is fetched has such names, and what is noted of it; others in the folder are left alone. */
const FETCHED = /^[0-9a-f]{16}-/;
const NOTES = /\.(lock|tag|pieces|tmp)$/;
/** What is behind the name of a file that is not whole or not checked yet. */
const UNFINISHED = /(\.unchecked)?(\.part)?$/;

export interface ShardFetchOptions {
  readonly signal?: AbortSignal;
  /** Whether it is not needed yet: then nothing that is still wanted goes for it. @default false */
  readonly isAhead?: boolean;
}

/**
 * Files fetched from elsewhere, in one folder for all processes of a machine, and no more bytes than it may hold: what was not
 * used for longest goes first. A file appears when it is whole and its checksum is right.
 * @internal
 */
export class ShardCache {
  /** Paths that are to be read soon, with how many want them. */
  readonly #wanted = new Map<string, number>();
  /** Paths that are being read, with how many do so. */
  readonly #held = new Map<string, number>();
  readonly #underway = new Map<string, Promise<string | undefined>>();
  readonly #bytesUnderway = new Map<string, number>();
  readonly #process = new FetchProcess();
  readonly #listeners = new Set<(path: string) => void>();
  /** One makes room at a time: those of this process in turn, and other processes by a lock. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    readonly folder: string,
    /** The most bytes of all files. */
    readonly bytes: number,
  ) {}

  /** Ends the process that fetches. */
  close(): Promise<void> {
    return this.#process.close();
  }

  /** Where a file lies once it is fetched: another content has another path. */
  pathOf({ label, name }: RemoteFile, { sha256, md5sum, filesize }: IndexedFile): string {
    const identity = createHash('sha256').update(`${label} ${sha256 ?? md5sum ?? filesize}`);
    return join(this.folder, `${identity.digest('hex').slice(0, 16)}-${name}`);
  }

  /** Marks a file that is to be read soon, so that it stays. */
  want(path: string): void {
    count(this.#wanted, path, 1);
  }

  unwant(path: string): void {
    count(this.#wanted, path, -1);
  }

  /** Marks a file that is being read. */
  hold(path: string): void {
    count(this.#held, path, 1);
  }

  free(path: string): void {
    count(this.#held, path, -1);
  }

  /** Calls `listener` with the path of each file that goes, so that nobody keeps its bytes by having it open. */
  onEvict(listener: (path: string) => void): void {
    this.#listeners.add(listener);
  }

  /**
   * The path of a file, which is fetched where it is not there.
   * @returns undefined where it is fetched ahead and there is no room for it
   * @throws DownloadError when it cannot be had, or is another one than the index says
   */
  async fetch(
    remote: RemoteFile,
    file: IndexedFile,
    { signal, isAhead = false }: ShardFetchOptions = {},
  ): Promise<string | undefined> {
    const path = this.pathOf(remote, file);
    const underway = this.#underway.get(path);
    if (underway) return (await underway) ?? (isAhead ? undefined : this.fetch(remote, file, { signal }));
    const fetching = this.#fetch(path, remote, file, { signal, isAhead }).finally(() => this.#underway.delete(path));
    this.#underway.set(path, fetching);
    return fetching;
  }

  async #fetch(
    path: string,
    remote: RemoteFile,
    file: IndexedFile,
    { signal, isAhead }: ShardFetchOptions,
  ): Promise<string | undefined> {
    if (await isThere(path, file.filesize)) return path;
    this.#bytesUnderway.set(path, file.filesize);
    try {
      if (!(await this.#makeRoom(isAhead ? 'unwanted' : 'all'))) {
        if (isAhead) return undefined;
        if (file.filesize > this.bytes) throw tooSmall(this.bytes, file.filesize, remote.label);
      }
      await this.#process.fetch({ remote, file, path }, signal);
      return path;
    } finally {
      this.#bytesUnderway.delete(path);
    }
  }

  /**
   * Deletes what was not used for longest until all that is on its way has room.
   * @param which files may go: those that nobody wants, or all that are not being read
   * @returns whether there is room
   */
  #makeRoom(which: 'unwanted' | 'all'): Promise<boolean> {
    const made = this.#turn.then(() => withLock(join(this.folder, 'room'), () => this.#evictFor(which)));
    this.#turn = made.catch(() => {});
    return made;
  }

  async #evictFor(which: 'unwanted' | 'all'): Promise<boolean> {
    const files = (await this.#files()).filter(({ path }) => !this.#bytesUnderway.has(path.replace(UNFINISHED, '')));
    const coming = [...this.#bytesUnderway.values()].reduce((sum, bytes) => sum + bytes, 0);
    let total = files.reduce((sum, { bytes }) => sum + bytes, coming);
    const oldest = files.sort((one, other) => one.usedMs - other.usedMs);
    const isWanted = ({ path }: { readonly path: string }): boolean => this.#wanted.has(path);
    const unwanted = oldest.filter((file) => !isWanted(file));
    const candidates = which === 'all' ? [...unwanted, ...oldest.filter(isWanted)] : unwanted;
    for (const { path, bytes } of candidates) {
      if (total <= this.bytes) break;
      if (this.#held.has(path) || !(await evict(path))) continue;
      for (const listener of this.#listeners) listener(path);
      total -= bytes;
    }
    return total <= this.bytes;
  }

  async #files(): Promise<{ path: string; bytes: number; usedMs: number }[]> {
    const names = (await readdir(this.folder)).filter((name) => FETCHED.test(name) && !NOTES.test(name));
    const found = names.map((name) => {
      const path = join(this.folder, name);
      const info = statSync(path, { throwIfNoEntry: false });
      return info ? [{ path, bytes: info.size, usedMs: info.mtimeMs }] : [];
    });
    return found.flat();
  }
}

/** Deletes a file, or what was begun of one, unless a process is at it. */
async function evict(path: string): Promise<boolean> {
  if (path.endsWith('.part')) {
    if (isLocked(`${path}.lock`)) return false;
    await discardPart(path);
  } else await rm(path, { force: true });
  return true;
}

/** The error for a cache that is too small for what has to lie in it at a time. */
export function tooSmall(bytes: number, needed: number, label: string): InputError {
  return new InputError(
    `Expected a cache of at least ${needed} bytes for the shards that are read at a time, ${label} among them, found cacheBytes ${bytes}; raise it, or lower the number of streams or the shuffle buffer.`,
  );
}

function count(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const value = (counts.get(key) ?? 0) + change;
  if (value > 0) counts.set(key, value);
  else counts.delete(key);
}
