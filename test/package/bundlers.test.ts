import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { attempt, REPOSITORY, run } from './packed';

const PAGE = readFileSync(join(REPOSITORY, 'docs/bundlers.md'), 'utf8');
const ESBUILD = join(REPOSITORY, 'node_modules/esbuild');
const COMMAND = join(REPOSITORY, 'node_modules/.bin/esbuild');

/** The blocks of the page by the name of the file in their first line. */
const FILES = new Map([...PAGE.matchAll(/^```js\n\/\/ (\S+)\n([^]*?)^```/gm)].map(([, name, text]) => [name!, text!]));

describe('a bundle of a program that uses torchts', function () {
  this.timeout(120_000);
  let folder: string;
  const node = (file: string) => attempt(process.execPath, [file], folder);
  const esbuild = (...args: string[]) =>
    attempt(COMMAND, ['--bundle', '--platform=node', '--log-level=error', ...args], folder);

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'torchts-bundle-'));
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(REPOSITORY, join(folder, 'node_modules/torchts'));
    symlinkSync(ESBUILD, join(folder, 'node_modules/esbuild'));
    writeFileSync(
      join(folder, 'app.js'),
      `const { torch } = require('torchts');\nconsole.log(torch.ones([2, 3]).sum().item());\n`,
    );
    for (const [name, text] of FILES) writeFileSync(join(folder, name), text);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('works with torchts external, as the page has it for esbuild', () => {
    const [, line] = /^ {4}npx esbuild (.*)$/m.exec(PAGE)!;
    run(COMMAND, line!.split(' '), folder);
    assert.deepEqual(node('bundle.cjs'), { status: 0, output: '6\n' });
    rmSync(join(folder, 'bundle.cjs'));
    run(process.execPath, ['build.mjs'], folder);
    assert.deepEqual(node('bundle.cjs'), { status: 0, output: '6\n' });
  });

  for (const [format, file] of [
    ['cjs', 'inside.cjs'],
    ['esm', 'inside.mjs'],
  ] as const) {
    it(`says in one error to mark torchts external where it was bundled (${format})`, () => {
      const { status, output } = esbuild('app.js', `--format=${format}`, '--external:sharp', `--outfile=${file}`);
      assert.equal(status, 0, output);
      const failed = node(file);
      assert.equal(failed.status, 1);
      assert.match(
        failed.output,
        /^BundledError: torchts was bundled, and its native addon cannot be: mark torchts external \(Next: [^]*docs\/bundlers\.md/m,
      );
      assert.match(failed.output, /code: 'TTS_BUNDLED'/);
    });
  }

  it('fails in esbuild with the messages of the page, when nothing is external', () => {
    const { status, output } = esbuild('app.js', '--outfile=nothing.cjs');
    assert.equal(status, 1);
    for (const message of [
      'Could not resolve require("../src/build/Release/sharp-*-*.node")',
      'No loader is configured for ".node" files',
    ]) {
      assert.ok(output.includes(message) && PAGE.includes(message), output);
    }
  });

  it('has configurations on the page that name torchts', async () => {
    const exported = async (name: string): Promise<unknown> =>
      ((await import(pathToFileURL(join(folder, name)).href)) as { default: unknown }).default;
    assert.deepEqual(await exported('next.config.mjs'), { serverExternalPackages: ['torchts'] });
    assert.deepEqual(await exported('vite.config.mjs'), {
      ssr: { external: ['torchts'] },
      build: { rollupOptions: { external: ['torchts'] } },
    });
    assert.deepEqual(await exported('webpack.config.cjs'), {
      target: 'node',
      entry: './app.js',
      externals: { torchts: 'commonjs torchts' },
    });
    assert.deepEqual([...FILES.keys()], ['build.mjs', 'webpack.config.cjs', 'next.config.mjs', 'vite.config.mjs']);
  });
});
