import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { newerThan, newestVersions } from '../../scripts/release/addon-check';
import { libtorchLibFolder, localAddon } from '../../ts/native/load';

describe('the addon, on an older system than the one that compiled it', () => {
  before(function () {
    if (process.platform !== 'linux' || spawnSync('readelf', ['--version']).status !== 0) this.skip();
  });

  it('asks for no newer C or C++ library than libtorch does', () => {
    assert.deepEqual([...newestVersions([localAddon]).keys()].sort(), ['CXXABI', 'GLIBC', 'GLIBCXX']);
    assert.deepEqual(newerThan(localAddon, libtorchLibFolder()!), []);
  });
});
