import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './manifests';

/** A package that npm installs with torchts, on some platform. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** In the words of SPDX. */
  readonly license: string;
}

interface LockedPackage {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly peer?: boolean;
}

/** What the lock of the checkout has besides tools, by name and version. */
export function installedPackages(): InstalledPackage[] {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const found = Object.entries(packages)
    .filter(([path, { dev, devOptional, peer }]) => path !== '' && !dev && !devOptional && !peer)
    .map(([path, { version, license }]) => ({ name: nameOf(path), version, license: license ?? 'no licence' }));
  const key = ({ name, version }: InstalledPackage): string => `${name} ${version}`;
  return [...new Map(found.map((one) => [key(one), one])).values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
