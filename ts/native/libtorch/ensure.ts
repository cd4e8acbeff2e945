import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, TorchError } from '../../errors';
import { silent, type Listener } from '../listener';
import { withLock } from '../lock';
import { InterruptedError } from '../process-group';
import { explainSystemErrors } from '../system-error';
import { LIBTORCH_VERSION } from '../package';
import { fetchOfficial, type Archive } from './archive';
import { cachedLibtorch, cacheFolder } from './cache';
import { type Flavour } from './flavour';
import { locateCached, locateLibtorch, type Attempt, type Located } from './locate';
import { fetchWheels } from './pip';
import { unpackLibtorch } from './unpack';

export interface EnsureOptions {
  /** The build to get. @default any that is there, else cpu */
  readonly flavour?: Flavour;
  /** Fetches although libtorch is there. @default false */
  readonly force?: boolean;
  /** @default silent */
  readonly listener?: Listener;
  /** Where the official archives and wheels are. @default https://download.pytorch.org */
  readonly site?: string;
}

type Fetch = (flavour: Flavour, folder: string, listener: Listener, site: string) => Promise<Archive[]>;

/**
 * The libtorch to build against, fetched into the user's cache when this machine has none.
 * @throws InputError that lists every place tried, when it can be had nowhere
 */
export async function ensureLibtorch(options: EnsureOptions = {}): Promise<Located> {
  const { flavour, force = false, listener = silent, site = 'https://download.pytorch.org' } = options;
  const { found, attempts } = locateLibtorch(flavour);
  // Somebody who set the variable wants that folder, not another one behind their back.
  if (process.env.TORCHTS_LIBTORCH && found?.source !== 'TORCHTS_LIBTORCH') {
    throw new InputError(
      `${attempts[0]!.location} is no usable libtorch: ${attempts[0]!.reason}; correct or unset the variable.`,
    );
  }
  if (found && !force) return found;

  const wanted = flavour ?? 'cpu';
  const folder = cachedLibtorch(wanted);
  let waited = false;
  const onWait = (): void => {
    waited = true;
    listener.say(`Another process is fetching libtorch into ${folder}; waiting for it.`);
  };
  const work = async (): Promise<Located> => {
    if (!force || waited) {
      const theirs = locateCached(wanted);
      if (theirs) return theirs;
    }
    await fetchInto(folder, wanted, attempts, listener, site);
    return locateCached(wanted)!;
  };
  return explainSystemErrors(
    `libtorch is kept in ${cacheFolder()}; set XDG_CACHE_HOME to a folder that can be written, with 3 GB free.`,
    () => withLock(folder, work, { onWait }),
  );
}

async function fetchInto(
  folder: string,
  flavour: Flavour,
  before: readonly Attempt[],
  listener: Listener,
  site: string,
): Promise<void> {
  const downloads = join(cacheFolder(), 'downloads', `${LIBTORCH_VERSION}-${flavour}`);
  const attempts = [...before];
  for (const { location, fetch } of sources(flavour)) {
    listener.say(`Fetching libtorch ${LIBTORCH_VERSION} (${flavour}) from ${location}.`);
    try {
      const archives = await fetch(flavour, downloads, listener, site);
      // Unpacked or damaged, an archive is of no further use; only a download that was cut is kept, to go on from.
      return await unpackLibtorch(archives, folder, flavour, listener).finally(() =>
        rm(downloads, { recursive: true, force: true }),
      );
    } catch (error) {
      if (!(error instanceof TorchError) || error instanceof InterruptedError) throw error;
      attempts.push({ location, reason: error.message });
      listener.say(`Not from ${location}: ${error.message}`);
    }
  }
  const list = attempts.map(({ location, reason }) => `  ${location}: ${reason}`).join('\n');
  throw new InputError(
    `libtorch ${LIBTORCH_VERSION} (${flavour}) was found nowhere:\n${list}\nSet TORCHTS_LIBTORCH to a libtorch folder, or give this machine a package index.`,
  );
}

/** The official CUDA archives leave out NVIDIA's own libraries, which the wheel brings as its dependencies: there pip comes first. */
function sources(flavour: Flavour): { location: string; fetch: Fetch }[] {
  const official = { location: 'download.pytorch.org', fetch: fetchOfficial };
  const pip = { location: 'the package index of pip', fetch: fetchWheels };
  return flavour === 'cpu' ? [official, pip] : [pip, official];
}
