import assert from 'node:assert/strict';
import { checkTypes } from '../../scripts/checks/types';
import { inRepository, repository } from './fixture';

describe('the check of types', () => {
  it('takes the word in comments, strings and names', () => {
    assert.deepEqual(inRepository({ 'ts/a.ts': `// any\nconst any = 'any'; x.any(any as unknown);` }, checkTypes), []);
  });

  it('finds an any wherever a type may stand', () => {
    const files = { 'ts/a.ts': `let x: any;\nf(x as any);\ntype T = Record<string, any>;` };
    assert.deepEqual(
      inRepository(files, checkTypes),
      [1, 2, 3].map((line) => `ts/a.ts:${line} says any; name the type, or unknown.`),
    );
  });

  it('finds a comment that silences the compiler', () => {
    const comment = ['// @ts', 'ignore'].join('-');
    assert.deepEqual(inRepository({ 'test/a.test.ts': `\n${comment}\nf(1);` }, checkTypes), [
      'test/a.test.ts:2 switches the type check off.',
    ]);
  });

  it('finds nothing in this repository', () => {
    assert.deepEqual(checkTypes(repository), []);
  });
});
