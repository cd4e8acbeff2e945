import assert from 'node:assert/strict';
import { checkManifest } from '../../scripts/checks/manifest';
import { inRepository, repository } from './fixture';

const manifest = {
  main: './dist/index.js',
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' }, './package.json': './package.json' },
  bin: { tool: './dist/cli/tool.js' },
  files: ['dist', '!dist/.tsbuildinfo', 'native'],
};

describe('the check of package.json', () => {
  it('takes files that are there, or whose source is', () => {
    const files = {
      'package.json': JSON.stringify(manifest),
      'ts/index.ts': '',
      'ts/cli/tool.ts': '',
      'native/addon.cc': '',
    };
    assert.deepEqual(inRepository(files, checkManifest), []);
  });

  it('finds a promise that is not kept', () => {
    const files = { 'package.json': JSON.stringify(manifest), 'ts/index.ts': '' };
    assert.deepEqual(inRepository(files, checkManifest), [
      'package.json names native, which is not there.',
      'package.json names ./dist/cli/tool.js, which is not there.',
    ]);
  });

  it('finds nothing in this repository', () => {
    assert.deepEqual(checkManifest(repository), []);
  });
});
