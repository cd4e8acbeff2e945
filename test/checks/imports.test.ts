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
    const files = {
      'ts/tensor/core/tensor.ts': `import type { Module } from '../../nn/module';`,
      'ts/nn/module.ts': '',
    };
    assert.deepEqual(inRepository(files, checkImports), [
      'ts/tensor/core/tensor.ts imports ts/nn/module.ts, which is not in a layer below it.',
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

  it('finds an import that points up among the folders of a task', () => {
    const files = {
      'ts/tasks/vocdet/annotations/coco.ts': `import '../splits/open'; import '../report'; import './names';`,
      'ts/tasks/vocdet/annotations/names.ts': '',
      'ts/tasks/vocdet/splits/open.ts': `import '../annotations/names';`,
      'ts/tasks/vocdet/report.ts': `import './splits/open';`,
      'ts/tasks/vocdet/drawer/odds.ts': `import '../annotations/coco';`,
    };
    assert.deepEqual(inRepository(files, checkImports), [
      'ts/tasks/vocdet/annotations/coco.ts imports ts/tasks/vocdet/splits/open.ts, which is not in a folder below it.',
      'ts/tasks/vocdet/annotations/coco.ts imports ts/tasks/vocdet/report.ts, which is not in a folder below it.',
      'ts/tasks/vocdet/drawer/odds.ts lies in a folder of ts/tasks/vocdet that has no place in the order.',
    ]);
  });

  it('finds one among the folders of the tensor layer, of a type or of a whole namespace as well', () => {
    const files = {
      'ts/tensor/core/tensor.ts': `import type { Index } from '../members/indexing';`,
      'ts/tensor/members/indexing.ts': '',
      'ts/tensor/types/dtype.ts': `export * as core from '../core/tensor';`,
    };
    assert.deepEqual(inRepository(files, checkImports), [
      'ts/tensor/core/tensor.ts imports ts/tensor/members/indexing.ts, which is not in a folder below it.',
      'ts/tensor/types/dtype.ts imports ts/tensor/core/tensor.ts, which is not in a folder below it.',
    ]);
  });

  it('finds files that import each other in a circle, be it for types', () => {
    const files = {
      'ts/tensor/core/context.ts': `import type { Scope } from './scope';`,
      'ts/tensor/core/modes.ts': `import { context } from './context';`,
      'ts/tensor/core/scope.ts': `export const open = (context: import('./modes').Modes) => context;`,
    };
    assert.deepEqual(inRepository(files, checkImports), [
      'ts/tensor/core/context.ts imports ts/tensor/core/scope.ts imports ts/tensor/core/modes.ts imports ts/tensor/core/context.ts: a circle.',
    ]);
  });

  it('finds nothing in this repository', () => {
    assert.deepEqual(checkImports(repository), []);
  });
});
