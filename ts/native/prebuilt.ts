/**
 * Addons that were compiled elsewhere: the package of this platform has one for each minor version of libtorch, for the CPU and
 * every CUDA flavour alike. Such an addon knows no path of libtorch; it looks for the libraries beside itself, and is put there.
 */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../errors';
import { cacheFolder } from './libtorch/cache';
import { requestedFlavour } from './libtorch/flavour';
import { locateLibtorch } from './libtorch/locate';
import { optionalPackage, packageVersion } from './package';
import { describeSystemError, isSystemError } from './system-error';

/** The npm package with the addons of this platform, such as `@torchts/linux-x64`. */
export const platformPackage = `@torchts/${process.platform}-${process.arch}`;

/** The folder of that package; undefined where it is not installed. */
export function prebuiltFolder(): string | undefined {
  try {
    return dirname(require.resolve(`${platformPackage}/package.json`));
  } catch {
    return undefined;
  }
}

/**
 * What to do where torchts was installed without the package of this platform, in a sentence; undefined where it is installed, and
 * where there is none: in a checkout, and for a platform that no addons are published for.
 */
export function missingPackageFix(): string | undefined {
  const wanted = optionalPackage(platformPackage);
  return wanted === undefined || prebuiltFolder() !== undefined
    ? undefined
    : `The addon for this platform is in a package that is not installed, because optional packages were left out or the lock was written on another platform: run \`npm install ${wanted}\` where torchts is installed.`;
}

/** The minor versions of libtorch for which a folder has an addon, such as `2.13`. */
function prebuiltVersions(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => /^torchts-(\d+\.\d+)\.node$/.exec(name)?.[1] ?? []);
}

/** An addon of the package of this platform, and the libraries of the libtorch for which it was compiled. */
export interface Prebuilt {
  readonly addon: string;
  readonly libraries: string;
}

/** The addon for the libtorch of this machine, or one clause that says why the package of this platform gives none. */
export function locatePrebuilt(): Prebuilt | string {
  const folder = prebuiltFolder();
  if (folder === undefined) return 'it is not installed';
  const version = versionOf(folder);
  if (version !== packageVersion())
    return `it is version ${version}, and torchts is ${packageVersion()}: install both in one version`;
  const { found } = locateLibtorch(requestedFlavour(), process.env, { headers: false });
  if (!found) return 'there is no libtorch on this machine';
  const versions = prebuiltVersions(folder);
  const minor = minorOf(found.version);
  return versions.includes(minor)
    ? { addon: join(folder, `torchts-${minor}.node`), libraries: join(found.folder, 'lib') }
    : `libtorch is version ${found.version}, and it has addons for ${versions.join(', ')}`;
}

/** Whether the package of this platform has an addon for a version of libtorch, such as `2.13.0`. */
export function hasAddonFor(version: string): boolean {
  const folder = prebuiltFolder();
  return folder !== undefined && prebuiltVersions(folder).includes(minorOf(version));
}

function versionOf(folder: string): string {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return version;
}

function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

/**
 * A copy of the addon in a folder of the cache, among links to the libraries, which may lie where nobody can write.
 * @throws InputError when the cache cannot be written
 */
export function besideLibtorch({ addon, libraries }: Prebuilt): string {
  const folder = join(cacheFolder(), 'addons', keyOf(addon, libraries));
  const file = join(folder, 'torchts.node');
  if (existsSync(file)) return file;
  try {
    mkdirSync(dirname(folder), { recursive: true });
    const partial = mkdtempSync(`${folder}.`);
    try {
      for (const name of readdirSync(libraries)) symlinkSync(join(libraries, name), join(partial, name));
      copyFileSync(addon, join(partial, 'torchts.node'));
      // Those that it loads when they are first needed (native/distributed), for the same libtorch.
      for (const name of ['torchts_distributed', 'torchts_nccl']) {
        const other = join(dirname(addon), basename(addon).replace('torchts-', `${name}-`));
        if (existsSync(other)) copyFileSync(other, join(partial, `${name}.node`));
      }
      // Another process may have been faster; its folder is as good.
      if (!existsSync(file)) renameSync(partial, folder);
    } catch (error) {
      if (!existsSync(file)) throw error;
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
    return file;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new InputError(
      `The addon is put beside libtorch in ${folder}, which fails (${describeSystemError(error)}); set XDG_CACHE_HOME to a folder that can be written.`,
      { cause: error },
    );
  }
}

/** Changes with either of the two. */
function keyOf(addon: string, libraries: string): string {
  const hash = createHash('sha256');
  for (const path of [addon, libraries]) {
    const { size, mtimeMs } = statSync(path);
    hash.update(JSON.stringify([path, size, mtimeMs]));
  }
  return hash.digest('hex').slice(0, 16);
}
