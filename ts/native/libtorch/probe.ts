import { spawnSync } from 'node:child_process';
import { LIBTORCH_VERSION } from '../package';
import { officialArchive } from './archive';
import { type Flavour } from './flavour';
import { pythons } from './python';

/** Whether libtorch could be fetched from a place. */
export interface Source {
  readonly location: string;
  readonly available: boolean;
  readonly text: string;
}

/** Asks the places that libtorch is fetched from, without fetching it. */
export async function probeSources(flavour: Flavour): Promise<Source[]> {
  return [await probeOfficial(flavour), ...pythons().map(probePip)];
}

async function probeOfficial(flavour: Flavour): Promise<Source> {
  const location = 'download.pytorch.org';
  const name = officialArchive(flavour);
  if (!name)
    return { location, available: false, text: `no ${flavour} archive for ${process.platform}-${process.arch}` };
  const url = `https://${location}/libtorch/${flavour}/${encodeURIComponent(name)}`;
  try {
    const { status, ok } = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(5000) });
    return {
      location,
      available: ok,
      text: ok ? 'reachable, the archive is there' : `it answers ${status} for ${name}`,
    };
  } catch {
    return { location, available: false, text: 'not reachable' };
  }
}

function probePip(python: string): Source {
  const location = `pip of ${python}`;
  const result = spawnSync(
    python,
    ['-m', 'pip', 'index', 'versions', 'torch', '--retries', '0', '--disable-pip-version-check'],
    { encoding: 'utf8', timeout: 30_000 },
  );
  if (result.error) return { location, available: false, text: `${python} cannot be run` };
  const versions = /^Available versions: (.*)$/m.exec(result.stdout)?.[1]?.split(', ') ?? [];
  if (versions.length === 0)
    return {
      location,
      available: false,
      text: /No module named pip/.test(result.stderr) ? 'pip is not installed' : 'its index has no torch',
    };
  const available = versions.some((version) => version.split('+')[0] === LIBTORCH_VERSION);
  return {
    location,
    available,
    text: available
      ? `its index has torch ${LIBTORCH_VERSION}`
      : `its index has torch, but not version ${LIBTORCH_VERSION}`,
  };
}
