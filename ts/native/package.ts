import { BundledError } from './bundled';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly libtorch: { readonly version: string; readonly versions: readonly string[] };
  /** What the build from source needs and nobody else does, what the dashboard is served by, and what stores of S3 are read by. */
  readonly peerDependencies: Readonly<Record<string, string>>;
  /** The packages with addons, where this torchts is a published one. */
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The folder of torchts's own package.json: above dist/ in an installed package, above ts/ in the repository. */
export const packageRoot: string = findRoot(__dirname);

const manifest: Manifest = readManifest(packageRoot)!;

/** The version of libtorch that this torchts fetches. */
export const LIBTORCH_VERSION: string = manifest.libtorch.version;

/** The versions that it is shipped with addons for: that one, and the newest of other minor versions. */
export const LIBTORCH_VERSIONS: readonly string[] = manifest.libtorch.versions;

export function packageVersion(): string {
  return manifest.version;
}

/** What the dashboard is served by. */
const SERVER = 'fastify';
/** What stores of S3 are read by. */
const S3_CLIENT = '@aws-sdk/client-s3';

/** The npm packages that the build from source needs, as arguments for `npm install`. */
export const BUILD_PACKAGES: readonly string[] = Object.entries(manifest.peerDependencies)
  .filter(([name]) => name !== SERVER && name !== S3_CLIENT)
  .map(([name, range]) => `${name}@${range.replace('^', '')}`);

/** The one that the dashboard needs, in the newest version that fits. */
export const DASHBOARD_PACKAGE = newest(SERVER);

/** The one that stores of S3 need. */
export const S3_PACKAGE = newest(S3_CLIENT);

/** A package that this torchts is published with, as an argument for `npm install`; undefined in a checkout. */
export function optionalPackage(name: string): string | undefined {
  const version = manifest.optionalDependencies?.[name];
  return version && `${name}@${version}`;
}

function newest(name: string): string {
  return `${name}@${/\d+/.exec(manifest.peerDependencies[name]!)![0]}`;
}

function findRoot(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (readManifest(folder)?.name === 'torchts') return folder;
    if (folder === dirname(folder)) throw new BundledError();
  }
}

function readManifest(folder: string): Manifest | undefined {
  const path = join(folder, 'package.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Manifest) : undefined;
}
