import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { newerThan, newestVersions } from '../../scripts/release/addon-check';
import { libtorchLibFolder, localAddon } from '../../ts/native/load';

describe('the addon, on an older system than the one that compiled it', () => {
  before(function () {
    if (process.platform !== 'linux' || spawnSync('readelf', ['--version']).status !== 0) this.skip();
  });

  for (const addon of ['torchts', 'torchts_distributed'])
    it(`asks for no newer C or C++ library than libtorch does (${addon})`, () => {
      const file = join(dirname(localAddon), `${addon}.node`);
      assert.deepEqual([...newestVersions([file]).keys()].sort(), ['CXXABI', 'GLIBC', 'GLIBCXX']);
      assert.deepEqual(newerThan(file, libtorchLibFolder()!), []);
    });
});
