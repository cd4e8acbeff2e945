/** Brings a checkpoint to the disk. It runs in the thread that writes, too, and needs nothing of libtorch. */
import { createHash } from 'node:crypto';
import { copyFile, link, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../native/replace-file';
import { commitFolder, neighbours } from '../atomic';
import { CHECKSUMS, readChecksums, writeChecksums } from '../checksums';
import type { CheckpointPlan, FolderTask, SharedFiles, StagedFile } from './plan';

export const STATE = 'state.json';

/** The memory that files wait in: the blocks that `StagedRange` counts. */
export type Blocks = readonly SharedArrayBuffer[];

/**
 * Does what a plan says; each folder of it was made by `freshFolder`.
 * @throws InputError when the system refuses to write a file
 */
export async function applyPlan({ folders, remove }: CheckpointPlan, blocks: Blocks): Promise<void> {
  for (const folder of folders) await putFolder(folder, blocks);
  for (const path of remove) await rm(path, { recursive: true, force: true });
}

async function putFolder({ path, previous, staged, shared, state }: FolderTask, blocks: Blocks): Promise<void> {
  const { fresh } = neighbours(path);
  const known = new Map<string, string>();
  for (const file of staged) known.set(file.name, writeStaged(fresh, file, blocks));
  if (shared) for (const [name, checksum] of await shareFiles(shared, fresh)) known.set(name, checksum);
  if (state !== undefined) replaceFile(join(fresh, STATE), state);
  // All files of another checkpoint come with the list of their checksums.
  if (shared === undefined || shared.only !== undefined || shared.except !== undefined) writeChecksums(fresh, known);
  await commitFolder(path, previous);
}

/** @returns the checksum of the file */
function writeStaged(folder: string, { name, ranges }: StagedFile, blocks: Blocks): string {
  const hash = createHash('sha256');
  replaceFile(join(folder, name), (write) => {
    for (const { block, from, to } of ranges) {
      const bytes = new Uint8Array(blocks[block]!, from, to - from);
      hash.update(bytes);
      write(bytes);
    }
  });
  return hash.digest('hex');
}

/**
 * Files of a checkpoint never change once written, so links do where the file system has them, and the copy costs neither time nor
 * space.
 * @returns their checksums, where the other checkpoint has them
 */
async function shareFiles({ from, only, except = [] }: SharedFiles, to: string): Promise<Map<string, string>> {
  if (only === undefined) await linkTree(from, to, except);
  else for (const name of only) await linkFile(join(from, name), join(to, name));
  const checksums = [...readChecksums(from)];
  return new Map(checksums.filter(([name]) => only?.includes(name) ?? !except.includes(name)));
}

async function linkTree(from: string, to: string, except: readonly string[] = []): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (except.includes(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await linkTree(source, target);
    else await linkFile(source, target);
  }
}

async function linkFile(source: string, target: string): Promise<void> {
  await link(source, target).catch(() => copyFile(source, target));
}

/** What of a checkpoint is written anew where only its state changes. */
export const OF_THE_STATE: readonly string[] = [STATE, CHECKSUMS];
