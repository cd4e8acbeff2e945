import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import * as yauzl from 'yauzl';
import { InputError, TorchError } from '../errors';

export interface UnzipOptions {
  /** Where an entry goes, relative to the folder; undefined leaves it out. @default everything keeps its place */
  readonly target?: (entry: string) => string | undefined;
  /** Compressed bytes done, of all. @default none */
  readonly onProgress?: (bytes: number, total: number) => void;
}

/**
 * Unpacks a zip archive (a Python wheel is one) into `folder` and checks each file's CRC-32.
 * Names that point out of the folder are refused.
 * @returns the number of files written
 * @throws InputError for an archive that is cut, damaged or no zip
 */
export async function unzip(archive: string, folder: string, options: UnzipOptions = {}): Promise<number> {
  try {
    const zip = await yauzl.openPromise(archive);
    let files = 0;
    for await (const entry of zip.eachEntry()) {
      const targetOf = entry.fileName.endsWith('/')
        ? undefined
        : options.target
          ? options.target(entry.fileName)
          : entry.fileName;
      if (targetOf !== undefined) {
        await extract(zip, entry, join(folder, targetOf));
        files++;
      }
      options.onProgress?.(entry.relativeOffsetOfLocalHeader + entry.compressedSize, zip.fileSize);
    }
    return files;
  } catch (error) {
    if (error instanceof TorchError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC')
      throw new InputError(`The disk is full: ${basename(archive)} could not be unpacked into ${folder}.`, {
        cause: error,
      });
    throw new InputError(`${archive} cannot be unpacked: ${message}.`, { cause: error });
  }
}

async function extract(zip: yauzl.ZipFile, entry: yauzl.Entry, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  let sum = 0;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum = crc32(chunk, sum);
      done(null, chunk);
    },
  });
  await pipeline(await zip.openReadStreamPromise(entry), check, createWriteStream(path));
  if (sum !== entry.crc32) throw new Error(`${entry.fileName} is damaged`);
}
