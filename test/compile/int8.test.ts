import assert from 'node:assert/strict';
import { observe, RangeCollector } from '../../ts/compile/calibrate';
import { emit, SharedConstants } from '../../ts/compile/emit';
import type { Graph } from '../../ts/compile/graph';
import { FLOAT_PASSES } from '../../ts/compile/passes';
import {
  qparamsOf,
  quantizeConvolutions,
  reuseAccumulators,
  type Ranges,
} from '../../ts/compile/passes/int8-convolution';
import { quantizeLinear } from '../../ts/compile/passes/int8-linear';
import { mergeEqual, removeDeadCode } from '../../ts/compile/passes/simplify';
import { saturates } from '../../ts/compile/processor';
import { recordForward } from '../../ts/compile/record';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';

const f = Math.fround;

/** In float32, halves to the even neighbour. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** PyTorch's ChooseQuantizationParams for numbers on both sides of 0 whose scale is no tiny one. */
function chosen(numbers: readonly number[], top: number): { scale: number; zeroPoint: number } {
  const [low, high] = [Math.min(0, ...numbers), Math.max(0, ...numbers)];
  const scale = (high - low) / top;
  const fromLow = -low / scale;
  const fromHigh = top - high / scale;
  const isLowCloser = -Math.abs(low / scale) < top - Math.abs(high / scale);
  return { scale, zeroPoint: roundHalfEven(isLowCloser ? fromLow : fromHigh) };
}

function quantized(numbers: readonly number[], scale: number, zeroPoint: number, top: number): number[] {
  const inverse = f(1 / f(scale));
  return numbers.map((x) => Math.min(top, Math.max(0, roundHalfEven(f(f(x) * inverse)) + zeroPoint)));
}

const numbersOf = (tensor: Tensor): number[] => Array.from(tensor.data() as Float32Array);

function graphOf(module: nn.Module, x: Tensor): { graph: Graph; result: Tensor } {
  const { graph, result, refusal } = recordForward(module, [x], () => module.forward(x as never) as Tensor);
  assert.ok(graph, refusal);
  for (const pass of [...FLOAT_PASSES, mergeEqual, removeDeadCode]) pass(graph);
  return { graph, result };
}

function run(graph: Graph, x: Tensor, constants = new SharedConstants()): Tensor[] {
  const { plan, outputs } = emit(graph, [x], constants);
  const results = plan.run([x]);
  assert.ok(Array.isArray(results));
  plan.dispose();
  return outputs.map((output) => results[output as number]!);
}

/** Largest difference over the largest number. */
function distance(a: Tensor, b: Tensor): number {
  return a.sub(b).abs().max().div(b.abs().max()).item() as number;
}

function rangesOf(module: nn.Module, inputs: readonly Tensor[]): Ranges {
  const collector = new RangeCollector();
  for (const x of inputs) {
    const { graph } = graphOf(module, x);
    const observers = observe(graph);
    collector.add(observers, run(graph, x));
  }
  return collector.ranges;
}

describe('torchts::quantize_per_tensor_dynamic', () => {
  const quantize = torch.ops.torchts!.quantize_per_tensor_dynamic!.default!;
  const cases: readonly (readonly [string, number[]])[] = [
    ['both signs', [-1.5, 0, 0.25, 3, 2.999, -0.6]],
    ['positive numbers', [0.5, 1, 2, 255]],
    ['negative numbers', [-3, -2, -0.001]],
    ['more than a vector of them', Array.from({ length: 1003 }, (_, i) => Math.sin(i) * 7 - 1)],
  ];
  for (const [what, numbers] of cases)
    for (const top of [255, 127])
      it(`gives the integers worked by hand: ${what}, up to ${top}`, () => {
        const [q, scale, zero] = quantize(torch.tensor(numbers), top === 127) as Tensor[];
        const wanted = chosen(numbers.map(f), top);
        assert.equal(scale!.item(), f(wanted.scale));
        assert.equal(zero!.item(), wanted.zeroPoint);
        assert.deepEqual(numbersOf(q!.to('float32')), quantized(numbers, wanted.scale, wanted.zeroPoint, top));
      });

  it('takes bfloat16, and keeps the order of memory', () => {
    const x = torch.randn([2, 3, 4, 5]).contiguous({ memoryFormat: 'channels_last' });
    const [q, scale, zero] = quantize(x) as Tensor[];
    assert.deepEqual(q!.strides, x.strides);
    const back = q!.to('float32').sub(zero!).mul(scale!);
    assert.ok((back.sub(x).abs().max().item() as number) <= (scale!.item() as number) * 0.501);
    const half = x.to('bfloat16');
    const [narrow] = quantize(half) as Tensor[];
    const [wide] = quantize(half.to('float32')) as Tensor[];
    assert.ok(torch.equal(narrow!, wide!));
  });

  it('gives NaN as the scale for what is not finite, and a scale for nothing and for zeros', () => {
    for (const numbers of [[1, NaN, 2], [1, Infinity], [-Infinity]])
      assert.ok(Number.isNaN((quantize(torch.tensor(numbers)) as Tensor[])[1]!.item() as number));
    for (const x of [torch.zeros([3]), torch.zeros([0, 4])])
      assert.ok(((quantize(x) as Tensor[])[1]!.item() as number) > 0);
  });

  it('refuses other types in a sentence', () => {
    assert.throws(() => quantize(torch.tensor([1n])), /expected a dense tensor of float32 or bfloat16, found/);
    assert.throws(
      () => torch.ops.torchts!.quantize_per_tensor!.default!(torch.ones([2]), 0, 0),
      /expected a scale above 0/,
    );
  });
});

describe('linear layers in int8', () => {
  before(() => torch.manualSeed(0));
  const reduceRange = saturates();
  const top = reduceRange ? 127 : 255;

  it('are what the integers worked by hand give', () => {
    const layer = new nn.Linear(64, 64).eval();
    const x = torch.randn([5, 64]);
    const { graph } = graphOf(layer, x);
    quantizeLinear(graph, { reduceRange });
    assert.ok(graph.nodes.some(({ name }) => name === 'onednn::qlinear_pointwise.tensor'));
    const [found] = run(graph, x);
    const rows = x.toArray() as number[][];
    const weights = layer.weight.toArray() as number[][];
    const bias = numbersOf(layer.bias!);
    const { scale, zeroPoint } = chosen(rows.flat(), top);
    const wanted = rows.map((row) => {
      const q = quantized(row, scale, zeroPoint, top);
      return weights.map((weight, feature) => {
        const step = f(f(Math.max(...weight.map(Math.abs))) / 127);
        const sum = weight.reduce((total, w, i) => total + roundHalfEven(f(w / step)) * (q[i]! - zeroPoint), 0);
        return sum * f(scale) * step + bias[feature]!;
      });
    });
    // The integers are the same: one of them more or less in one place would be 2e-4.
    torch.testing.assertClose(found!, torch.tensor(wanted), { rtol: 1e-5, atol: 1e-5 });
  });

  const shapes: readonly (readonly number[])[] = [
    [1, 96],
    [7, 96],
    [2, 3, 96],
    [2, 3, 5, 96],
  ];
  for (const [what, act] of [
    ['nothing', null],
    ['relu', new nn.ReLU()],
    ['gelu', new nn.GELU()],
    ['tanh', new nn.Tanh()],
    ['silu', new nn.SiLU()],
  ] as const)
    it(`are within 3 % of float32, ${what} behind them`, () => {
      const module = new nn.Sequential(new nn.Linear(96, 80), ...(act ? [act] : [])).eval();
      for (const shape of shapes) {
        const x = torch.randn([...shape]);
        const { graph, result } = graphOf(module, x);
        quantizeLinear(graph, { reduceRange });
        const [found] = run(graph, x);
        assert.deepEqual(found!.shape, result.shape);
        assert.ok(distance(found!, result) < 0.03, String(distance(found!, result)));
      }
    });

  it('are added to a residual, without writing to it', () => {
    class Residual extends nn.Module {
      readonly layer = new nn.Linear(64, 64);
      forward(x: Tensor): Tensor {
        return this.layer.forward(x).add(x);
      }
    }
    const x = torch.randn([9, 64]);
    const before = x.clone();
    const { graph, result } = graphOf(new Residual().eval(), x);
    quantizeLinear(graph, { reduceRange });
    assert.ok(graph.nodes.some(({ name }) => name === 'onednn::qlinear_pointwise.binary_tensor'));
    assert.ok(distance(run(graph, x)[0]!, result) < 0.03);
    assert.ok(torch.equal(x, before));
  });

  it('leave narrow layers alone', () => {
    const { graph } = graphOf(new nn.Linear(64, 4).eval(), torch.randn([3, 64]));
    quantizeLinear(graph, { reduceRange });
    assert.ok(graph.nodes.every(({ name }) => !name.startsWith('onednn::')));
  });

  it('notice weights that change, and a feature whose weights are all 0', () => {
    const layer = new nn.Linear(64, 64).eval();
    const x = torch.randn([4, 64]);
    const { graph } = graphOf(layer, x);
    quantizeLinear(graph, { reduceRange });
    const { plan } = emit(graph, [x], new SharedConstants());
    plan.run([x]);
    torch.noGrad(() => {
      layer.weight.mul_(-3);
      layer.weight.select(0, 1).zero_();
    });
    const [found] = plan.run([x]) as Tensor[];
    assert.ok(
      distance(
        found!,
        torch.noGrad(() => layer.forward(x)),
      ) < 0.03,
    );
    assert.ok(torch.equal(found!.select(1, 1), layer.bias!.select(0, 1).expand([4])));
    plan.dispose();
  });

  it('do not saturate where all numbers are as large as they can be', () => {
    const layer = new nn.Linear(256, 64).eval();
    torch.noGrad(() => layer.weight.fill_(1));
    const x = torch.full([3, 256], 2);
    const { graph, result } = graphOf(layer, x);
    quantizeLinear(graph, { reduceRange });
    assert.ok(distance(run(graph, x)[0]!, result) < 0.01);
  });
});

/** Two residual blocks, the first with a convolution in its shortcut, behind a stem: what a ResNet consists of. */
class Block extends nn.Module {
  readonly conv1: nn.Conv2d;
  readonly conv2: nn.Conv2d;
  readonly norm: nn.BatchNorm2d;
  readonly shortcut: nn.Conv2d | null;

  constructor(channels: number, width: number) {
    super();
    this.conv1 = new nn.Conv2d(channels, width, 3, { padding: 1 });
    this.conv2 = new nn.Conv2d(width, width, 1);
    this.norm = new nn.BatchNorm2d(width);
    this.shortcut = channels === width ? null : new nn.Conv2d(channels, width, 1);
  }

  forward(x: Tensor): Tensor {
    const inner = this.norm.forward(this.conv2.forward(this.conv1.forward(x).relu()));
    return inner.add(this.shortcut ? this.shortcut.forward(x) : x).relu();
  }
}

function network(): nn.Module {
  torch.manualSeed(1);
  const stem = [
    new nn.Conv2d(3, 16, 7, { stride: 2, padding: 3 }),
    new nn.ReLU(),
    new nn.MaxPool2d(3, { stride: 2, padding: 1 }),
  ];
  return new nn.Sequential(...stem, new Block(16, 32), new Block(32, 32), new Block(32, 32)).eval();
}

describe('convolutions in int8', () => {
  const reduceRange = saturates();
  const images = (count: number, height = 45, width = 70): Tensor => torch.randn([count, 3, height, width]);

  it('stay within 4 % of float32 through a network, and integers between them', () => {
    const module = network();
    const x = images(2);
    const ranges = rangesOf(module, [x, images(1, 33, 40)]);
    assert.equal(ranges.size, 8);
    const { graph, result } = graphOf(module, x);
    quantizeConvolutions(graph, { reduceRange, ranges });
    removeDeadCode(graph);
    const found = run(graph, x)[0]!;
    assert.deepEqual(found.shape, result.shape);
    assert.ok(distance(found, result) < 0.04, String(distance(found, result)));
    const names = graph.nodes.map(({ name }) => name);
    assert.equal(names.filter((name) => name.startsWith('onednn::qconv2d_pointwise')).length, 8);
    // Of the stem, of its pooled result, of the two results that are not integers already: those of shortcuts.
    assert.ok(names.filter((name) => name === 'torchts::quantize_per_tensor').length <= 4, names.join());
  });

  it('give the same for the same input again, and as much where they sum into what nobody reads any more', () => {
    const module = network();
    const x = images(1);
    const ranges = rangesOf(module, [x]);
    const { graph } = graphOf(module, x);
    quantizeConvolutions(graph, { reduceRange, ranges });
    const [copied] = run(graph, x);
    reuseAccumulators(graph);
    const copies = graph.nodes.filter(({ name }) => name === 'aten::clone');
    assert.equal(copies.length, 0, graph.toString());
    const { plan } = emit(graph, [x], new SharedConstants());
    const [first] = plan.run([x]) as Tensor[];
    const [second] = plan.run([x]) as Tensor[];
    assert.ok(torch.equal(first!, copied!));
    assert.ok(torch.equal(first!, second!));
    plan.dispose();
  });

  it('notice weights that change', () => {
    const module = new nn.Sequential(new nn.Conv2d(3, 8, 3)).eval();
    const x = images(1, 12, 12);
    const ranges = rangesOf(module, [x]);
    const { graph } = graphOf(module, x);
    quantizeConvolutions(graph, { reduceRange, ranges });
    const { plan } = emit(graph, [x], new SharedConstants());
    plan.run([x]);
    torch.noGrad(() => module.parameters()[0]!.mul_(0.5));
    const [found] = plan.run([x]) as Tensor[];
    assert.ok(
      distance(
        found!,
        torch.noGrad(() => module.forward(x) as Tensor),
      ) < 0.04,
    );
    plan.dispose();
  });

  it('say which convolution no image of the calibration went through, and refuse what is not finite', () => {
    const module = new nn.Sequential(new nn.Conv2d(3, 8, 3)).eval();
    const { graph } = graphOf(module, images(1));
    assert.throws(
      () => quantizeConvolutions(graph, { reduceRange, ranges: new Map() }),
      /no input of the calibration went through the convolution 0#0/,
    );
    assert.throws(
      () => rangesOf(module, [images(1).fill_(NaN)]),
      /expected inputs of calibrate that give finite numbers, found NaN at 0#0/,
    );
  });

  it('have an integer that stands for 0', () => {
    assert.deepEqual(qparamsOf({ low: 0, high: 2.55 }, { reduceRange: false }), { scale: 2.55 / 255, zeroPoint: 0 });
    assert.deepEqual(qparamsOf({ low: 1, high: 2.54 }, { reduceRange: true }), { scale: 2.54 / 127, zeroPoint: 0 });
    assert.deepEqual(qparamsOf({ low: -255, high: -1 }, { reduceRange: false }), { scale: 1, zeroPoint: 255 });
    assert.equal(qparamsOf({ low: -1, high: 1 }, { reduceRange: false }).zeroPoint, 128);
  });
});
