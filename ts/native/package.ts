import { BundledError } from './bundled';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly libtorch: { readonly version: string };
}

/** The folder of torchts's own package.json: above dist/ in an installed package, above ts/ in the repository. */
export const packageRoot: string = findRoot(__dirname);

const manifest: Manifest = readManifest(packageRoot)!;

/** The one version of libtorch that this torchts fetches. */
export const LIBTORCH_VERSION: string = manifest.libtorch.version;

export function packageVersion(): string {
  return manifest.version;
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
