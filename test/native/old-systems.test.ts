import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { libtorchLibFolder, localAddon } from '../../ts/native/load';

/** The newest version of each set of symbols that the files ask of the system's libraries, such as GLIBC 2.28. */
function newestVersions(files: readonly string[]): Map<string, string> {
  const { stdout } = spawnSync('readelf', ['--version-info', '--wide', ...files], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const found = new Map<string, string>();
  for (const [, set, version] of stdout.matchAll(/Name: (GLIBC|GLIBCXX|CXXABI)_([\d.]+) +Flags/g)) {
    const newest = found.get(set!);
    if (newest === undefined || isNewer(version!, newest)) found.set(set!, version!);
  }
  return found;
}

function isNewer(version: string, than: string): boolean {
  return version.localeCompare(than, undefined, { numeric: true }) > 0;
}

describe('the addon, on an older system than the one that compiled it', () => {
  before(function () {
    if (process.platform !== 'linux' || spawnSync('readelf', ['--version']).status !== 0) this.skip();
  });

  it('asks for no newer C or C++ library than libtorch does', () => {
    const folder = libtorchLibFolder()!;
    const libtorch = newestVersions(
      readdirSync(folder)
        .filter((name) => /^lib(c10|torch|torch_cpu)\.so$/.test(name))
        .map((name) => join(folder, name)),
    );
    const addon = newestVersions([localAddon]);
    assert.deepEqual([...addon.keys()].sort(), ['CXXABI', 'GLIBC', 'GLIBCXX']);
    for (const [set, version] of addon)
      assert.ok(!isNewer(version, libtorch.get(set)!), `${set}_${version}, and libtorch asks for ${libtorch.get(set)}`);
  });
});
