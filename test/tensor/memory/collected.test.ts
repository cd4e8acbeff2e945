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
      const torch = require(${JSON.stringify(path.join(__dirname, '../../../ts/tensor'))});
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

describe('the garbage of a synchronous loop without scopes', () => {
  it('is collected before it holds 64 MiB', () => {
    const code = `
      require('tsx/cjs');
      const torch = require(${JSON.stringify(path.join(__dirname, '../../../ts/tensor'))});
      const x = torch.randn([64, 256]);
      const before = torch.allocatedBytes();
      let most = 0;
      for (let i = 0; i < 5000; i++) {
        x.mul(2).add(1).relu().sum();
        if (i % 20 === 0) most = Math.max(most, torch.allocatedBytes() - before);
      }
      console.log(Math.round(most / 2 ** 20));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', code], {
      encoding: 'utf8',
      timeout: 120_000,
      env: { ...process.env, OMP_NUM_THREADS: '1' },
    });
    assert.ok(stdout.trim() !== '' && Number(stdout) <= 64, stdout + stderr);
  });

  it('is collected less often where the tensors are in use', () => {
    const code = `
      require('tsx/cjs');
      const torch = require(${JSON.stringify(path.join(__dirname, '../../../ts/tensor'))});
      const { binding } = require(${JSON.stringify(path.join(__dirname, '../../../ts/native/binding'))});
      const { collectedYoung } = binding;
      let count = 0;
      binding.collectedYoung = () => (count++, collectedYoung());
      const alive = [];
      for (let i = 0; i < 640; i++) alive.push(torch.zeros([2 ** 18])); // 1 MiB each
      const kept = count;
      for (let i = 0; i < 2000; i++) torch.zeros([2 ** 18]);
      console.log(kept, count - kept > 20, alive.every((tensor) => tensor.sum().item() === 0));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', code], {
      encoding: 'utf8',
      timeout: 120_000,
      env: { ...process.env, OMP_NUM_THREADS: '1' },
    });
    // At 16, 48, 112, 240 and 496 MiB.
    assert.equal(stdout.trim(), '5 true true', stderr);
  });
});
