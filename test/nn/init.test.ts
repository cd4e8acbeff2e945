import assert from 'node:assert/strict';
import { InputError } from '../../ts/errors';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { assertClose, assertDrawn, assertSame, goldenJson, goldenTensors } from './golden';

const { init } = nn;

const fills: Record<string, (tensor: Tensor) => Tensor> = {
  uniform: (t) => init.uniform_(t, -0.5, 2),
  normal: (t) => init.normal_(t, 0.3, 0.7),
  trunc_normal: (t) => init.truncNormal_(t, 0, 0.02),
  trunc_normal_narrow: (t) => init.truncNormal_(t, 0.1, 1, -0.2, 0.4),
  trunc_normal_tail: (t) => init.truncNormal_(t, 0, 1, 1.5, 2.5),
  constant: (t) => init.constant_(t, 1.25),
  xavier_uniform: (t) => init.xavierUniform_(t, 1.5),
  xavier_normal: (t) => init.xavierNormal_(t),
  kaiming_uniform: (t) => init.kaimingUniform_(t, { a: 0.2 }),
  kaiming_uniform_fan_out: (t) => init.kaimingUniform_(t, { mode: 'fan_out', nonlinearity: 'relu' }),
  kaiming_normal: (t) => init.kaimingNormal_(t),
  kaiming_normal_fan_out: (t) => init.kaimingNormal_(t, { mode: 'fan_out', nonlinearity: 'tanh' }),
  orthogonal: (t) => init.orthogonal_(t, 2),
  uniform_default: (t) => init.uniform_(t),
  normal_default: (t) => init.normal_(t),
  trunc_normal_default: (t) => init.truncNormal_(t),
  xavier_uniform_default: (t) => init.xavierUniform_(t),
  kaiming_uniform_default: (t) => init.kaimingUniform_(t),
  orthogonal_default: (t) => init.orthogonal_(t),
};
const shapes = { wide: [4, 6], tall: [7, 3], conv: [4, 3, 2, 2] };

describe('nn.init', () => {
  const golden = goldenTensors('nn-init');

  for (const [name, fill] of Object.entries(fills)) {
    it(`${name} gives PyTorch's numbers for the same seed`, () => {
      for (const [shapeName, shape] of Object.entries(shapes)) {
        torch.manualSeed(0);
        assertDrawn(fill(torch.empty(shape)), golden.get(`${name}.${shapeName}`), `${name}.${shapeName}`);
      }
    });
  }

  it('truncNormal_ in bfloat16 gives PyTorch’s numbers', () => {
    torch.manualSeed(0);
    assertDrawn(
      init.truncNormal_(torch.empty([4, 6], { dtype: 'bfloat16' }), 0, 1),
      golden.get('trunc_normal_bfloat16.wide'),
    );
  });

  it('eye_ sets the diagonal', () => {
    assertSame(init.eye_(torch.empty([4, 6])), golden.get('eye.wide'));
  });

  for (const [name, shape] of Object.entries({ line: [4, 3, 3], plane: [6, 2, 3, 4], space: [2, 3, 3, 3, 2] })) {
    it(`dirac_ lets channels pass: ${name}`, () => {
      assertSame(init.dirac_(torch.empty(shape)), golden.get(`dirac.${name}`));
      assertSame(init.dirac_(torch.empty(shape), 2), golden.get(`dirac_groups.${name}`));
    });
  }

  for (const [name, shape] of Object.entries({ wide: [4, 6], tall: [7, 3] })) {
    it(`sparse_ gives PyTorch's zeros and numbers: ${name}`, () => {
      torch.manualSeed(0);
      assertDrawn(init.sparse_(torch.empty(shape), 0.3), golden.get(`sparse.${name}`));
      torch.manualSeed(0);
      assertDrawn(init.sparse_(torch.empty(shape), 0.5, 2), golden.get(`sparse_std.${name}`));
    });
  }

  it('dirac_ and sparse_ refuse what they have no meaning for', () => {
    assert.throws(
      () => init.dirac_(torch.empty([3, 2, 1]), 2),
      new InputError('dirac_: expected output channels that divide into 2 groups, found 3.'),
    );
    assert.throws(() => init.dirac_(torch.empty([3, 2])), InputError);
    assert.throws(() => init.sparse_(torch.empty([3, 2, 2]), 0.5), InputError);
  });

  it('fills a parameter that requires a gradient, and records nothing', () => {
    const weight = new nn.Parameter(torch.empty([3, 3]));
    assert.equal(init.orthogonal_(weight), weight);
    assert.ok(weight.isLeaf && weight.requiresGrad);
    const product = weight.detach().mm(weight.detach().t());
    assertClose(product, torch.eye(3));
  });

  it('draws from a generator of its own when given one', () => {
    const draw = (): Tensor => init.normal_(torch.empty([4]), 0, 1, { generator: new torch.Generator().manualSeed(3) });
    torch.manualSeed(0);
    const next = torch.randn([1]).item();
    torch.manualSeed(0);
    assertSame(draw(), draw());
    assert.equal(torch.randn([1]).item(), next);
  });

  it('leaves a tensor without elements as it is', () => {
    assert.deepEqual(init.kaimingNormal_(torch.empty([0, 3])).shape, [0, 3]);
    assert.deepEqual(init.orthogonal_(torch.empty([2, 0])).shape, [2, 0]);
  });

  it('calculateGain gives PyTorch’s factors', () => {
    const { gains } = goldenJson<{ gains: Record<string, number> }>('nn-modules');
    for (const [name, gain] of Object.entries(gains))
      assert.equal(init.calculateGain(name as nn.init.Nonlinearity), gain, name);
    assert.equal(init.calculateGain('leaky_relu', 0), Math.sqrt(2));
  });

  it('refuses what it cannot fill, in one sentence', () => {
    assert.throws(
      () => init.xavierUniform_(torch.empty([3])),
      new InputError('calculateFanInAndFanOut expects a tensor of at least 2 dimensions, got [3].'),
    );
    assert.throws(() => init.eye_(torch.empty([1, 2, 3])), /eye_ expects a tensor of 2 dimensions, got \[1, 2, 3\]/);
    assert.throws(
      () => init.kaimingNormal_(torch.empty([2, 2]), { mode: 'fan' as 'fan_in' }),
      /'fan_in' or 'fan_out', got 'fan'/,
    );
    assert.throws(() => init.calculateGain('prelu' as 'relu'), /expected the name of a nonlinearity, found "prelu"/);
  });
});
