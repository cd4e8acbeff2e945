import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const REPOSITORY = join(__dirname, '../..');
const read = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8');

describe('the README', () => {
  it('shows the program of examples/first-steps.ts', () => {
    assert.equal(/```ts\n([^]*?)```/.exec(read('README.md'))?.[1], read('examples/first-steps.ts'));
  });

  it('shows a program that learns what it says', () => {
    const args = ['--require', require.resolve('tsx/cjs'), 'examples/first-steps.ts'];
    const output = execFileSync(process.execPath, args, { cwd: REPOSITORY, encoding: 'utf8' });
    const reply = /^0\.25 \+ 0\.5 = (\S+)\n$/.exec(output)?.[1];
    assert.ok(Math.abs(Number(reply) - 0.75) <= 0.02, output);
  });

  const docs = readdirSync(join(REPOSITORY, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
  for (const page of ['README.md', 'CONTRIBUTING.md', ...docs]) {
    it(`links only to files that are there (${page})`, () => {
      const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) =>
        join(dirname(page), match[1]!),
      );
      assert.deepEqual(
        links.filter((link) => !existsSync(join(REPOSITORY, link))),
        [],
      );
    });
  }

  it('names for each line of the table of what is there a test that is there', () => {
    const [, table] = /^## What is there\n[^]*?\n\| --- \| --- \|\n((?:\|.*\|\n)+)/m.exec(read('README.md'))!;
    const lines = table!
      .trimEnd()
      .split('\n')
      .map((line) => ({ line, tests: [...line.matchAll(/`(test\/[^`]+)`/g)].map((match) => match[1]!) }));
    assert.ok(lines.length > 20);
    for (const { line, tests } of lines) {
      assert.ok(tests.length > 0, `no test in: ${line}`);
      for (const test of tests)
        assert.ok(test.endsWith('.test.ts') && existsSync(join(REPOSITORY, test)), `${test} is not there`);
    }
  });

  it('names only targets that the Makefile has', () => {
    const makefile = read('Makefile');
    const named = [...`${read('README.md')}${read('CONTRIBUTING.md')}`.matchAll(/(?:^ {4}|`)make ([a-z]+)/gm)].map(
      (match) => match[1]!,
    );
    assert.ok(named.length > 3);
    assert.deepEqual(
      named.filter((target) => !new RegExp(`^${target}:`, 'm').test(makefile)),
      [],
    );
  });
});
