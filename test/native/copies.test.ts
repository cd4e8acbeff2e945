import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.join(__dirname, '../..');
const NEEDED = ['dist', 'build/Release/torchts.node', 'package.json'];
// The other copies are told from each other by the loader's own list, which is read on Linux.
// TORCHTS_ADDON gives all copies one addon, as scripts/sanitize.sh does: then there is none to tell from another.
const runs =
  process.platform === 'linux' &&
  process.env.TORCHTS_ADDON === undefined &&
  NEEDED.every((name) => existsSync(path.join(ROOT, name)));

(runs ? describe : describe.skip)(
  'copies in node_modules (Linux; needs dist and the addon, which `make build` writes, and no TORCHTS_ADDON)',
  function () {
    this.timeout(120_000);
    let folder: string;
    before(() => {
      folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'torchts-copies-')));
      for (const parent of ['a', 'b']) install(path.join(folder, 'node_modules', parent, 'node_modules/torchts'));
      mkdirSync(path.join(folder, 'node_modules/c/node_modules'), { recursive: true });
      symlinkSync('../../a/node_modules/torchts', path.join(folder, 'node_modules/c/node_modules/torchts'));
      symlinkSync('a/node_modules/torchts', path.join(folder, 'node_modules/torchts'));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    /** As a package manager does: a folder of its own, whose dependencies are found above it. */
    function install(into: string): void {
      for (const name of NEEDED) cpSync(path.join(ROOT, name), path.join(into, name), { recursive: true });
      symlinkSync(path.join(ROOT, 'node_modules'), path.join(into, 'node_modules'));
    }

    function evaluate(script: string): string {
      const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        cwd: folder,
        encoding: 'utf8',
      });
      assert.deepEqual({ status, signal }, { status: 0, signal: null }, stdout + stderr);
      return stdout;
    }
    const REQUIRE = `import { createRequire } from 'node:module'; const of = (parent) => createRequire(process.cwd() + '/node_modules/' + parent + '/index.js')('torchts').torch;`;

    it('two of them: an error with both paths and what to do, and the first goes on', () => {
      const said = evaluate(`${REQUIRE} const first = of('a'); console.log(first.ones([2]).sum().item());
      try { of('b').ones([2]); console.log('nothing thrown'); } catch (error) { console.log(error.code, error.message); }
      console.log(first.ones([3]).sum().item());`);
      assert.match(said, /^2\nTTS_ADDON [^]*\n3\n$/);
      assert.match(said, /another copy of torchts/);
      for (const parent of ['a', 'b'])
        assert.ok(
          said.includes(path.join(folder, 'node_modules', parent, 'node_modules/torchts/build/Release/torchts.node')),
          said,
        );
      assert.match(said, /1\. Let the project have one copy: `npm ls torchts`/);
    });

    it('a link to the other is the same: one load', () => {
      assert.equal(
        evaluate(
          `${REQUIRE} const first = of('a'), linked = of('c'); console.log(first === linked, first.ones([2]).add(linked.ones([2])).sum().item());`,
        ),
        'true 4\n',
      );
    });

    it('import and require of one are one load', () => {
      assert.equal(
        evaluate(
          `${REQUIRE} import { torch } from 'torchts'; const required = of('a'); console.log(torch === required, torch.ones([2]).add(required.ones([2])).sum().item());`,
        ),
        'true 4\n',
      );
    });
  },
);
