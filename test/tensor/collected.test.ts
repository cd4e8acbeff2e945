import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';

/**
 * A handle on its way to the addon is all that is left of a tensor whose object nobody names any more. V8 may take the object
 * just then. Before the addon waited with the release, every other run of this ended in a DisposedTensorError.
 */
describe('a tensor whose object is collected while an operator is being called', () => {
  it('is still there for the operator', () => {
    const code = `
      require('tsx/cjs');
      const torch = require(${JSON.stringify(path.join(__dirname, '../../ts/tensor'))});
      const x = torch.randn([4], { requiresGrad: true });
      const hidden = (t) => torch.utils.checkpoint((u) => u.exp().sin(), t.exp()).exp();
      for (let i = 0; i < 3000; i++) torch.utils.checkpoint(hidden, x).sum().backward();
      for (let i = 0; i < 3000; i++) torch.ones([4]).add(torch.ones([4])).mul(torch.ones([4])).sum().item();
      console.log('done');`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--max-semi-space-size=1', '-e', code], {
      encoding: 'utf8',
      timeout: 120_000,
    });
    assert.equal(stdout.trim(), 'done', stderr);
  });
});
