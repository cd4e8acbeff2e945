import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sources } from '../../scripts/checks/sources';
import { docstringExamplesOf, examplesOf, type Example } from './examples';

const REPOSITORY = join(__dirname, '../..');
const PAGES = [
  'README.md',
  ...readdirSync(join(REPOSITORY, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

const SOURCES = sources(REPOSITORY, ['ts'], ['.ts']);

const named = (path: string, found: readonly Example[]) =>
  found.map((example) => ({
    ...example,
    name: `${path}:${example.line}`,
    file: `${path.replaceAll(/\W/g, '-')}-${example.line}`,
  }));
const ofPages = PAGES.flatMap((page) => named(page, examplesOf(readFileSync(join(REPOSITORY, page), 'utf8'))));
const ofDocstrings = SOURCES.flatMap(({ path, text }) => named(path, docstringExamplesOf(text)));
const examples = [...ofPages, ...ofDocstrings];

describe('the examples of README, docs and docstrings', function () {
  this.timeout(300_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'torchts-examples-'));
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(REPOSITORY, join(folder, 'node_modules', 'torchts'));
    for (const { file, program } of examples) writeFileSync(join(folder, `${file}.mts`), program);
    const compilerOptions = {
      module: 'node16',
      target: 'es2022',
      lib: ['ES2023', 'ESNext.Disposable'],
      strict: true,
      typeRoots: [join(REPOSITORY, 'node_modules/@types')],
      types: ['node'],
      skipLibCheck: true,
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.mts'] }));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('are there', () => {
    assert.ok(ofPages.length >= 12, `found ${ofPages.length}`);
    assert.equal(ofDocstrings.length, SOURCES.flatMap(({ text }) => text.match(/@example/g) ?? []).length);
  });

  it('compile', () => {
    const { stdout } = spawnSync(
      process.execPath,
      [join(REPOSITORY, 'node_modules/typescript/bin/tsc'), '-p', folder],
      { encoding: 'utf8' },
    );
    assert.equal(stdout, '');
  });

  for (const { name, file, prints } of examples) {
    it(`run${prints ? ' and print what they say' : ''}: ${name}`, () => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [`${file}.mjs`], {
        cwd: folder,
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
      if (prints) assert.deepEqual(stdout.trimEnd().split('\n'), prints);
    });
  }
});
