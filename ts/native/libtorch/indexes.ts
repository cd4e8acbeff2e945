import { InputError } from '../../errors';
import { withoutCredentials } from '../http';
import { readPipConfig } from '../python-index/pip-config';
import { type IndexLocation, type ReadOptions } from '../python-index/package-index';
import { type Flavour } from './flavour';

/** Where the wheels of a build are looked for, in order, and how. */
export interface Indexes {
  readonly locations: readonly IndexLocation[];
  readonly options: ReadOptions;
}

/**
 * Where the official archives and PyTorch's own index are: `TORCHTS_MIRROR`, else PyTorch's site.
 * @throws InputError when the variable is no address
 */
export function officialSite(environment: NodeJS.ProcessEnv = process.env): string {
  const site = (environment.TORCHTS_MIRROR || 'https://download.pytorch.org').replace(/\/+$/, '');
  if (/^https?:/i.test(site) && URL.canParse(site)) return site;
  throw new InputError(
    `TORCHTS_MIRROR: expected the address of a mirror, such as https://mirror.example.org/pytorch, found '${withoutCredentials(site).url}'; correct or unset the variable.`,
  );
}

/**
 * `TORCHTS_INDEX` first, then what pip's configuration names, then PyTorch's own index, and PyPI where nothing stands for it.
 * @throws InputError for a configuration of pip that cannot be read
 */
export function pythonIndexes(
  flavour: Flavour,
  site: string = officialSite(),
  environment: NodeJS.ProcessEnv = process.env,
): Indexes {
  const pip = readPipConfig(environment);
  const ofPip = pip.noIndex ? [] : [...(pip.indexUrl ? [pip.indexUrl] : []), ...pip.extraIndexUrls];
  const others = pip.noIndex ? [] : [`${site}/whl/${flavour}`, ...(pip.indexUrl ? [] : ['https://pypi.org/simple'])];
  const own = (environment.TORCHTS_INDEX ?? '').split(/\s+/).filter(Boolean);
  const locations: IndexLocation[] = [
    ...own.map((address) => ({ address, kind: 'either' }) as const),
    ...pip.findLinks.map((address) => ({ address, kind: 'links' }) as const),
    ...[...ofPip, ...others].map((address) => ({ address, kind: 'index' }) as const),
  ];
  return {
    locations: locations.filter(
      ({ address }, index) => locations.findIndex((one) => one.address === address) === index,
    ),
    options: { ...(pip.timeout && { timeoutMs: pip.timeout * 1000 }), ...(pip.cert && { cert: pip.cert }) },
  };
}
