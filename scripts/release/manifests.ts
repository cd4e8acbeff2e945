import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../..');

/** For these the release workflow makes a package with the addons: what libtorch is published for. */
export const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-arm64'] as const;

/** The packages that are nothing but a command of torchts. */
export const COMMANDS = ['facecls', 'vocdet'] as const;

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly libtorch: { readonly version: string; readonly versions: readonly string[] };
  readonly [key: string]: unknown;
}

/** The package.json of a folder of the repository. */
export function readManifest(folder = '.'): Manifest {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest;
}

/**
 * What torchts is published with: that of the checkout without what only a checkout needs, and with the packages of the platforms,
 * each in its own version. The checkout cannot name them: its lock would ask for packages that are yet to be published.
 */
export function mainManifest(): object {
  const { devDependencies: _, scripts: __, ...manifest } = readManifest();
  const packages = PLATFORMS.map((platform) => [`@torchts/${platform}`, manifest.version]);
  return { ...manifest, ...repository(), optionalDependencies: Object.fromEntries(packages) };
}

/** What npm compares with the place that a package with provenance comes from; a workflow of GitHub's knows it. */
export function repository(): object {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY } = process.env;
  return GITHUB_REPOSITORY
    ? { repository: { type: 'git', url: `git+${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git` } }
    : {};
}

/** Of the package with the addons of a platform, such as `linux-x64`. */
export function platformManifest(platform: string): object {
  const { version, license, engines } = readManifest();
  const [os, cpu] = platform.split('-');
  return {
    name: `@torchts/${platform}`,
    version,
    description: `The native addon of torchts for ${platform}; installed by torchts itself`,
    license,
    ...repository(),
    engines,
    os: [os],
    cpu: [cpu],
    ...(os === 'linux' && { libc: ['glibc'] }),
    // What Plug'n'Play keeps in an archive cannot be linked from.
    preferUnplugged: true,
    files: ['*.node', 'THIRD-PARTY-LICENSES.md'],
  };
}
