import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** The running node, and those that TORCHTS_NODES names as PATH names folders; `make nodes` does. */
const NODES = [process.execPath, ...(process.env.TORCHTS_NODES ?? '').split(path.delimiter).filter(Boolean)];

/** What the smoke program computed with `node`. */
function computed(node: string): string {
  const { status, signal, stdout, stderr } = spawnSync(
    node,
    ['--import', require.resolve('tsx'), path.join(__dirname, 'smoke-program.ts')],
    { encoding: 'utf8' },
  );
  assert.deepEqual({ status, signal }, { status: 0, signal: null }, stdout + stderr);
  return stdout;
}

describe('one build of the addon', () => {
  let expected: string | undefined;

  for (const node of NODES) {
    const version =
      spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.trim() ?? `${node}, which does not run`;
    it(`serves Node ${version}: collection, contexts, threads, promises, and the same numbers`, function () {
      this.timeout(300_000);
      const found = computed(node);
      assert.match(found, /^\{"losses":\[.*\],"weights":"[0-9a-f]{64}"\}\n$/);
      assert.equal(found, (expected ??= found));
    });
  }
});
