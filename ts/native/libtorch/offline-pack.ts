import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import * as yauzl from 'yauzl';
import { ZipFile } from 'yazl';
import { InputError } from '../../errors';
import { sha256File } from '../download';
import { withBar, type Listener } from '../listener';
import { LIBTORCH_VERSION } from '../package';
import { describeSystemError, isSystemError } from '../system-error';
import { type Archive } from './archive';
import { cacheFolder } from './cache';
import { type Flavour } from './flavour';

/** The first entry of a pack, which tells what the others are. */
const CONTENTS = 'torchts-offline.json';
const FORMAT = 1;

/** Of the folder in the cache that a pack is taken apart in. */
export const PACK_SUFFIX = '.pack';

/** What a pack holds: the archives that libtorch is unpacked from, as they were fetched. */
export interface PackContents {
  readonly format: number;
  /** The version of libtorch. */
  readonly libtorch: string;
  readonly flavour: Flavour;
  /** Like `linux-x64`. */
  readonly platform: string;
  readonly archives: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
}

/**
 * Writes archives into one file for machines without a network; at `path` there is nothing until it is whole.
 * @throws the error of the system when it cannot be written
 */
export async function writePack(
  path: string,
  flavour: Flavour,
  archives: readonly Archive[],
  listener: Listener,
): Promise<void> {
  const contents: PackContents = {
    format: FORMAT,
    libtorch: LIBTORCH_VERSION,
    flavour,
    platform: currentPlatform(),
    archives: await Promise.all(
      archives.map(async ({ path, name, sha256 }) => ({ name, bytes: (await stat(path)).size, sha256 })),
    ),
  };
  const total = contents.archives.reduce((sum, { bytes }) => sum + bytes, 0);
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(`${JSON.stringify(contents, null, 2)}\n`), CONTENTS, { compress: false });
  // They are compressed already.
  for (const archive of archives) zip.addFile(archive.path, archive.name, { compress: false });
  zip.end();
  const partial = `${path}.partial`;
  try {
    await withBar(listener, `writing ${basename(path)}`, async (bar) => {
      let written = 0;
      zip.outputStream.on('data', (chunk: Buffer) => bar.update((written += chunk.length), total));
      await pipeline(zip.outputStream, createWriteStream(partial));
    });
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}

/**
 * What a pack holds, once it is sure that this machine and this torchts can use it.
 * @throws InputError in one sentence when they cannot
 */
export async function readPack(path: string, flavour?: Flavour): Promise<PackContents> {
  const contents = await withPack(path, async (zip) => {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== CONTENTS) break;
      return JSON.parse((await buffer(await zip.openReadStreamPromise(entry))).toString('utf8')) as PackContents;
    }
    throw notAPack(path);
  });
  if (contents.format !== FORMAT)
    throw new InputError(
      `${path} has format ${contents.format}, and this torchts reads ${FORMAT}: make the pack with this version of torchts.`,
    );
  if (contents.platform !== currentPlatform())
    throw new InputError(
      `${path} is for ${contents.platform}, and this machine is ${currentPlatform()}: make the pack on a machine of that kind.`,
    );
  if (contents.libtorch !== LIBTORCH_VERSION)
    throw new InputError(
      `${path} holds libtorch ${contents.libtorch}, and this torchts takes ${LIBTORCH_VERSION}: make the pack with this version of torchts.`,
    );
  if (flavour && contents.flavour !== flavour)
    throw new InputError(
      `${path} holds the flavour ${contents.flavour}, not ${flavour}: leave out the flavour, or make the pack with \`torchts setup --flavour ${flavour} --offline-pack\`.`,
    );
  return contents;
}

/** Takes the archives out of a pack for as long as `use` runs, each with the hash that it had. */
export async function unpackPack<Result>(
  path: string,
  contents: PackContents,
  listener: Listener,
  use: (archives: readonly Archive[]) => Promise<Result>,
): Promise<Result> {
  // Its one user holds the lock of the folder that libtorch is unpacked into.
  const folder = join(cacheFolder(), 'downloads', `${contents.libtorch}-${contents.flavour}${PACK_SUFFIX}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    const archives: Archive[] = [];
    await withPack(path, async (zip) => {
      for await (const entry of zip.eachEntry()) {
        const wanted = contents.archives.find(({ name }) => name === entry.fileName);
        if (!wanted) continue;
        const target = join(folder, basename(wanted.name));
        await withBar(listener, `reading ${wanted.name}`, async (bar) => {
          const stream = await zip.openReadStreamPromise(entry);
          let read = 0;
          stream.on('data', (chunk: Buffer) => bar.update((read += chunk.length), wanted.bytes));
          await pipeline(stream, createWriteStream(target));
        });
        const sha256 = await sha256File(target);
        if (sha256 !== wanted.sha256)
          throw new InputError(
            `${path} is damaged: ${wanted.name} has sha256 ${sha256}, expected ${wanted.sha256}; copy the pack again.`,
          );
        archives.push({ path: target, name: wanted.name, sha256 });
      }
    });
    if (archives.length !== contents.archives.length) throw damagedPack(path, 'a part of it is missing');
    return await use(archives);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function withPack<Result>(path: string, work: (zip: yauzl.ZipFile) => Promise<Result>): Promise<Result> {
  let zip: yauzl.ZipFile | undefined;
  try {
    zip = await yauzl.openPromise(path, { autoClose: false });
    return await work(zip);
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (isSystemError(error)) {
      // Of the pack itself; what is written elsewhere is explained by who knows why.
      if (error.path !== path) throw error;
      throw new InputError(`The offline pack cannot be read: ${describeSystemError(error)}; check its path.`, {
        cause: error,
      });
    }
    throw zip ? damagedPack(path, (error as Error).message) : notAPack(path, error);
  } finally {
    zip?.close();
  }
}

function notAPack(path: string, cause?: unknown): InputError {
  return new InputError(
    `${path} is no offline pack of torchts, or it was cut: make one with \`torchts setup --offline-pack\` and copy it whole.`,
    { cause },
  );
}

function damagedPack(path: string, reason: string): InputError {
  return new InputError(`${path} is damaged: ${reason}; copy the pack again.`);
}

function currentPlatform(): string {
  return `${process.platform}-${process.arch}`;
}
