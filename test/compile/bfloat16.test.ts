import assert from 'node:assert/strict';
import { emit, SharedConstants } from '../../ts/compile/emit';
import type { Graph } from '../../ts/compile/graph';
import { optimize } from '../../ts/compile/passes';
import { toBfloat16 } from '../../ts/compile/passes/bfloat16';
import { hasBfloat16 } from '../../ts/compile/processor';
import { recordForward } from '../../ts/compile/record';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';

class Lambda extends nn.Module {
  readonly layer = new nn.Linear(32, 32);
  constructor(readonly body: (x: Tensor, layer: nn.Linear) => Tensor) {
    super();
  }
  forward(x: Tensor): Tensor {
    return this.body(x, this.layer);
  }
}

/** The graph of a module in bfloat16, what it gives, and what the module gives in float32. */
function lowered(module: nn.Module, x: Tensor): { graph: Graph; found: Tensor; result: Tensor } {
  module.eval();
  const { graph, result, refusal } = recordForward(module, [x], () => module.forward(x as never) as Tensor);
  assert.ok(graph, refusal);
  optimize(graph, [toBfloat16]);
  const { plan } = emit(graph, [x], new SharedConstants());
  const [found] = plan.run([x]) as Tensor[];
  plan.dispose();
  return { graph, found: found!, result };
}

const distance = (a: Tensor, b: Tensor): number => a.sub(b).abs().max().div(b.abs().max()).item() as number;

/** The types that the operators of a name compute in. */
const typesOf = (graph: Graph, name: string): string[] =>
  graph.nodes.filter((node) => node.name === name).map(({ result }) => result.dtype);

describe('the pass to bfloat16', () => {
  before(function () {
    if (!hasBfloat16()) this.skip(); // oneDNN has no products in bfloat16 for this processor
    torch.manualSeed(0);
  });

  it('rounds what goes into products, and gives results in float32', () => {
    const module = new nn.Sequential(new nn.Linear(48, 40), new nn.GELU(), new nn.Linear(40, 5));
    for (const shape of [
      [1, 48],
      [3, 7, 48],
    ]) {
      const { graph, found, result } = lowered(module, torch.randn(shape));
      assert.deepEqual(typesOf(graph, 'mkldnn::_linear_pointwise'), ['bfloat16', 'bfloat16']);
      assert.equal(found.dtype, 'float32');
      assert.ok(distance(found, result) < 0.02, String(distance(found, result)));
    }
  });

  it('computes a product as torch.autocast does, to the last bit of bfloat16', () => {
    const layer = new nn.Linear(64, 64).eval();
    const x = torch.randn([6, 64]);
    const { found } = lowered(layer, x);
    const wanted = torch.noGrad(() => torch.autocast('cpu', { dtype: 'bfloat16' }, () => layer.forward(x)));
    torch.testing.assertClose(found, wanted.to('float32'), { rtol: 2 ** -7, atol: 1e-3 });
  });

  it('keeps normalisations, softmax and residuals in float32', () => {
    const { graph, found, result } = lowered(
      new Lambda((x, layer) => torch.softmax(nn.functional.layerNorm(layer.forward(x).add(x), [32]), -1)),
      torch.randn([4, 32]),
    );
    assert.deepEqual(typesOf(graph, 'mkldnn::_linear_pointwise'), ['bfloat16']);
    for (const name of ['aten::add.Tensor', 'aten::layer_norm', 'aten::softmax.int'])
      assert.deepEqual(typesOf(graph, name), ['float32'], graph.toString());
    assert.ok(distance(found, result) < 0.02);
  });

  it('attends in bfloat16, with a mask too', () => {
    const mask = torch.randn([5, 5]);
    for (const attnMask of [undefined, mask]) {
      const { graph, found, result } = lowered(
        new Lambda((x, layer) => {
          const heads = layer.forward(x).view([2, 5, 4, 8]).transpose(1, 2);
          return torch.scaledDotProductAttention(heads, heads, heads, { attnMask }).transpose(1, 2).reshape([2, 5, 32]);
        }),
        torch.randn([2, 5, 32]),
      );
      assert.deepEqual(typesOf(graph, 'aten::scaled_dot_product_attention'), ['bfloat16']);
      assert.ok(distance(found, result) < 0.02);
    }
  });

  it('goes from convolution to convolution in bfloat16', () => {
    const module = new nn.Sequential(
      new nn.Conv2d(3, 8, 3, { padding: 1 }),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Conv2d(8, 8, 3),
    );
    const { graph, found, result } = lowered(module, torch.randn([2, 3, 13, 18]));
    assert.deepEqual(typesOf(graph, 'aten::max_pool2d'), ['bfloat16']);
    assert.equal(graph.nodes.filter(({ name }) => name === 'aten::to.dtype').length, 2 + 4, graph.toString());
    assert.ok(distance(found, result) < 0.02);
  });

  it('leaves integers, other types and what is computed of constants alone', () => {
    const { found, result } = lowered(
      new Lambda((x, layer) => layer.forward(x).mul(torch.arange(32)).add(layer.weight.sum()).to('float64')),
      torch.randn([3, 32]),
    );
    assert.equal(found.dtype, 'float64');
    assert.ok(distance(found, result) < 0.02);
  });

  it('notices weights that change', () => {
    const layer = new nn.Linear(32, 32).eval();
    const x = torch.randn([3, 32]);
    const { graph } = recordForward(layer, [x], () => layer.forward(x));
    optimize(graph!, [toBfloat16]);
    const { plan } = emit(graph!, [x], new SharedConstants());
    plan.run([x]);
    torch.noGrad(() => layer.weight.mul_(2));
    const [found] = plan.run([x]) as Tensor[];
    assert.ok(
      distance(
        found!,
        torch.noGrad(() => layer.forward(x)),
      ) < 0.02,
    );
    plan.dispose();
  });
});
