import assert from 'node:assert/strict';
import * as nn from '../../../ts/nn';
import * as torch from '../../../ts/tensor';
import type { Tensor } from '../../../ts/tensor';
import { liveTensors } from '../../live-tensors';
import { assertClose, goldenTensors } from '../golden';

const { parametrizations: P, parametrize } = nn.utils;
type Weighted = nn.Layer & { weight: Tensor };

/** Made in the same way by scripts/golden/nn_parametrize.py, from the same seed. */
const cases: Record<string, () => Weighted> = {
  weight_norm: () => P.weightNorm(new nn.Linear(4, 3)),
  weight_norm_conv: () => P.weightNorm(new nn.Conv2d(2, 3, 2), 'weight', { dim: 1 }),
  weight_norm_whole: () => P.weightNorm(new nn.Linear(4, 3), 'weight', { dim: null }),
  spectral_norm: () => P.spectralNorm(new nn.Linear(4, 3)),
  spectral_norm_transposed: () => P.spectralNorm(new nn.ConvTranspose2d(3, 2, 2), 'weight', { nPowerIterations: 2 }),
  orthogonal_square: () => P.orthogonal(new nn.Linear(4, 4)),
  orthogonal_tall: () => P.orthogonal(new nn.Linear(3, 5)),
  orthogonal_wide: () => P.orthogonal(new nn.Linear(5, 3), 'weight', { orthogonalMap: 'cayley' }),
  orthogonal_plain: () =>
    P.orthogonal(new nn.Linear(3, 4, { bias: false }), 'weight', {
      orthogonalMap: 'householder',
      useTrivialization: false,
    }),
};

describe('parametrizations', () => {
  const golden = goldenTensors('nn-parametrize');
  function checkState(layer: nn.Module, prefix: string, skip: ReadonlySet<string> = new Set()): void {
    const state = Object.entries(layer.stateDict()).filter(([key]) => !skip.has(key));
    const names = golden.names
      .filter((name) => name.startsWith(`${prefix}.`))
      .map((name) => name.slice(prefix.length + 1));
    assert.deepEqual(state.map(([key]) => key).sort(), names.sort());
    for (const [key, tensor] of state)
      assertClose(tensor, golden.get(`${prefix}.${key}`), { what: `${prefix}.${key}` });
  }

  for (const [name, make] of Object.entries(cases)) {
    it(`${name}: start, keys, weight, output and gradients are PyTorch's, and what is left after removal`, () => {
      torch.manualSeed(0);
      const layer = make();
      checkState(layer, `${name}.start`);
      torch.noGrad(() => {
        for (const parameter of layer.parameters()) parameter.add_(torch.randn(parameter.shape), { alpha: 0.1 });
      });
      const output = layer.forward(golden.get(`${name}.input`));
      output.square().sum().div(2).backward();
      assertClose(output, golden.get(`${name}.output`));
      for (const [key, parameter] of layer.namedParameters())
        assertClose(parameter.grad!, golden.get(`${name}.grad.${key}`), { what: key });
      layer.eval();
      checkState(layer, `${name}.after`, new Set(layer.namedParameters().map(([key]) => key)));
      assertClose(layer.weight, golden.get(`${name}.weight`));
      parametrize.removeParametrizations(layer, 'weight');
      checkState(layer, `${name}.removed`);
      assert.ok(!parametrize.isParametrized(layer) && layer.weight instanceof nn.Parameter);
    });
  }

  class Symmetric extends nn.Module {
    forward(x: Tensor): Tensor {
      return x.triu().add(x.triu(1).mT);
    }

    rightInverse(x: Tensor): Tensor {
      return x.triu();
    }
  }

  class Doubled extends nn.Module {
    forward(x: Tensor): Tensor {
      return x.mul(2);
    }

    rightInverse(x: Tensor): Tensor {
      return x.div(2);
    }
  }

  it('stand one after the other, and setting the parameter sets the original', () => {
    const layer = new nn.Linear(2, 2, { bias: false });
    const { weight } = layer;
    parametrize.registerParametrization(layer, 'weight', new Symmetric());
    parametrize.registerParametrization(layer, 'weight', new Doubled());
    assert.deepEqual(Object.keys(layer.stateDict()), ['parametrizations.weight.original']);
    assert.equal(parametrize.parametrizationsOf(layer, 'weight').originals[0], weight);
    Reflect.set(
      layer,
      'weight',
      torch.tensor([
        [2, 4],
        [4, 8],
      ]),
    );
    assert.deepEqual(weight.toArray(), [
      [1, 2],
      [0, 4],
    ]);
    assert.deepEqual((layer.weight as Tensor).toArray(), [
      [2, 4],
      [4, 8],
    ]);
    parametrize.removeParametrizations(layer, 'weight', { leaveParametrized: false });
    assert.equal(layer.weight, weight);
    assert.deepEqual(weight.toArray(), [
      [1, 2],
      [0, 4],
    ]);
  });

  it('an orthogonal matrix stays so while it is trained', () => {
    torch.manualSeed(0);
    const layer = P.orthogonal(new nn.Linear(3, 6));
    torch.noGrad(() => parametrize.parametrizationsOf(layer, 'weight').originals[0]!.tril(-1).add_(1));
    const product = layer.weight.mT.matmul(layer.weight);
    assertClose(product, torch.eye(3));
  });

  it('leave nothing behind in forward', async () => {
    const layer = P.weightNorm(new nn.Linear(4, 3));
    const input = torch.randn([2, 4]);
    const before = await liveTensors();
    torch.noGrad(() => {
      layer.forward(input);
      assert.equal(torch.memory().tensors, before + 1);
    });
  });

  it('weights of PyTorch’s older weight_norm load', () => {
    const layer = new nn.Sequential(P.weightNorm(new nn.Linear(4, 3)));
    const state = {
      '0.weight_g': torch.ones([3, 1]),
      '0.weight_v': torch.ones([3, 4]),
      '0.bias': torch.zeros([3]),
    };
    layer.loadStateDict(state);
    assertClose((layer.at(0) as Weighted).weight, torch.full([3, 4], 0.5));
  });

  it('refuse what does not fit, by name', () => {
    class Longer extends nn.Module {
      forward(x: Tensor): Tensor {
        return torch.cat([x, x]);
      }
    }
    const layer = new nn.Linear(4, 3);
    assert.throws(
      () => parametrize.registerParametrization(layer, 'weight', new Longer()),
      /The parametrization of "weight" must give float32 \[3, 4\], got float32 \[6, 4\]/,
    );
    assert.throws(
      () => parametrize.registerParametrization(layer, 'kernel', new Symmetric()),
      /Linear has no parameter "kernel"/,
    );
    assert.throws(
      () => parametrize.parametrizationsOf(layer, 'weight'),
      /expected the name of a parametrized parameter, found "weight"/,
    );
    assert.throws(() => P.orthogonal(layer, 'bias'), /orthogonal expects a matrix or a batch of them, got \[3\]/);
    assert.throws(
      () => P.orthogonal(layer, 'weight', { orthogonalMap: 'qr' as 'cayley' }),
      /orthogonalMap must be one of matrix_exp/,
    );
    assert.throws(
      () => P.spectralNorm(layer, 'weight', { dim: 2 }),
      /dim must be one of the 2 dimensions of "weight", got 2/,
    );
    P.weightNorm(layer);
    assert.throws(
      () => parametrize.removeParametrizations(layer, 'weight', { leaveParametrized: false }),
      /has 2 originals, so leaveParametrized: false cannot choose one/,
    );
  });
});
