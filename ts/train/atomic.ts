import { existsSync, renameSync, rmSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Puts a folder written by `fill` at `path` in place of the one that is there.
 *
 * The new folder is complete and on disk before the old one moves, so a process killed at any moment
 * leaves one of the two whole: at `path`, or, between the two renames, beside it, where `usableFolder`
 * finds it and `recoverFolder` puts it back.
 * @param previous where the old folder goes, in place of the one that is there; without it the old one is removed
 */
export async function replaceFolder(
  path: string,
  fill: (folder: string) => void | Promise<void>,
  previous?: string,
): Promise<void> {
  await fill(await freshFolder(path));
  await commitFolder(path, previous);
}

/** The first half of `replaceFolder`: an empty folder beside `path`, to be filled. */
export async function freshFolder(path: string): Promise<string> {
  const { fresh } = neighbours(path);
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  return fresh;
}

/** The second half of `replaceFolder`: puts the folder that `freshFolder` made, and that is whole now, at `path`. */
export async function commitFolder(path: string, previous?: string): Promise<void> {
  const { fresh, old } = neighbours(path);
  await flushTree(fresh);
  await rm(old, { recursive: true, force: true });
  if (existsSync(path)) await rename(path, old);
  await rename(fresh, path);
  await flush(dirname(path));
  if (previous !== undefined && existsSync(old)) await rotate(old, previous);
  await rm(old, { recursive: true, force: true });
}

/** Puts `folder` at `previous`, where there is a whole one at any moment, or beside it one that `recoverFolder` puts back. */
async function rotate(folder: string, previous: string): Promise<void> {
  const { old } = neighbours(previous);
  await rm(old, { recursive: true, force: true });
  if (existsSync(previous)) await rename(previous, old);
  await rename(folder, previous);
  await flush(dirname(previous));
  await rm(old, { recursive: true, force: true });
}

/** Ends what a killed `replaceFolder` began. Only for the one process that writes to `path`. */
export function recoverFolder(path: string): void {
  const { fresh, old } = neighbours(path);
  // The old folder is moved away only once the fresh one is complete.
  if (!existsSync(path) && existsSync(old)) renameSync(existsSync(fresh) ? fresh : old, path);
  rmSync(fresh, { recursive: true, force: true });
  rmSync(old, { recursive: true, force: true });
}

/** Where the content of `path` lies at this moment, for readers; undefined when there is none. */
export function usableFolder(path: string): string | undefined {
  return [path, neighbours(path).old].find((folder) => existsSync(folder));
}

/** The names beside `path` that a folder has before it is at `path`, and after. */
export function neighbours(path: string): { fresh: string; old: string } {
  return { fresh: `${path}.new`, old: `${path}.old` };
}

async function flushTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    await (entry.isDirectory() ? flushTree(path) : flush(path));
  }
  await flush(folder);
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
