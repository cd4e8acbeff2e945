import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../errors';
import { download, sha256File } from '../download';
import { withBar, type Listener } from '../listener';
import { peekMetadata, readMetadata } from '../python-index/metadata';
import { describeLocation, localPath } from '../python-index/package-index';
import { isAskedFor, markerEnvironment, requirementsOf, type Requirement } from '../python-index/requirement';
import { compareVersions, isPrerelease, parseVersion, satisfies, type Version } from '../python-index/version';
import { CONNECTIONS, type Archive } from './archive';
import { type Flavour } from './flavour';
import { SHA256 } from './hashes';
import { pythonIndexes } from './indexes';
import { WheelSearch, type Wanted, type WheelOffer } from './wheel-search';

/** NVIDIA's libraries; the other packages that torch asks for are Python. */
const NVIDIA = /^(nvidia-|cuda-toolkit$)/;

/**
 * Fetches the wheel of torch into `folder` from the Python package indexes that this machine is configured for, a CUDA flavour with
 * NVIDIA's libraries. A wheel on this machine's disk stays where it is.
 * @throws InputError that says of each index why not from there
 */
export async function fetchWheels(
  version: string,
  flavour: Flavour,
  folder: string,
  listener: Listener,
  site: string,
): Promise<Archive[]> {
  const search = new WheelSearch(pythonIndexes(flavour, site));
  const offer = await findTorch(search, version, flavour);
  const torch = await obtain(offer, folder, listener);
  if (flavour === 'cpu') return [torch];
  return [torch, ...(await fetchNvidia(search, offer, torch, folder, listener))];
}

/**
 * Fetches the wheel of torch alone, as `fetchWheels` does: enough to compile against, since nothing of NVIDIA's is linked to.
 * @throws InputError as `fetchWheels` does
 */
export async function fetchTorchWheel(
  version: string,
  flavour: Flavour,
  folder: string,
  listener: Listener,
  site: string,
): Promise<Archive> {
  return obtain(await findTorch(new WheelSearch(pythonIndexes(flavour, site)), version, flavour), folder, listener);
}

/**
 * The wheel of torch for a flavour: the build with its flavour in the version, else the one without where its metadata does not
 * tell of another. On Linux the version without is what PyPI has, a CUDA build; on macOS there is only that.
 * @throws InputError as `fetchWheels` does
 */
async function findTorch(search: WheelSearch, version: string, flavour: Flavour): Promise<WheelOffer> {
  const exact = torchOf(version, flavour);
  const unnamed: Wanted = {
    ...exact,
    accepts: (wheel) => wheel.version.local.length === 0 && isRelease(wheel.version, version),
  };
  const [first] = await search.first(exact);
  if (first) return first;
  for (const offer of await search.first(unnamed)) {
    const metadata = await peekMetadata(offer.file);
    const found = metadata === undefined ? flavour : flavourOf(metadata);
    if (found === flavour) return offer;
    throw new InputError(
      `${exact.text} is in no package index; ${describeLocation(offer.location)} has torch ${version} as ${found}: ask for that with \`torchts setup --flavour ${found}\`, or name an index that has ${flavour} in TORCHTS_INDEX.`,
    );
  }
  const refusal = await search.refusal({
    ...exact,
    accepts: (wheel) => exact.accepts(wheel) || unnamed.accepts(wheel),
  });
  throw new NotOfferedError(refusal.message, await otherVersions(search, flavour));
}

/** No index has the version that was asked for. */
export class NotOfferedError extends InputError {
  constructor(
    message: string,
    /** Other versions for this machine, of the flavour or of one that only their metadata tells. */
    readonly offered: ReadonlySet<string>,
  ) {
    super(message);
  }
}

async function otherVersions(search: WheelSearch, flavour: Flavour): Promise<Set<string>> {
  const offers = await search.offers({
    project: 'torch',
    text: 'torch',
    accepts: ({ version }) => ['', flavour].includes(version.local.join('.')),
  });
  return new Set(offers.flat().map(({ wheel }) => wheel.versionText.replace(/\+.*/, '')));
}

function torchOf(version: string, flavour: Flavour): Wanted {
  return {
    project: 'torch',
    text: `torch ${version}+${flavour}`,
    accepts: (wheel) => wheel.version.local.join('.') === flavour && isRelease(wheel.version, version),
  };
}

function isRelease(version: Version, text: string): boolean {
  return compareVersions({ ...version, local: [] }, parseVersion(text)!) === 0;
}

/** The build of a torch that asks for these packages. */
export function flavourOf(metadata: string): Flavour {
  const requirements = requirementsOf(metadata);
  const runtime = requirements.find(({ name }) => name === 'cuda-toolkit' || name.startsWith('nvidia-cuda-runtime'));
  const [, major, minor] = /(\d+)\.(\d+)/.exec(runtime?.specifier ?? '') ?? [];
  return major === undefined ? 'cpu' : (`cu${major}${minor}` as Flavour);
}

/** Fetches, or finds on this machine's disk, a wheel with the hash that its index tells and, where it is known, the right one. */
async function obtain({ file, location }: WheelOffer, folder: string, listener: Listener): Promise<Archive> {
  const { name, url, headers, bytes } = file;
  const known = SHA256[name];
  if (known && file.sha256 && known !== file.sha256)
    throw new InputError(
      `${describeLocation(location)} has another ${name} than PyTorch published: its sha256 is ${file.sha256}, expected ${known}; use another index.`,
    );
  const sha256 = known ?? file.sha256;
  const path = localPath(url);
  if (path !== undefined) return checkLocal(path, name, sha256);
  const { sha256: found } = await withBar(listener, name, (bar) =>
    download(url, join(folder, name), {
      sha256,
      bytes,
      headers,
      connections: CONNECTIONS,
      onProgress: ({ received, total }) => bar.update(received, total),
    }),
  );
  return { path: join(folder, name), name, sha256: found };
}

async function checkLocal(path: string, name: string, sha256: string | undefined): Promise<Archive> {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) throw new InputError(`The index names ${path}, and there is no such file.`);
  const found = await sha256File(path);
  if (sha256 && found !== sha256)
    throw new InputError(`${path} has the wrong content: expected sha256 ${sha256}, found ${found}; copy it again.`);
  return { path, name, sha256: found };
}

/** The NVIDIA wheels that a CUDA build asks for, and those that they ask for, in the versions that pip would take. */
async function fetchNvidia(
  search: WheelSearch,
  offer: WheelOffer,
  torch: Archive,
  folder: string,
  listener: Listener,
): Promise<Archive[]> {
  const python = /^cp(\d)(\d+)/.exec(offer.wheel.pythons[0]!);
  const resolver = new Resolver(search, markerEnvironment(python ? `${python[1]}.${python[2]}` : '3.11'));
  const archives: Archive[] = [];
  resolver.add(await readMetadata(torch.path), []);
  for (let next = await resolver.next(); next; next = await resolver.next()) {
    const archive = await obtain(next.offer, folder, listener);
    archives.push(archive);
    resolver.add(await readMetadata(archive.path), next.extras, next.offer.wheel.name);
  }
  return archives;
}

interface Pending {
  readonly specifiers: Set<string>;
  readonly extras: Set<string>;
}

/** Which packages are asked for, with all that is said of their versions. */
class Resolver {
  readonly #pending = new Map<string, Pending>();
  readonly #chosen = new Map<string, WheelOffer>();
  readonly #metadata = new Map<string, string>();
  readonly #search: WheelSearch;
  readonly #environment: Readonly<Record<string, string>>;

  constructor(search: WheelSearch, environment: Readonly<Record<string, string>>) {
    this.#search = search;
    this.#environment = environment;
  }

  /** Notes what a package with these extras asks for. */
  add(metadata: string, extras: readonly string[], owner?: string): void {
    if (owner !== undefined) this.#metadata.set(owner, metadata);
    for (const requirement of requirementsOf(metadata)) {
      if (NVIDIA.test(requirement.name) && isAskedFor(requirement.marker, this.#environment, extras))
        this.#note(requirement);
    }
  }

  /** The next package to fetch: one whose version is fixed before one that may be any. */
  async next(): Promise<{ offer: WheelOffer; extras: string[] } | undefined> {
    const names = [...this.#pending.keys()];
    const name =
      names.find((one) => [...this.#pending.get(one)!.specifiers].some((text) => text.includes('=='))) ?? names[0];
    if (name === undefined) return undefined;
    const { specifiers, extras } = this.#pending.get(name)!;
    this.#pending.delete(name);
    const specifier = [...specifiers].join(',');
    const wanted: Wanted = {
      project: name,
      text: `${name} ${specifier}`.trim(),
      accepts: ({ version }) =>
        satisfies(version, specifier) && (!isPrerelease(version) || /\d(a|b|rc|\.?dev)\d/.test(specifier)),
    };
    const offer = await this.#search.newest(wanted);
    if (!offer) throw await this.#search.refusal(wanted);
    this.#chosen.set(name, offer);
    return { offer, extras: [...extras] };
  }

  #note({ name, specifier, extras }: Requirement): void {
    const wheel = this.#chosen.get(name)?.wheel;
    if (wheel) {
      if (!satisfies(wheel.version, specifier))
        throw new InputError(
          `The packages of this CUDA build contradict each other: one asks for ${name} ${specifier}, and for others it is ${wheel.versionText}; use an index with other versions.`,
        );
      if (extras.length > 0) this.add(this.#metadata.get(name) ?? '', extras);
      return;
    }
    const known = this.#pending.get(name) ?? { specifiers: new Set<string>(), extras: new Set<string>() };
    if (specifier) known.specifiers.add(specifier);
    for (const extra of extras) known.extras.add(extra);
    this.#pending.set(name, known);
  }
}
