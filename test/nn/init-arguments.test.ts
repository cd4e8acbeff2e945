import assert from 'node:assert/strict';
import { nn, torch } from '../../ts';

const { init } = nn;
const filled = (fill: (tensor: torch.Tensor) => torch.Tensor): unknown => {
  torch.manualSeed(0);
  return fill(torch.empty([4, 4])).tolist();
};

describe('nn.init', () => {
  const pairs: [string, (t: torch.Tensor) => torch.Tensor, (t: torch.Tensor) => torch.Tensor][] = [
    ['uniform_', (t) => init.uniform_(t, -1, 2), (t) => init.uniform_(t, { a: -1, b: 2 })],
    ['normal_', (t) => init.normal_(t, 1, 2), (t) => init.normal_(t, { mean: 1, std: 2 })],
    [
      'truncNormal_',
      (t) => init.truncNormal_(t, 0, 0.02, -1, 1),
      (t) => init.truncNormal_(t, { std: 0.02, a: -1, b: 1 }),
    ],
    ['constant_', (t) => init.constant_(t, 0.5), (t) => init.constant_(t, { val: 0.5 })],
    ['xavierUniform_', (t) => init.xavierUniform_(t, 2), (t) => init.xavierUniform_(t, { gain: 2 })],
    ['xavierNormal_', (t) => init.xavierNormal_(t, 2), (t) => init.xavierNormal_(t, { gain: 2 })],
    [
      'kaimingUniform_',
      (t) => init.kaimingUniform_(t, 1, 'fan_out', 'relu'),
      (t) => init.kaimingUniform_(t, { a: 1, mode: 'fan_out', nonlinearity: 'relu' }),
    ],
    ['kaimingNormal_', (t) => init.kaimingNormal_(t, 1), (t) => init.kaimingNormal_(t, { a: 1 })],
    ['orthogonal_', (t) => init.orthogonal_(t, 3), (t) => init.orthogonal_(t, { gain: 3 })],
    ['sparse_', (t) => init.sparse_(t, 0.5, 0.1), (t) => init.sparse_(t, { sparsity: 0.5, std: 0.1 })],
    ['dirac_', (t) => init.dirac_(t.view([2, 2, 4]), 2), (t) => init.dirac_(t.view([2, 2, 4]), { groups: 2 })],
  ];
  for (const [name, byPosition, byName] of pairs) {
    it(`${name} takes its numbers by position and by name`, () => assert.deepEqual(filled(byPosition), filled(byName)));
  }

  it('takes a generator either way', () => {
    const draw = (options: (generator: torch.Generator) => torch.Tensor) =>
      options(new torch.Generator().manualSeed(5)).tolist();
    assert.deepEqual(
      draw((generator) => init.uniform_(torch.empty([3]), -1, 1, { generator })),
      draw((generator) => init.uniform_(torch.empty([3]), { a: -1, generator })),
    );
  });

  it('refuses what it does not know', () => {
    assert.throws(() => init.uniform_(torch.empty([1]), { low: 0 } as object), /the option 'low' does not exist/);
    assert.throws(() => init.uniform_(torch.empty([1]), 0, 1, { a: 1 } as object), /expected 'a' once/);
    assert.throws(() => init.normal_(torch.empty([1]), '0' as never), /expected a number for mean, found "0"/);
    assert.throws(() => init.constant_(torch.empty([1]), null as never), /expected a number for val/);
  });
});
