import assert from 'node:assert/strict';
import type { Graph } from '../../ts/compile/graph';
import { fuseConvolution, patchesToLinear } from '../../ts/compile/passes/convolution';
import { functionalize } from '../../ts/compile/passes/functionalize';
import { fuseLinear, mergeLinear } from '../../ts/compile/passes/linear';
import { foldNormalization } from '../../ts/compile/passes/normalization';
import { reuseResiduals } from '../../ts/compile/passes/reuse';
import { mergeEqual, removeDeadCode } from '../../ts/compile/passes/simplify';
import { emit, SharedConstants } from '../../ts/compile/emit';
import { recordForward } from '../../ts/compile/record';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';

class Lambda extends nn.Module {
  constructor(readonly body: (...inputs: Tensor[]) => Tensor) {
    super();
  }
  forward(...inputs: Tensor[]): Tensor {
    return this.body(...inputs);
  }
}

/** The graph of a function, and what the function gives. */
function graphOf(body: (...inputs: Tensor[]) => Tensor, ...inputs: Tensor[]): { graph: Graph; result: Tensor } {
  const module = new Lambda(body).eval();
  const { graph, result, refusal } = recordForward(module, inputs, () => module.forward(...inputs));
  assert.ok(graph, refusal);
  return { graph, result };
}

const names = (graph: Graph): string[] => graph.nodes.map(({ name }) => name.replace('aten::', ''));

/** The graph after the passes computes what it computed before. */
function assertComputes(graph: Graph, inputs: readonly Tensor[], result: Tensor): void {
  const constants = new SharedConstants();
  const { plan } = emit(graph, inputs, constants);
  const outputs = plan.run(inputs);
  assert.ok(Array.isArray(outputs));
  torch.testing.assertClose(outputs[0]!, result, { rtol: 1e-5, atol: 1e-5 });
  plan.dispose();
  constants.dispose();
}

describe('the passes over a graph', () => {
  before(() => torch.manualSeed(0));
  const x = torch.randn([3, 5]);

  it('prints what was recorded, with the defaults filled in', () => {
    const { graph } = graphOf((a) => a.add(a).relu(), x);
    assert.equal(
      graph.toString(),
      [
        'inputs %0: float32[3, 5]',
        '%1: float32[3, 5] = aten::add.Tensor(%0, %0, alpha=1)  # Lambda',
        '%2: float32[3, 5] = aten::relu(%1)  # Lambda',
        'outputs %2',
      ].join('\n'),
    );
  });

  it('functionalize replaces writes that nobody else sees', () => {
    const { graph, result } = graphOf((a) => a.mul(2).relu_().add_(a), x);
    functionalize(graph);
    assert.deepEqual(names(graph), ['mul.Scalar', 'relu', 'add.Tensor']);
    assertComputes(graph, [x], result);
  });

  it('functionalize keeps writes that a view sees, or that would change the type', () => {
    const seen = graphOf((a) => {
      const base = a.mul(2);
      const row = base.select(0, 0);
      base.relu_();
      return row.neg();
    }, x);
    functionalize(seen.graph);
    assert.deepEqual(names(seen.graph), ['mul.Scalar', 'select.int', 'relu_', 'neg']);
    assertComputes(seen.graph, [x], seen.result);
    const typed = graphOf((a) => a.mul(2).add_(a.to('float64')), x);
    functionalize(typed.graph);
    assert.ok(names(typed.graph).includes('add_.Tensor'));
  });

  it('removeDeadCode leaves out what nobody reads', () => {
    const { graph, result } = graphOf((a) => {
      a.exp().log();
      return a.neg();
    }, x);
    removeDeadCode(graph);
    assert.deepEqual(names(graph), ['neg']);
    assertComputes(graph, [x], result);
  });

  it('mergeEqual computes once what is the same, but not what is written to or returned', () => {
    const { graph, result } = graphOf((a) => a.exp().add(a.exp()).mul(a.exp().neg()), x);
    mergeEqual(graph);
    assert.deepEqual(names(graph), ['exp', 'add.Tensor', 'neg', 'mul.Tensor']);
    assertComputes(graph, [x], result);
    const written = graphOf((a) => a.exp().add(torch.ops.aten.select!.int!(a.exp().relu_(), 0, 0) as Tensor), x);
    mergeEqual(written.graph);
    assert.equal(names(written.graph).filter((name) => name === 'exp').length, 2);
  });

  it('foldNormalization puts a batch normalisation into the convolution before it', () => {
    const images = torch.randn([2, 3, 8, 8]);
    for (const bias of [true, false])
      for (const affine of [true, false]) {
        const [conv, norm] = [new nn.Conv2d(3, 4, 3, { bias }), new nn.BatchNorm2d(4, { affine }).eval()];
        torch.noGrad(() => [norm.running_mean!.normal_(), norm.running_var!.uniform_(0.5, 2)]);
        const { graph, result } = graphOf((a) => norm.forward(conv.forward(a)), images);
        foldNormalization(graph);
        assert.equal(names(graph).at(-1), 'conv2d');
        assert.ok(!names(graph).includes('batch_norm'));
        assertComputes(graph, [images], result);
      }
  });

  it('foldNormalization puts products with and sums of one number a channel into the convolution', () => {
    const images = torch.randn([2, 3, 8, 8]);
    const [conv, scale, shift] = [new nn.Conv2d(3, 4, 3), torch.randn([1, 4, 1, 1]), torch.randn([4, 1, 1])];
    const { graph, result } = graphOf((a) => shift.add(conv.forward(a).mul(scale)), images);
    foldNormalization(graph);
    assert.equal(names(graph).at(-1), 'conv2d');
    assertComputes(graph, [images], result);
    const wide = graphOf((a) => conv.forward(a).mul(torch.ones([1, 4, 6, 6])), images);
    foldNormalization(wide.graph);
    assert.equal(names(wide.graph).at(-1), 'mul.Tensor');
  });

  it('foldNormalization leaves a convolution whose result is read otherwise', () => {
    const images = torch.randn([1, 3, 8, 8]);
    const [conv, norm] = [new nn.Conv2d(3, 4, 3), new nn.BatchNorm2d(4).eval()];
    const { graph, result } = graphOf((a) => {
      const map = conv.forward(a);
      return norm.forward(map).add(map);
    }, images);
    foldNormalization(graph);
    assert.ok(names(graph).includes('batch_norm'));
    assertComputes(graph, [images], result);
  });

  it('foldNormalization leaves a convolution of one image without a batch, whose channels come first', () => {
    const conv = new nn.Conv2d(3, 4, 3);
    const [mean, variance] = [torch.randn([4]), torch.rand([4]).add(0.5)];
    const { graph, result } = graphOf(
      (a) => torch.batchNorm(conv.forward(a), null, null, mean, variance, false, 0.1, 1e-5, false),
      torch.randn([3, 6, 6]),
    );
    foldNormalization(graph);
    assert.deepEqual(names(graph), ['conv2d', 'batch_norm']);
    assert.deepEqual(result.shape, [4, 4, 4]);
  });

  it('patchesToLinear turns a convolution of patches into a product', () => {
    const images = torch.randn([2, 3, 12, 8]);
    const conv = new nn.Conv2d(3, 5, [4, 2], { stride: [4, 2] });
    const { graph, result } = graphOf((a) => conv.forward(a), images);
    patchesToLinear(graph);
    assert.ok(names(graph).includes('linear'));
    assert.ok(!names(graph).includes('conv2d'));
    assertComputes(graph, [images], result);
    const odd = graphOf((a) => conv.forward(a), torch.randn([2, 3, 13, 8]));
    patchesToLinear(odd.graph);
    assert.deepEqual(names(odd.graph), ['conv2d']);
  });

  it('mergeLinear joins layers of the same input, with and without bias apart', () => {
    const layers = [
      new nn.Linear(5, 2),
      new nn.Linear(5, 4),
      new nn.Linear(5, 2, { bias: false }),
      new nn.Linear(5, 2),
    ];
    const { graph, result } = graphOf(
      (a) =>
        torch.cat(
          layers.map((layer) => layer.forward(a)),
          1,
        ),
      x,
    );
    mergeLinear(graph);
    assert.equal(names(graph).filter((name) => name === 'linear').length, 2);
    assertComputes(graph, [x], result);
  });

  it('mergeLinear joins layers whose weights are computed between them', () => {
    const [first, second] = [new nn.Linear(5, 2), new nn.Linear(5, 3, { bias: false })];
    const { graph, result } = graphOf((a) => {
      const q = first.forward(a);
      return torch.cat([q, torch.linear(a, second.weight.mul(2), torch.ones([3]).mul(0.5))], 1);
    }, x);
    mergeLinear(graph);
    assert.equal(names(graph).filter((name) => name === 'linear').length, 1);
    assertComputes(graph, [x], result);
  });

  const activations: Record<string, (a: Tensor) => Tensor> = {
    relu: (a) => a.relu(),
    sigmoid: (a) => a.sigmoid(),
    tanh: (a) => a.tanh(),
    silu: (a) => torch.silu(a),
    hardswish: (a) => torch.hardswish(a),
    gelu: (a) => torch.gelu(a),
    'gelu by tanh': (a) => torch.gelu(a, { approximate: 'tanh' }),
    'the sum with another tensor': (a) => a.add(torch.ones([3, 4]).mul(0.5)),
  };
  for (const [name, activate] of Object.entries(activations))
    it(`fuseLinear computes ${name} with the product`, () => {
      const layer = new nn.Linear(5, 4);
      const { graph, result } = graphOf((a) => activate(layer.forward(a)), x);
      fuseLinear(graph);
      assert.match(names(graph).at(-1)!, /^mkldnn::_linear_pointwise/);
      assertComputes(graph, [x], result);
    });

  it('fuseLinear leaves a sum that is broadcast, and what a second node reads', () => {
    const layer = new nn.Linear(5, 4);
    const broadcast = graphOf((a) => layer.forward(a).add(torch.ones([4])), x);
    fuseLinear(broadcast.graph);
    assert.equal(names(broadcast.graph).at(-1), 'add.Tensor');
    const twice = graphOf((a) => {
      const y = layer.forward(a);
      return y.relu().add(y);
    }, x);
    fuseLinear(twice.graph);
    assert.ok(names(twice.graph).includes('relu'));
    assertComputes(twice.graph, [x], twice.result);
  });

  it('fuseConvolution computes sum and activation with the convolution, and reuseResiduals writes over the sum', () => {
    const images = torch.randn([2, 4, 9, 7]);
    const convs = Array.from({ length: 2 }, () => new nn.Conv2d(4, 4, 3, { padding: 1 }));
    const { graph, result } = graphOf((a) => convs[1]!.forward(a).add(convs[0]!.forward(a)).relu(), images);
    fuseConvolution(graph);
    mergeEqual(graph);
    const fused = names(graph).filter((name) => name.startsWith('mkldnn::_convolution'));
    assert.equal(fused.length, 2);
    assert.ok(fused.includes('mkldnn::_convolution_pointwise.binary'));
    assert.ok(!names(graph).some((name) => name === 'relu' || name === 'add.Tensor'));
    reuseResiduals(graph);
    assert.equal(names(graph).at(-1), 'mkldnn::_convolution_pointwise_.binary');
    assertComputes(graph, [images], result);
  });

  it('fuseConvolution leaves an activation other than ReLU behind a sum', () => {
    const images = torch.randn([1, 4, 6, 6]);
    const conv = new nn.Conv2d(4, 4, 3, { padding: 1 });
    for (const activate of [activations['silu']!, activations['gelu']!, activations['sigmoid']!]) {
      const { graph, result } = graphOf((a) => activate(conv.forward(a).add(a)), images);
      fuseConvolution(graph);
      assert.ok(names(graph).includes('mkldnn::_convolution_pointwise.binary'));
      assertComputes(graph, [images], result);
    }
  });

  it('reuseResiduals never writes over an input, or over what is read again', () => {
    const images = torch.randn([1, 4, 6, 6]).contiguous({ memoryFormat: 'channels_last' });
    const conv = new nn.Conv2d(4, 4, 3, { padding: 1 });
    for (const body of [
      (a: Tensor) => conv.forward(a).add(a),
      (a: Tensor) => {
        const first = conv.forward(a);
        return conv.forward(first).add(first).mul(first);
      },
      (a: Tensor) => {
        const first = conv.forward(a);
        return conv.forward(first).add(first);
      },
    ]) {
      const { graph, result } = graphOf(body, images);
      fuseConvolution(graph);
      mergeEqual(graph);
      reuseResiduals(graph);
      assert.ok(!names(graph).includes('mkldnn::_convolution_pointwise_.binary'));
      assertComputes(graph, [images], result);
    }
  });
});
