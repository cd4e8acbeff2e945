import assert from 'node:assert/strict';
import { checkDocs } from '../../scripts/checks/docs';
import { inRepository, repository } from './fixture';

const found = (files: Readonly<Record<string, string>>): string[] => inRepository({ 'tsconfig.json': '{}', ...files }, checkDocs);

describe('the check of docstrings', () => {
  it('takes what has a sentence, and options whose fields have one', () => {
    const index = `
      /** One. */
      export const one = 1;
      export interface Options {
        /** How many. @default 1 */
        readonly count?: number;
      }
      export * as inner from './inner';
      const own = 2;
    `;
    assert.deepEqual(found({ 'ts/index.ts': index, 'ts/inner.ts': '/** Nothing. */\nexport function none(): void {}' }), []);
  });

  it('finds what has none, wherever it is exported', () => {
    const files = {
      'ts/index.ts': `export * as inner from './inner';\nexport { C as D } from './inner';\n`,
      'ts/inner.ts': `/** @throws never */\nexport function f(): void {}\nexport class C {}\nexport interface Options {\n  readonly count?: number;\n}\n`,
    };
    assert.deepEqual(found(files), ['C', 'Options', 'f'].map((name, i) => `ts/inner.ts:${[3, 4, 2][i]} exports ${name} without a word on it.`).sort());
  });

  it('finds nothing in this repository', function () {
    this.timeout(300_000);
    assert.deepEqual(checkDocs(repository), []);
  });
});
