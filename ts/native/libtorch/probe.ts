import { InputError } from '../../errors';
import { explainNetworkError, request, withoutCredentials } from '../http';
import { LIBTORCH_VERSION } from '../package';
import { describeLocation } from '../python-index/package-index';
import { parseVersion, compareVersions } from '../python-index/version';
import { officialArchive } from './archive';
import { type Flavour } from './flavour';
import { officialSite, pythonIndexes } from './indexes';
import { WheelSearch } from './wheel-search';

/** Whether libtorch could be fetched from a location. */
export interface Source {
  readonly location: string;
  readonly available: boolean;
  readonly text: string;
}

/** Asks the locations that libtorch is fetched from, without fetching it. */
export async function probeSources(flavour: Flavour, site: string = officialSite()): Promise<Source[]> {
  return (await Promise.all([probeOfficial(flavour, site), probeIndexes(flavour, site)])).flat();
}

async function probeOfficial(flavour: Flavour, site: string): Promise<Source[]> {
  const location = new URL(site).host;
  const name = officialArchive(flavour);
  if (!name)
    return [{ location, available: false, text: `no ${flavour} archive for ${process.platform}-${process.arch}` }];
  const { url, headers } = withoutCredentials(`${site}/libtorch/${flavour}/${encodeURIComponent(name)}`);
  try {
    const { status, ok } = await request(url, {
      method: 'HEAD',
      headers: { ...headers },
      signal: AbortSignal.timeout(5000),
    });
    const text = ok ? 'reachable, the archive is there' : `it answers ${status} for ${name}`;
    return [{ location, available: ok, text }];
  } catch (error) {
    return [{ location, available: false, text: `not reachable: ${explainNetworkError(error).reason}` }];
  }
}

async function probeIndexes(flavour: Flavour, site: string): Promise<Source[]> {
  try {
    const { locations, options } = pythonIndexes(flavour, site);
    const search = new WheelSearch({ locations, options: { ...options, timeoutMs: 5000 } });
    const pinned = parseVersion(LIBTORCH_VERSION)!;
    const wanted = {
      project: 'torch',
      text: `torch ${LIBTORCH_VERSION}`,
      accepts: ({ version }: { readonly version: typeof pinned }) =>
        compareVersions({ ...version, local: [] }, pinned) === 0 && ['', flavour].includes(version.local.join('.')),
    };
    const [reasons, offers] = await Promise.all([search.reasons(wanted), search.offers(wanted)]);
    return reasons.map(({ location, reason }, index) => {
      const offer = offers[index]![0];
      const text = offer ? `it has torch ${offer.wheel.versionText}` : reason;
      return { location: describeLocation(location), available: offer !== undefined, text };
    });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return [{ location: 'the Python package indexes', available: false, text: error.message }];
  }
}
