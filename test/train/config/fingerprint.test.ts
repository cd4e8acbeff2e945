import assert from 'node:assert/strict';
import { changedKeys, fingerprint } from '../../../ts/train/config/fingerprint';

const config = { seed: 0, device: 'cpu', log: { everySteps: 10 }, optimizer: { lr: 1, betas: [0.9, 0.99] } };
const free = ['device', 'log'];

describe('the fingerprint of a configuration', () => {
  it('does not depend on the order of keys', () => {
    const { seed, ...rest } = config;
    assert.equal(fingerprint({ ...rest, seed }, free), fingerprint(config, free));
  });

  it('ignores the free keys and whole free groups', () => {
    assert.equal(fingerprint({ ...config, device: 'cuda', log: { everySteps: 1 } }, free), fingerprint(config, free));
  });

  it('changes with any other value', () => {
    assert.notEqual(fingerprint({ ...config, seed: 1 }, free), fingerprint(config, free));
    assert.notEqual(fingerprint({ ...config, optimizer: { lr: 1, betas: [0.9, 0.98] } }, free), fingerprint(config, free));
  });

  it('comes with the names of the keys that differ', () => {
    assert.deepEqual(changedKeys(config, { ...config, device: 'cuda', seed: 1, optimizer: { lr: 2, betas: [0.9, 0.99] } }, free), [
      'optimizer.lr',
      'seed',
    ]);
  });
});
