import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { repository } from './fixture';

/** Scripts that write committed files; with `--check` they compare instead. */
const SCRIPTS = ['generate-surface.ts', 'operator-table.ts', 'release/licences.ts'];

describe('what is generated', () => {
  for (const script of SCRIPTS) {
    it(`is what scripts/${script} makes of its sources today`, () => {
      const { status, stderr } = spawnSync(
        process.execPath,
        ['--import', 'tsx', path.join(repository, 'scripts', script), '--check'],
        { encoding: 'utf8' },
      );
      assert.equal(status, 0, stderr);
    });
  }
});
