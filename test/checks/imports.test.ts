import assert from 'node:assert/strict';
import { checkImports } from '../../scripts/checks/imports';
import { inRepository, repository } from './fixture';

describe('the check of imports', () => {
  it('takes imports that point down', () => {
    const files = {
      'ts/errors.ts': '',
      'ts/native/load.ts': `import '../errors';`,
      'ts/tensor/index.ts': `import { x } from '../native/load';`,
      'ts/nn/linear.ts': `import type { Tensor } from '../tensor';`,
      'ts/index.ts': `export * from './nn/linear';`,
    };
    assert.deepEqual(inRepository(files, checkImports), []);
  });

  it('finds an import that points up, a type as well', () => {
    const files = { 'ts/tensor/tensor.ts': `import type { Module } from '../nn/module';`, 'ts/nn/module.ts': '' };
    assert.deepEqual(inRepository(files, checkImports), [
      'ts/tensor/tensor.ts imports ts/nn/module.ts, which is not in a layer below it.',
    ]);
  });

  it('finds an import between neighbours', () => {
    const files = { 'ts/data/loader.ts': `export { decode } from '../vision/image';`, 'ts/vision/image.ts': '' };
    assert.equal(inRepository(files, checkImports).length, 1);
  });

  it('finds an import of the whole package from inside', () => {
    const files = { 'ts/nn/linear.ts': `const torch = require('..'); import '../index';`, 'ts/index.ts': '' };
    assert.deepEqual(inRepository(files, checkImports), [
      'ts/nn/linear.ts imports ts/index.ts, which lies in no layer below it.',
    ]);
  });

  it('finds nothing in this repository', () => {
    assert.deepEqual(checkImports(repository), []);
  });
});
