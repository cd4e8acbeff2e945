import assert from 'node:assert/strict';
import { DeviceError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';

describe('torch.device', () => {
  it('gives the names that libtorch could know', () => {
    for (const name of ['cpu', 'cuda', 'cuda:12', 'mps', 'meta', 'xpu:0']) assert.equal(torch.device(name), name);
  });

  it('refuses all others', () => {
    for (const name of ['', 'gpu', 'cuda:', 'cuda:-1', 'cuda:1.5', ' cpu', 'CPU', 'cpu\n']) {
      assert.throws(
        () => torch.device(name),
        (error) => error instanceof DeviceError && error.message.endsWith(`found ${JSON.stringify(name)}`),
        name,
      );
    }
  });

  it('is what tensors name', () => {
    const tensor = torch.zeros([2], { device: torch.device('meta') });
    assert.equal(torch.device(tensor.device), 'meta');
  });
});
