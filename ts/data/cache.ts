import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { withLock } from '../native/lock';
import { replaceFile } from '../native/replace-file';
import * as torch from '../tensor';
import type { Tensor } from '../tensor';
import { mapFile } from '../tensor/io/bytes';
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

/** The file beside the bytes that says what they are, written last. */
interface Header {
  readonly key: string;
  readonly shape: readonly number[];
  /** Checksum of all bytes. */
  readonly crc32: number;
}

/** Bytes read at a time to check them. */
const CHUNK = 8 << 20;

/**
 * Bytes of decoded samples in one file, mapped into memory: what is read stays in the page cache of the
 * system, once for all processes. The first process to come fills it, others wait; a killed one leaves
 * nothing that looks complete, because the header beside the file is written last. Bytes that are not those
 * that were written (a damaged disk, a copy that was cut) are produced anew.
 * @returns uint8, of the shape asked for; belongs to the caller and must not be written to
 * @throws InputError when the cache cannot be written
 */
export async function openByteCache(request: CacheRequest): Promise<Tensor> {
  const { folder, key, shape } = request;
  const path = join(folder, createHash('sha256').update(key).digest('hex').slice(0, 16));
  const bytes = shape.reduce((product, size) => product * size, 1);
  if (!(await isComplete(path, request, bytes))) {
    await withLock(path, async () => {
      if (!(await isComplete(path, request, bytes))) await fill(path, request, bytes);
    });
  }
  // Not shared: the mapping is private, so that no write reaches the file, and its pages are shared all the same.
  return torch.scoped(() => mapFile(`${path}.bytes`, bytes).view(shape));
}

async function isComplete(path: string, { key, shape }: CacheRequest, bytes: number): Promise<boolean> {
  const header = readHeader(`${path}.json`);
  if (!header || header.key !== key || header.shape?.join() !== shape.join()) return false;
  if (statSync(`${path}.bytes`, { throwIfNoEntry: false })?.size !== bytes) return false;
  return (await checksum(`${path}.bytes`)) === header.crc32;
}

function readHeader(path: string): Partial<Header> | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Partial<Header>;
  } catch {
    // Absent, or cut short: there is no such cache.
    return undefined;
  }
}

async function checksum(path: string): Promise<number> {
  let sum = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) sum = crc32(chunk as Buffer, sum);
  return sum;
}

/** Only for the holder of the lock: whatever another process left half written is nobody's. */
async function fill(path: string, { key, shape, produce }: CacheRequest, bytes: number): Promise<void> {
  const fresh = `${path}.filling`;
  await rm(`${path}.json`, { force: true });
  try {
    const crc32 = await write(fresh, path, produce(), bytes);
    await rename(fresh, `${path}.bytes`);
    replaceFile(`${path}.json`, JSON.stringify({ key, shape, crc32 } satisfies Header));
  } catch (error) {
    await rm(fresh, { force: true });
    throw isDiskFull(error)
      ? new InputError(
          `No space is left for the cache of decoded images in ${path} (${bytes} bytes); free some, or lower the limit of the cache.`,
          { cause: error },
        )
      : error;
  }
}

/** Writes the pieces to `fresh` and gives their checksum. */
async function write(fresh: string, path: string, pieces: AsyncIterable<Uint8Array>, bytes: number): Promise<number> {
  const file = await open(fresh, 'w');
  try {
    let written = 0;
    let sum = 0;
    for await (const piece of pieces) {
      await file.writeFile(piece);
      written += piece.length;
      sum = crc32(piece, sum);
    }
    if (written !== bytes)
      throw new InputError(
        `Expected ${bytes} bytes for the cache ${path}, found ${written}; the samples differ in size.`,
      );
    // Before the header that calls it complete: after a power cut, that would be a lie.
    await file.sync();
    return sum;
  } finally {
    await file.close();
  }
}

function isDiskFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
