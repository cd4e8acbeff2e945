import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { repository } from './fixture';

describe('the compiler', () => {
  it('takes the sources, tests, scripts, benches and examples', function () {
    this.timeout(600_000);
    const tsc = join(repository, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.test.json'], {
      cwd: repository,
      encoding: 'utf8',
    });
    assert.equal(stdout, '');
    assert.equal(status, 0);
  });
});
