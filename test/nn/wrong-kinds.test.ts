import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PROGRAM = join(__dirname, 'wrong-kinds-program.ts');

describe('arguments of wrong kinds', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wrong-kinds-'));
  after(() => rmSync(folder, { recursive: true }));

  for (const [part, least] of Object.entries({ nn: 15_000, optim: 3_000, data: 1_500, vision: 2_000, torch: 50_000 })) {
    it(`of ${part} give a result or an error of the library`, async () => {
      const tsx = require.resolve('tsx/cjs');
      const { stdout } = await run(process.execPath, ['--require', tsx, PROGRAM, part], { cwd: folder });
      const { calls, raw } = JSON.parse(stdout) as { calls: number; raw: string[] };
      assert.deepEqual(raw, []);
      assert.ok(calls > least, `${calls} calls`);
    });
  }
});
