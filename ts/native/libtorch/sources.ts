import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, TorchError } from '../../errors';
import { rootCause } from '../http';
import { type Listener } from '../listener';
import { InterruptedError } from '../process-group';
import { fetchOfficial, type Archive } from './archive';
import { cacheFolder } from './cache';
import { type Flavour } from './flavour';
import { type Attempt } from './locate';
import { fetchWheels, NotOfferedError } from './wheels';

/** What is fetched, and from where. */
export interface Fetching {
  readonly version: string;
  readonly flavour: Flavour;
  readonly listener: Listener;
  /** Where the official archives and PyTorch's own index are. */
  readonly site: string;
  /** The locations that were looked at before, for the message. */
  readonly before: readonly Attempt[];
}

type Fetch = (
  version: string,
  flavour: Flavour,
  folder: string,
  listener: Listener,
  site: string,
) => Promise<Archive[]>;

/** What the system refuses here, so that another source would not help. */
const OF_THIS_MACHINE = new Set(['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS']);

/**
 * Fetches the archives of a build from the first source that has them, and hands them to `use`; a source whose archives turn out
 * to be of no use is followed by the next one.
 * @throws NotOfferedError that lists every location tried
 */
export async function fetchArchives<Result>(
  { version, flavour, listener, site, before }: Fetching,
  use: (archives: readonly Archive[]) => Promise<Result>,
): Promise<Result> {
  const downloads = join(cacheFolder(), 'downloads', `${version}-${flavour}`);
  const attempts = [...before];
  const offered = new Set<string>();
  for (const { location, fetch } of sources(flavour, site)) {
    listener.say(`Fetching libtorch ${version} (${flavour}) from ${location}.`);
    try {
      const archives = await fetch(version, flavour, downloads, listener, site);
      // Used or damaged, an archive is of no further use; only a download that was cut is kept, to go on from.
      return await use(archives).finally(() => rm(downloads, { recursive: true, force: true }));
    } catch (error) {
      if (!(error instanceof TorchError) || error instanceof InterruptedError) throw error;
      if (OF_THIS_MACHINE.has((rootCause(error) as NodeJS.ErrnoException).code ?? ''))
        throw new InputError(`${error.message} ${cacheAdvice()}`, { cause: error });
      attempts.push({ location, reason: error.message });
      if (error instanceof NotOfferedError) for (const other of error.offered) offered.add(other);
      listener.say(`Not from ${location}: ${error.message}`);
    }
  }
  const list = attempts.map(({ location, reason }) => `  ${location}: ${reason}`).join('\n');
  throw new NotOfferedError(
    `libtorch ${version} (${flavour}) was found nowhere:\n${list}\nName a package index that has it in TORCHTS_INDEX, a mirror of PyTorch's site in TORCHTS_MIRROR, or a libtorch folder in TORCHTS_LIBTORCH; for a machine without a network, \`torchts setup --offline-pack\` on another one makes a file for \`torchts setup --from\` here.`,
    offered,
  );
}

/** What to do about a cache that cannot be written. */
export function cacheAdvice(): string {
  return `libtorch is kept in ${cacheFolder()}; set XDG_CACHE_HOME to a folder that can be written, with 3 GB free.`;
}

/**
 * The official CUDA archives leave out NVIDIA's own libraries, which the wheels bring as their dependencies: there the indexes come
 * first. So they do where somebody has named one for torchts.
 */
function sources(flavour: Flavour, site: string): { location: string; fetch: Fetch }[] {
  const official = { location: new URL(site).host, fetch: fetchOfficial };
  const indexes = { location: 'the Python package indexes', fetch: fetchWheels };
  return flavour === 'cpu' && !process.env.TORCHTS_INDEX ? [official, indexes] : [indexes, official];
}
