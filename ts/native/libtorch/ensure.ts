import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '../../errors';
import { silent, type Listener } from '../listener';
import { withLock } from '../lock';
import { LIBTORCH_VERSION, LIBTORCH_VERSIONS } from '../package';
import { explainSystemErrors } from '../system-error';
import { cachedLibtorch, cacheFolder } from './cache';
import { type Flavour } from './flavour';
import { officialSite } from './indexes';
import { locateCached, locateLibtorch, type Located } from './locate';
import { readPack, unpackPack, writePack } from './offline-pack';
import { cacheAdvice, fetchArchives } from './sources';
import { unpackLibtorch } from './unpack';
import { NotOfferedError } from './wheels';

export interface EnsureOptions {
  /** The build to get. @default any that is there, else cpu */
  readonly flavour?: Flavour;
  /** Fetches although libtorch is there. @default false */
  readonly force?: boolean;
  /** Whether something is to be compiled with it; a prebuilt addon does without headers. @default true */
  readonly headers?: boolean;
  /** The version to get. @default any that is there, else the pinned one, else another that torchts is shipped for */
  readonly version?: string;
  /** @default silent */
  readonly listener?: Listener;
  /** Where the official archives and PyTorch's own index are. @default TORCHTS_MIRROR, else https://download.pytorch.org */
  readonly site?: string;
}

/**
 * The libtorch to use, fetched into the user's cache when this machine has none.
 * @throws InputError that lists every location tried, when it can be had nowhere
 */
export async function ensureLibtorch(options: EnsureOptions = {}): Promise<Located> {
  const { flavour, force = false, headers = true, listener = silent } = options;
  const { found, attempts } = locateLibtorch(flavour, process.env, { version: options.version, headers });
  // Somebody who set the variable wants that folder, not another one behind their back.
  if (process.env.TORCHTS_LIBTORCH && found?.source !== 'TORCHTS_LIBTORCH') {
    throw new InputError(
      `${attempts[0]!.location} is no usable libtorch: ${attempts[0]!.reason}; correct or unset the variable.`,
    );
  }
  if (found && !force) return found;

  const site = options.site ?? officialSite();
  const fetch = (version: string): Promise<Located> => {
    const build = { version, flavour: flavour ?? 'cpu', headers };
    return intoCache(build, force, listener, (folder) =>
      fetchArchives({ ...build, listener, site, before: attempts }, (archives) =>
        unpackLibtorch(archives, folder, build, listener),
      ),
    );
  };
  if (options.version !== undefined) return fetch(options.version);
  try {
    return await fetch(LIBTORCH_VERSION);
  } catch (error) {
    const other = error instanceof NotOfferedError && LIBTORCH_VERSIONS.find((version) => error.offered.has(version));
    if (!other) throw error;
    return fetch(other);
  }
}

/**
 * The libtorch of an offline pack, unpacked into the user's cache; what is there already is replaced.
 * @throws InputError for a file that is no pack, is damaged, or is for another machine or version
 */
export async function libtorchFromPack(
  file: string,
  { flavour, headers = true, listener = silent }: Pick<EnsureOptions, 'flavour' | 'headers' | 'listener'> = {},
): Promise<Located> {
  const contents = await readPack(file, flavour);
  const build = { version: contents.libtorch, flavour: contents.flavour, headers };
  return intoCache(build, true, listener, (folder) =>
    unpackPack(file, contents, listener, (archives) => unpackLibtorch(archives, folder, build, listener)),
  );
}

/**
 * Fetches what libtorch is unpacked from into one file, for machines without a network.
 * @throws InputError that lists every location tried, or says why the file cannot be written
 */
export async function packForOffline(
  file: string,
  {
    flavour = 'cpu',
    listener = silent,
    site = officialSite(),
  }: Pick<EnsureOptions, 'flavour' | 'listener' | 'site'> = {},
): Promise<void> {
  const build = { version: LIBTORCH_VERSION, flavour };
  const advice = `The offline pack goes to ${file} by way of the cache ${cacheFolder()}; both need a folder that can be written, with 3 GB free.`;
  await explainSystemErrors(advice, async () => {
    await access(dirname(file), constants.W_OK);
    // The lock of the folder that they would be unpacked into: another process may be fetching the same.
    await withLock(cachedLibtorch(flavour), () =>
      fetchArchives({ ...build, listener, site, before: [] }, (archives) =>
        writePack(file, flavour, archives, listener),
      ),
    );
  });
}

/** Fills the folder of a build in the cache, while no other process does. */
async function intoCache(
  build: { readonly version: string; readonly flavour: Flavour; readonly headers: boolean },
  force: boolean,
  listener: Listener,
  fill: (folder: string) => Promise<void>,
): Promise<Located> {
  const { version, flavour, headers } = build;
  const folder = cachedLibtorch(flavour, process.env, version);
  let waited = false;
  const onWait = (): void => {
    waited = true;
    listener.say(`Another process is fetching libtorch into ${folder}; waiting for it.`);
  };
  const work = async (): Promise<Located> => {
    if (!force || waited) {
      const theirs = locateCached(flavour, { version, headers });
      if (theirs) return theirs;
    }
    await fill(folder);
    return locateCached(flavour, { version, headers })!;
  };
  return explainSystemErrors(cacheAdvice(), () => withLock(folder, work, { onWait }));
}
