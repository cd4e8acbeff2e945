import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { repository } from './fixture';

describe('the compiler', () => {
  // The benches see the package as its users do, compiled.
  for (const [what, project] of [
    ['sources, tests, scripts and examples', 'tsconfig.test.json'],
    ['benches', 'bench/tsconfig.json'],
  ]) {
    it(`takes the ${what}`, function () {
      this.timeout(600_000);
      const tsc = join(repository, 'node_modules/typescript/bin/tsc');
      const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', project!, '--noEmit'], {
        cwd: repository,
        encoding: 'utf8',
      });
      assert.equal(stdout, '');
      assert.equal(status, 0);
    });
  }
});
