import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../native/lock';
import * as torch from '../tensor';
import type { Tensor } from '../tensor';
import { mapFile } from '../tensor/bytes';
import { InputError } from '../errors';

export interface CacheRequest {
  /** Folder of the cache files; made when missing. */
  readonly folder: string;
  /** All that the bytes depend on; a cache of anything else is not taken. */
  readonly key: string;
  /** Shape of the whole, first the number of samples. */
  readonly shape: readonly number[];
  /** The bytes, sample after sample, in pieces of any length. Called only when there is no such cache yet. */
  readonly produce: () => AsyncIterable<Uint8Array>;
}

/**
 * Bytes of decoded samples in one file, mapped into memory: what is read stays in the page cache of the
 * system, once for all processes. The first process to come fills it, others wait; a killed one leaves
 * nothing that looks complete, because the header beside the file is written last.
 * @returns uint8, of the shape asked for; belongs to the caller and must not be written to
 * @throws InputError when the cache cannot be written
 */
export async function openByteCache({ folder, key, shape, produce }: CacheRequest): Promise<Tensor> {
  const path = join(folder, createHash('sha256').update(key).digest('hex').slice(0, 16));
  const header = JSON.stringify({ key, shape });
  const bytes = shape.reduce((product, size) => product * size, 1);
  if (!isComplete(path, header, bytes)) {
    await withLock(path, async () => {
      if (!isComplete(path, header, bytes)) await fill(path, header, bytes, produce);
    });
  }
  // Not shared: the mapping is private, so that no write reaches the file, and its pages are shared all the same.
  return torch.scoped(() => mapFile(`${path}.bytes`, bytes).view(shape));
}

function isComplete(path: string, header: string, bytes: number): boolean {
  const size = statSync(`${path}.bytes`, { throwIfNoEntry: false })?.size;
  return size === bytes && existsSync(`${path}.json`) && readFileSync(`${path}.json`, 'utf8') === header;
}

async function fill(path: string, header: string, bytes: number, produce: CacheRequest['produce']): Promise<void> {
  const fresh = `${path}.filling`;
  await rm(`${path}.json`, { force: true });
  const file = await open(fresh, 'w');
  try {
    let written = 0;
    for await (const piece of produce()) {
      await file.writeFile(piece);
      written += piece.length;
    }
    if (written !== bytes) throw new InputError(`Expected ${bytes} bytes for the cache ${path}, found ${written}; the samples differ in size.`);
  } catch (error) {
    await rm(fresh, { force: true });
    throw noSpace(error) ? new InputError(`No space is left for the cache of decoded pictures in ${path} (${bytes} bytes); free some, or lower the limit of the cache.`, { cause: error }) : error;
  } finally {
    await file.close();
  }
  await rename(fresh, `${path}.bytes`);
  await writeFile(`${path}.json`, header);
}

function noSpace(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOSPC';
}
