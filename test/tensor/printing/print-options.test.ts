import assert from 'node:assert/strict';
import { torch } from '../../../ts';

const show = (data: torch.TensorData): string => String(torch.tensor(data));
const range = (end: number): torch.Tensor => torch.arange(end, { dtype: 'float32' });

// What PyTorch 2.13 prints.
describe('setPrintoptions', () => {
  afterEach(() => torch.setPrintoptions({ profile: 'default' }));

  it('sets the digits', () => {
    torch.setPrintoptions({ precision: 2 });
    assert.equal(show([1.12345, 22.5, 1e-3]), 'tensor([1.12e+00, 2.25e+01, 1.00e-03])');
  });

  it('sets what is summarized', () => {
    torch.setPrintoptions({ threshold: 5 });
    assert.equal(String(torch.arange(10)), 'tensor([0, 1, 2,  ..., 7, 8, 9])');
    torch.setPrintoptions({ precision: 8, edgeitems: 1, threshold: 4 });
    assert.equal(
      String(range(9).view(3, 3).div(7)),
      'tensor([[0.00000000,  ..., 0.28571430],\n        ...,\n        [0.85714287,  ..., 1.14285719]])',
    );
  });

  it('knows profiles', () => {
    torch.setPrintoptions({ profile: 'short' });
    assert.equal(String(range(1200).div(7)), 'tensor([0.00e+00, 1.43e-01,  ..., 1.71e+02, 1.71e+02])');
    torch.setPrintoptions({ profile: 'full' });
    assert.equal(String(range(1200).div(7)).length, 16000);
  });

  it('forces exponents or forbids them', () => {
    torch.setPrintoptions({ sciMode: true });
    assert.equal(show([1, 2]), 'tensor([1.0000e+00, 2.0000e+00])');
    torch.setPrintoptions({ sciMode: false });
    assert.equal(show([1e-8, 1.5]), 'tensor([0.0000, 1.5000])');
    assert.equal(torch.getPrintoptions().sciMode, false);
  });

  it('sets the width of a line', () => {
    torch.setPrintoptions({ linewidth: 30 });
    assert.equal(
      String(torch.arange(12)),
      'tensor([ 0,  1,  2,  3,  4,\n         5,  6,  7,  8,  9,\n        10, 11])',
    );
  });

  it('refuses what is none', () => {
    assert.throws(() => torch.setPrintoptions({ sci_mode: true } as object), /Did you mean sciMode/);
    assert.throws(() => torch.setPrintoptions({ profile: 'long' as never }), /'short' or 'full', found long/);
    assert.throws(() => torch.setPrintoptions({ precision: -1 }), /whole number from 0, found -1/);
  });
});
