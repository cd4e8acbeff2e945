import { existsSync, lstatSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FileLock } from '../lock';
import { LIBTORCH_VERSIONS } from '../package';
import { cacheFolder, readMarker } from './cache';
import { PACK_SUFFIX } from './offline-pack';

/** Something that lies in the cache of libtorch. */
export interface CacheEntry {
  /** Its name in the cache folder. */
  readonly name: string;
  readonly bytes: number;
  /** What it is, in words. */
  readonly text: string;
  /** Whether it stays when the cache is pruned. */
  readonly isKept: boolean;
}

const LEFT_OVER = 'left over by a process that was ended';

export interface PruneOptions {
  /** Tells what would be deleted, and deletes nothing. @default false */
  readonly dryRun?: boolean;
}

/**
 * What lies in the cache, by name.
 * @param linked the libtorch folder that the addon is linked to
 */
export function listCache(linked?: string): CacheEntry[] {
  const folder = cacheFolder();
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.flatMap((name) => entryOf(folder, name, linked)).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * Deletes what no torchts of this version uses: libtorch of other versions, and what was left over by processes that are gone.
 * @returns what was deleted, or would be
 */
export function pruneCache(linked?: string, { dryRun = false }: PruneOptions = {}): CacheEntry[] {
  const folder = cacheFolder();
  const pruned: CacheEntry[] = [];
  for (const entry of listCache(linked).filter(({ isKept }) => !isKept)) {
    // Whoever holds the lock is filling the folder just now.
    const base = entry.name.replace(/\.(partial|old)$/, '');
    const lock = base.startsWith('libtorch-') ? FileLock.tryTake(join(folder, `${base}.lock`)) : undefined;
    if (base.startsWith('libtorch-') && !lock) continue;
    try {
      if (!dryRun) {
        rmSync(join(folder, entry.name), { recursive: true, force: true });
        if (base === entry.name) rmSync(join(folder, `${base}.sha256`), { force: true });
      }
      pruned.push(entry);
    } finally {
      lock?.release();
    }
  }
  return pruned;
}

function entryOf(folder: string, name: string, linked: string | undefined): CacheEntry[] {
  const path = join(folder, name);
  if (name === 'downloads')
    return readdirSync(path)
      .filter((download) => !isLocked(folder, `libtorch-${download.replace(PACK_SUFFIX, '')}`))
      .map((download) => {
        const text = download.endsWith(PACK_SUFFIX)
          ? LEFT_OVER
          : 'a download that was cut; the next one goes on from it';
        return { name: join(name, download), bytes: sizeOf(join(path, download)), text, isKept: false };
      });
  if (name === 'addons') return readdirSync(path).map((key) => addonEntry(join(name, key), join(path, key)));
  if (!name.startsWith('libtorch-') || !lstatSync(path).isDirectory()) return [];
  const bytes = sizeOf(path);
  if (/\.(partial|old)$/.test(name)) return [{ name, bytes, text: LEFT_OVER, isKept: false }];
  const marker = readMarker(path);
  if (!marker) return [{ name, bytes, text: 'not complete', isKept: false }];
  const isLinked = linked !== undefined && existsSync(linked) && realpathSync(linked) === realpathSync(path);
  const isCurrent = LIBTORCH_VERSIONS.includes(marker.version);
  const use = isLinked
    ? 'the addon is linked to it'
    : isCurrent
      ? 'of a version that this torchts takes'
      : `of another version than this torchts takes (${LIBTORCH_VERSIONS.join(', ')})`;
  const what = `libtorch ${marker.version} (${marker.flavour})${marker.headers === false ? ' without headers' : ''}`;
  return [{ name, bytes, text: `${what}, ${use}`, isKept: isLinked || isCurrent }];
}

/** The addon of the platform package, among links to the libraries of a libtorch, which may be gone. */
function addonEntry(name: string, path: string): CacheEntry {
  const isWhole = readdirSync(path).every((file) => existsSync(join(path, file)));
  const text = isWhole ? 'the addon of the package of this platform' : 'an addon for a libtorch that is gone';
  return { name, bytes: sizeOf(path), text, isKept: isWhole };
}

function isLocked(folder: string, name: string): boolean {
  const path = join(folder, `${name}.lock`);
  if (!existsSync(path)) return false;
  const lock = FileLock.tryTake(path);
  lock?.release();
  return lock === undefined;
}

/** Bytes of a file, or of all files in a folder. */
function sizeOf(path: string): number {
  const info = lstatSync(path, { throwIfNoEntry: false });
  if (!info?.isDirectory()) return info?.size ?? 0;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
