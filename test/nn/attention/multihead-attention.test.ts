import assert from 'node:assert/strict';
import { ShapeError } from '../../../ts/errors';
import * as nn from '../../../ts/nn';
import * as torch from '../../../ts/tensor';
import type { Tensor } from '../../../ts/tensor';
import { assertClose, assertDrawn, goldenTensors } from '../golden';

describe('MultiheadAttention', () => {
  const golden = goldenTensors('nn-attention');
  const mask = (name: string): Tensor => golden.get(name);

  /** Runs `layer` on the inputs of the golden `name` and compares results and gradients. */
  function check(name: string, layer: nn.MultiheadAttention, options: nn.AttentionOptions = {}): void {
    const count = golden.names.filter((key) => key.startsWith(`${name}.input.`)).length;
    const leaves = Array.from({ length: count }, (_, i) =>
      golden.get(`${name}.input.${i}`).clone().requiresGrad_(true),
    );
    const [query, key = query, value = key] = leaves as [Tensor, Tensor?, Tensor?];
    const [output, weights] = layer.forward(query, key, value, options);
    output.square().sum().div(2).backward();
    assertClose(output, golden.get(`${name}.output`), { what: 'output' });
    assert.equal(weights !== null, golden.names.includes(`${name}.weights`));
    if (weights) assertClose(weights, golden.get(`${name}.weights`), { what: 'weights' });
    for (const [i, leaf] of leaves.entries())
      assertClose(leaf.grad!, golden.get(`${name}.grad.${i}`), { what: `gradient ${i}` });
    for (const [key, parameter] of layer.namedParameters())
      assertClose(parameter.grad!, golden.get(`${name}.grad.${key}`), { what: key });
  }

  function packed(): nn.MultiheadAttention {
    torch.manualSeed(0);
    const layer = new nn.MultiheadAttention(8, 2, { batchFirst: true });
    nn.init.normal_(layer.in_proj_bias!);
    return layer;
  }

  it('starts from PyTorch’s numbers under PyTorch’s keys', () => {
    for (const [key, tensor] of Object.entries(packed().stateDict()))
      assertDrawn(tensor, golden.get(`self.state.${key}`), key);
    torch.manualSeed(1);
    const separate = new nn.MultiheadAttention(8, 4, { kdim: 3, vdim: 5, bias: false });
    assert.deepEqual(Object.keys(separate.stateDict()), [
      'q_proj_weight',
      'k_proj_weight',
      'v_proj_weight',
      'out_proj.weight',
    ]);
    for (const [key, tensor] of Object.entries(separate.stateDict()))
      assertDrawn(tensor, golden.get(`separate.state.${key}`), key);
  });

  it('self-attention with and without weights', () => {
    check('self', packed());
    check('self_fused', packed(), { needWeights: false });
  });

  it('causal self-attention by the fused kernel and by mask', () => {
    check('self_causal', packed(), { attnMask: mask('causal'), needWeights: false, isCausal: true });
    check('self_causal_weights', packed(), { attnMask: mask('causal'), averageAttnWeights: false });
  });

  it('cross-attention with padded keys', () => {
    check('cross', packed(), { keyPaddingMask: mask('padding') });
    check('cross_fused', packed(), { keyPaddingMask: mask('padding'), needWeights: false });
  });

  it('three different inputs under both masks', () => {
    check('three', packed(), { keyPaddingMask: mask('padding'), attnMask: torch.zeros([5, 6], { dtype: 'bool' }) });
  });

  it('a mask of numbers for each head of each sample', () => {
    check('additive', packed(), { attnMask: mask('additive'), needWeights: false });
  });

  it('inputs without a batch', () => {
    check('unbatched', packed(), { keyPaddingMask: mask('padding').select(0, 0) });
  });

  it('keys and values of other widths', () => {
    torch.manualSeed(1);
    check('separate', new nn.MultiheadAttention(8, 4, { kdim: 3, vdim: 5, bias: false }));
  });

  it('one more trained key and value, and one of zeros, are never masked', () => {
    const make = (): nn.MultiheadAttention => {
      torch.manualSeed(3);
      return new nn.MultiheadAttention(8, 2, { addBiasKv: true, addZeroAttn: true, batchFirst: true });
    };
    for (const [key, tensor] of Object.entries(make().stateDict()))
      assertDrawn(tensor, golden.get(`extended.state.${key}`), key);
    const layer = make();
    for (const shape of [
      [3, 5, 8],
      [3, 6, 8],
    ])
      torch.randn(shape); // as many random numbers as Python had drawn before the mask
    check('extended', layer, { keyPaddingMask: mask('padding'), attnMask: torch.randn([5, 6]).gt(1) });
    check('extended_fused', make(), { needWeights: false });
  });

  it('drops the same attention weights for the same seed', () => {
    torch.manualSeed(2);
    const layer = new nn.MultiheadAttention(8, 2, { dropout: 0.5 });
    torch.randn([4, 2, 8]);
    check('dropped', layer);
  });

  it('a sample padded to a longer batch gives what it gives alone', () => {
    const layer = packed().eval();
    const [query, memory] = [mask('cross.input.0'), mask('cross.input.1')];
    const [padded] = layer.forward(query, memory, memory, { keyPaddingMask: mask('padding') });
    const [alone] = layer.forward(
      query.narrow(0, 0, 1),
      memory.narrow(0, 0, 1).narrow(1, 0, 4),
      memory.narrow(0, 0, 1).narrow(1, 0, 4),
    );
    assertClose(padded.narrow(0, 0, 1), alone);
  });

  it('refuses shapes and masks that do not fit, by name', () => {
    const layer = packed();
    const x = torch.randn([2, 5, 8]);
    assert.throws(
      () => layer.forward(x, torch.randn([2, 6, 7]), x),
      new ShapeError('MultiheadAttention: key must have 3 dimensions, the last of 8, got [2, 6, 7].'),
    );
    assert.throws(
      () => layer.forward(x, x, torch.randn([2, 6, 8])),
      /key \[2, 5, 8\] and value \[2, 6, 8\] must agree/,
    );
    assert.throws(
      () => layer.forward(x, x, x, { attnMask: torch.zeros([4, 5]) }),
      /attnMask must be \[5, 5\] or \[4, 5, 5\].*got \[4, 5\]/,
    );
    assert.throws(
      () => layer.forward(x, x, x, { keyPaddingMask: torch.zeros([5, 2]) }),
      /keyPaddingMask must be \[2, 5\].*got \[5, 2\]/,
    );
    assert.throws(
      () => layer.forward(x, x, x, { attnMask: torch.zeros([5, 5], { dtype: 'int64' }) }),
      /attnMask must be bool or floating point, got int64/,
    );
    assert.throws(() => layer.forward(x, x, x, { isCausal: true }), /isCausal says that attnMask is the causal mask/);
    assert.throws(
      () => layer.forward(x, x, x, { attentionMask: null } as object),
      /the option 'attentionMask' does not exist/,
    );
    assert.throws(() => new nn.MultiheadAttention(8, 3), /numHeads must divide embedDim, got 3 and 8/);
  });
});
