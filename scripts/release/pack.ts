import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { COMMANDS, mainManifest, platformManifest, readManifest, repository, ROOT } from './manifests';

/** Packs torchts as it is published, from a checkout whose dist/ is compiled; gives the tarball. */
export function packMain(out: string): string {
  return inFolder((folder) => {
    // npm itself knows best which files belong to a package.
    const tarball = npmPack(ROOT, folder);
    execFileSync('tar', ['-xf', tarball, '-C', folder]);
    const content = join(folder, 'package');
    writeManifest(content, mainManifest());
    forgetMaps(join(content, 'dist'));
    return npmPack(content, out);
  });
}

/** Takes the last line of the compiler's out of its files: the maps that it names are not published. */
function forgetMaps(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(js|d\.ts)$/.test(name)) continue;
    const file = join(folder, name);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/\/\/# sourceMappingURL=\S+\n?$/, ''));
  }
}

/** Packs the addons of a platform. */
export function packPlatform(platform: string, addons: readonly string[], out: string): string {
  return inFolder((folder) => {
    for (const addon of addons) cpSync(addon, join(folder, addon.slice(addon.lastIndexOf('/') + 1)));
    writeManifest(folder, platformManifest(platform));
    return packWithLicence(folder, out);
  });
}

/** Packs the packages that are nothing but a command. */
export function packCommands(out: string): string[] {
  return COMMANDS.map((name) =>
    inFolder((folder) => {
      cpSync(join(ROOT, 'packages', name), folder, { recursive: true });
      writeManifest(folder, { ...readManifest(join('packages', name)), ...repository() });
      return packWithLicence(folder, out);
    }),
  );
}

function packWithLicence(folder: string, out: string): string {
  for (const name of ['LICENSE', 'THIRD-PARTY-LICENSES.md']) cpSync(join(ROOT, name), join(folder, name));
  return npmPack(folder, out);
}

/** npm gives every file the same date and owner, so the same files are the same bytes. */
function npmPack(folder: string, out: string): string {
  mkdirSync(out, { recursive: true });
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', resolve(out)];
  return join(resolve(out), execFileSync('npm', args, { cwd: folder, encoding: 'utf8' }).trim());
}

function writeManifest(folder: string, manifest: object): void {
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function inFolder<Result>(work: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'torchts-package-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
