import { cacheFolder } from '../native/libtorch/cache';
import { listCache, pruneCache, type CacheEntry } from '../native/libtorch/cache-entries';
import { libtorchLibFolder } from '../native/load';
import { dirname } from 'node:path';

/** The cache of libtorch as text: a line an entry with its size, then the sum. */
export function reportCache(): string {
  const entries = listCache(linkedLibtorch());
  return entries.length === 0
    ? `The cache is empty: ${cacheFolder()}\n`
    : `${lines(entries)}${size(sum(entries))} in ${cacheFolder()}\n`;
}

/** Prunes the cache, and says what was deleted. */
export function reportPruning(dryRun: boolean): string {
  const entries = pruneCache(linkedLibtorch(), { dryRun });
  if (entries.length === 0) return 'There is nothing to delete.\n';
  return `${lines(entries)}${size(sum(entries))} ${dryRun ? 'would be deleted' : 'deleted'}\n`;
}

function linkedLibtorch(): string | undefined {
  const folder = libtorchLibFolder();
  return folder && dirname(folder);
}

function lines(entries: readonly CacheEntry[]): string {
  const width = Math.max(...entries.map(({ name }) => name.length));
  return entries.map(({ name, bytes, text }) => `${size(bytes)}  ${name.padEnd(width)}  ${text}\n`).join('');
}

function sum(entries: readonly CacheEntry[]): number {
  return entries.reduce((total, { bytes }) => total + bytes, 0);
}

function size(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1).padStart(8)} MB`;
}
