import assert from 'node:assert/strict';
import { changedKeys, fingerprint, imageFingerprint } from '../../../ts/train/config/fingerprint';

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
    assert.notEqual(
      fingerprint({ ...config, optimizer: { lr: 1, betas: [0.9, 0.98] } }, free),
      fingerprint(config, free),
    );
  });

  it('changes with the value of a key that has a dot of its own, such as the name of a file', () => {
    const files = (digest: string) => ({ ...config, dataset: { 'train.csv': digest } });
    assert.notEqual(fingerprint(files('1'), free), fingerprint(files('2'), free));
    assert.deepEqual(changedKeys(files('1'), files('2'), free), ['dataset.train.csv']);
  });

  it('is that of earlier versions', () => assert.equal(fingerprint(config, free), 'aa1a39f8dc66cf43'));

  it('comes with the names of the keys that differ', () => {
    assert.deepEqual(
      changedKeys(config, { ...config, device: 'cuda', seed: 1, optimizer: { lr: 2, betas: [0.9, 0.99] } }, free),
      ['optimizer.lr', 'seed'],
    );
  });
});

describe('the fingerprint of labelled images', () => {
  const names = ['1.jpg', '2.jpg'];
  const labels = [Uint8Array.of(1, 0), Uint8Array.of(0, 1)];
  const whole = imageFingerprint(names, labels);

  it('is a sha256, the same for the same', () => {
    assert.match(whole, /^[0-9a-f]{64}$/);
    assert.equal(
      imageFingerprint(
        [...names],
        labels.map((row) => row.slice()),
      ),
      whole,
    );
  });

  it('takes labels as words too', () =>
    assert.equal(imageFingerprint(names, ['a', 'b']), imageFingerprint(names, [Buffer.from('a'), Buffer.from('b')])));

  const others: Record<string, string> = {
    'a name': imageFingerprint(['1.jpg', '3.jpg'], labels),
    'a label': imageFingerprint(names, [labels[0]!, Uint8Array.of(1, 1)]),
    'the order': imageFingerprint([...names].reverse(), [...labels].reverse()),
    'who has which label': imageFingerprint(names, [...labels].reverse()),
    'the number': imageFingerprint(names.slice(1), labels.slice(1)),
  };
  for (const [what, other] of Object.entries(others)) it(`changes with ${what}`, () => assert.notEqual(other, whole));
});
