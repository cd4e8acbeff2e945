import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const REPOSITORY = join(__dirname, '../..');

/** A program that uses what a user would; the same text serves CommonJS, ES modules and TypeScript. */
const PROGRAM = `
const layer = new nn.Linear(2, 3);
const optimizer = new optim.SGD(layer.parameters(), { lr: 0.1 });
const loss = layer.forward(torch.ones([4, 2])).sum();
loss.backward();
optimizer.step();
console.log(loss.shape.length, layer.weight.grad === null, typeof loss.item());
`;

describe('the packed package, installed in a folder outside the repository', () => {
  let folder: string;
  let app: string;
  let installed: string;

  before(function () {
    this.timeout(300_000);
    folder = mkdtempSync(join(tmpdir(), 'torchts-pack-'));
    app = join(folder, 'app');
    installed = join(app, 'node_modules', 'torchts');
    mkdirSync(installed, { recursive: true });
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: REPOSITORY, encoding: 'utf8' });
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
    execFileSync('tar', ['-xzf', join(folder, tarball), '-C', installed, '--strip-components=1']);
    // The dependencies that npm would install, and the addon that `torchts setup` would build.
    symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
    symlinkSync(join(REPOSITORY, 'build'), join(installed, 'build'));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (file: string, text: string): string => {
    writeFileSync(join(app, file), text);
    return execFileSync(process.execPath, [file], { cwd: app, encoding: 'utf8' });
  };

  it('carries the compiled code, its maps and its sources, the C++ source, the icons of the drawn scenes and the licence', () => {
    for (const path of ['dist/index.js', 'dist/index.d.ts', 'dist/index.d.ts.map', 'dist/index.js.map', 'ts/index.ts', 'native/addon.cc', 'CMakeLists.txt', 'binding.gyp', 'data/vocdet/emoji/airplane.svg', 'LICENSE', 'README.md']) {
      assert.ok(existsSync(join(installed, path)), path);
    }
  });

  it('carries no tests, no reference code, no datasets and no build state', () => {
    for (const path of ['test', 'bench', 'data/interim', 'data/processed', 'native/reference', 'dist/.tsbuildinfo', 'dist/.made', '.ci', '.mocharc.json']) {
      assert.ok(!existsSync(join(installed, path)), path);
    }
  });

  it("works with require('torchts')", () => {
    assert.equal(run('program.cjs', `const torch = require('torchts'); const { nn, optim } = torch;${PROGRAM}`), '0 false number\n');
  });

  it("works with import { nn, optim } from 'torchts'", () => {
    assert.equal(run('program.mjs', `import * as torch from 'torchts'; import { nn, optim } from 'torchts';${PROGRAM}`), '0 false number\n');
  });

  it('gives its package.json', () => {
    assert.equal(run('version.cjs', `console.log(require('torchts/package.json').name)`), 'torchts\n');
  });

  it('installs its commands', () => {
    const help = execFileSync(process.execPath, [join(installed, 'dist/cli/torchts.js'), '--help'], { encoding: 'utf8' });
    assert.match(help, /Usage: torchts/);
  });

  it('type-checks from CommonJS and from ES modules under node16', function () {
    this.timeout(300_000);
    const typed = `import * as torch from 'torchts';\nimport { nn, optim, type Tensor } from 'torchts';${PROGRAM}const shape: readonly number[] = (loss as Tensor).shape;\nvoid shape;\n`;
    const wrong = `import { nn } from 'torchts';\n// @ts-expect-error the size of a layer is a number\nnew nn.Linear('two', 3);\n`;
    writeFileSync(join(app, 'consumer.cts'), typed);
    writeFileSync(join(app, 'consumer.mts'), typed);
    writeFileSync(join(app, 'wrong.mts'), wrong);
    const compilerOptions = { module: 'node16', target: 'es2022', lib: ['ES2023', 'ESNext.Disposable'], strict: true, noEmit: true, types: ['node'] };
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.cts', 'consumer.mts', 'wrong.mts'] }));
    const { status, stdout } = spawnSync(process.execPath, [join(REPOSITORY, 'node_modules/typescript/bin/tsc'), '-p', app], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });
});
