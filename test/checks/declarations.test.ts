import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkDeclarations } from '../../scripts/checks/declarations';
import { inRepository, repository } from './fixture';

describe('the check of declarations', () => {
  it('takes the word in comments, strings and names', () => {
    assert.deepEqual(
      inRepository({ 'dist/a.d.ts': `/** any */\nexport declare const any: 'any';\n` }, checkDeclarations),
      [],
    );
  });

  it('finds an any, however deep', () => {
    const files = {
      'dist/a/b.d.ts': 'export declare const x: number;\nexport declare function f(): Promise<{ y: any[] }>;\n',
    };
    assert.deepEqual(inRepository(files, checkDeclarations), [
      'dist/a/b.d.ts:2 says any; state the type in the source.',
    ]);
  });

  it('finds nothing in this package', () => {
    assert.ok(existsSync(join(repository, 'dist/index.d.ts')), 'the package is to be compiled first: make build');
    assert.deepEqual(checkDeclarations(repository), []);
  });
});
