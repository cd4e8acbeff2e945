import assert from 'node:assert/strict';
import { checkUnusedOptions } from '../../scripts/checks/unused-options';
import { inRepository, repository } from './fixture';

const OPTIONS = 'export interface FOptions {\n  readonly p?: number;\n  readonly q?: number;\n}\n';
const Q = (path: string, line: number): string =>
  `${path}:${line} has an option q that nothing reads: use it, or take it out.`;

describe('the check of options that nothing reads', () => {
  it('finds one of an interface, of a type, and of a type that is written where options are read', () => {
    const files = {
      'ts/nn/a.ts': `${OPTIONS}export const f = ({ p }: FOptions) => p;`,
      'ts/nn/b.ts': 'type GOptions = { q?: number };\n',
      'ts/nn/c.ts': `const { p } = resolveOptions<{ p: number; q: number }>('h', { p: 1, q: 2 }, options);`,
    };
    assert.deepEqual(inRepository(files, checkUnusedOptions), [
      Q('ts/nn/a.ts', 3),
      Q('ts/nn/b.ts', 1),
      Q('ts/nn/c.ts', 1),
    ]);
  });

  it('takes one that is read by access, by its name in brackets, in a pattern, or in a layer below', () => {
    for (const read of ['options.q', "options['q']", '(({ q }) => q)(options)', '(({ q: other }) => other)(options)'])
      assert.deepEqual(
        inRepository({ 'ts/nn/a.ts': OPTIONS, 'ts/tensor/b.ts': `f(options.p, ${read});` }, checkUnusedOptions),
        [],
        read,
      );
  });

  it('does not count what is written, named for defaults, or read in a layer above', () => {
    const files = {
      'ts/nn/a.ts': `${OPTIONS}const f = ({ p }: FOptions) => ({ p, q: 1 });\noptions.q = 2;`,
      'ts/cli/b.ts': 'f(options.q);',
    };
    assert.deepEqual(inRepository(files, checkUnusedOptions), [Q('ts/nn/a.ts', 3)]);
  });

  it('finds nothing in this repository', () => {
    assert.deepEqual(checkUnusedOptions(repository), []);
  });
});
