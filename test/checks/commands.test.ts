import assert from 'node:assert/strict';
import { checkCommands } from '../../scripts/checks/commands';
import { inRepository, repository } from './fixture';

const ADDON = { 'ts/native/binding.ts': '', 'ts/tensor/index.ts': `export { load } from '../native/binding';` };

describe('the check of what a command loads', () => {
  it('takes types, and what is required once it is needed', () => {
    const files = {
      ...ADDON,
      'ts/cli/tool.ts': `#!/usr/bin/env node
import type { Tensor } from '../tensor';
import { type Device } from '../tensor';
export type { Stream } from '../tensor';
import './help';
const run = () => require('../tensor');
`,
      'ts/cli/help.ts': `import { Command } from 'commander';`,
    };
    assert.deepEqual(inRepository(files, checkCommands), []);
  });

  it('finds the way to the addon, through names that are passed on too', () => {
    const files = {
      ...ADDON,
      'ts/cli/tool.ts': `#!/usr/bin/env node\nimport './train';\n`,
      'ts/cli/other.ts': `import '../tensor';`,
      'ts/cli/train.ts': `import { type Tensor, zeros } from '../tensor';`,
    };
    assert.deepEqual(inRepository(files, checkCommands), [
      'ts/cli/tool.ts loads the addon before its command is known: ts/cli/tool.ts -> ts/cli/train.ts -> ts/tensor/index.ts -> ts/native/binding.ts.',
    ]);
  });

  it('finds nothing in this repository', () => {
    assert.deepEqual(checkCommands(repository), []);
  });
});
