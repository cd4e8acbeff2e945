import assert from 'node:assert/strict';
import { nn, torch } from '../../ts';
import { DTypeError, InputError } from '../../ts/errors';
import { assertClose, goldenJson } from './golden';

type Numbers = readonly number[];
type Rows = readonly Numbers[];

const golden = goldenJson<{
  windows: Record<string, Rows>;
  pools: Record<'size' | 'ratio' | 'volume', [unknown, unknown]>;
  weights: {
    keys: string[];
    scaled: Rows;
    length: Rows;
    removed: string[];
    spectralKeys: string[];
    spectral: [Rows, Rows];
    u: Numbers;
    v: Numbers;
  };
  derivatives: {
    grad: Numbers;
    both: Rows;
    second: Numbers;
    value: number;
    vjp: [Numbers, Numbers];
    jvp: [Numbers, Numbers];
    jacrev: Rows;
    jacfwd: Rows;
    hessian: Rows;
  };
  generator: { drawn: Numbers; bytes: number };
  frombuffer: Numbers;
}>('python-names');

const close = (found: torch.Tensor, wanted: unknown): void =>
  assertClose(found, torch.tensor(wanted as number[], { dtype: found.dtype }));

describe('torch.signal.windows', () => {
  const { windows } = torch.signal;
  const own: Record<string, object> = {
    exponential: { tau: 3 },
    gaussian: { std: 1.5 },
    generalCosine: { a: [0.46, 0.23, 0.31] },
    generalHamming: { alpha: 0.6 },
    kaiser: { beta: 8 },
  };

  for (const [python, [one, symmetric, periodic]] of Object.entries(golden.windows)) {
    const name = python.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()) as keyof typeof windows;
    const make = windows[name] as (M: number, options: object) => torch.Tensor;

    it(`${name} is PyTorch's`, () => {
      const options = { ...own[name], dtype: 'float64' };
      close(make(1, options), one);
      close(make(7, options), symmetric);
      close(make(8, { ...options, sym: false }), periodic);
      assert.deepEqual(make(0, options).shape, [0]);
    });
  }

  it('take the default type, and record where they are asked to', () => {
    assert.equal(windows.hann(4).dtype, 'float32');
    assert.equal(windows.hann(4, { requiresGrad: true }).requiresGrad, true);
    assert.throws(() => windows.hann(-1), /^InputError: hann: expected a whole number of at least 0 for the length M/);
    assert.throws(() => windows.hann(4, { dtype: 'int64' }), DTypeError);
    assert.throws(() => windows.exponential(4, { center: 1 }), /expected no center of a symmetric window/);
    assert.throws(() => windows.generalCosine(4, { a: [] }), /expected a list of numbers for a/);
  });
});

describe('fractional max pooling', () => {
  const F = nn.functional;
  const flat = torch.keep(torch.tensor([[[0.1, 0.7], [0.9, 0.4]]])); // prettier-ignore
  const plane = torch.keep(torch.arange(60).to('float32').sub(30).abs().mul(7).remainder(23).reshape([1, 2, 5, 6]));

  it("takes PyTorch's windows, and says where the elements stand", () => {
    const volume = torch.arange(120).to('float32').mul(7).remainder(23).reshape([1, 1, 4, 5, 6]);
    const deep = torch.tensor([[[0.2, 0.6, 0.8]]]);
    const found = {
      size: F.fractionalMaxPool2dWithIndices(plane, 2, { outputSize: [3, 4], randomSamples: flat }),
      ratio: F.fractionalMaxPool2dWithIndices(plane, 2, { outputRatio: 0.6, randomSamples: flat }),
      volume: F.fractionalMaxPool3dWithIndices(volume, 2, { outputSize: [2, 2, 3], randomSamples: deep }),
    };
    for (const [key, pair] of Object.entries(found))
      assert.deepEqual(
        pair.map((part) => part.tolist()),
        golden.pools[key as 'size'],
      );
    assert.deepEqual(
      F.fractionalMaxPool2d(plane, 2, [3, 4], null, { randomSamples: flat }).tolist(),
      golden.pools.size[0],
    );
  });

  it('draws its windows from the seed, and has a gradient', () => {
    const drawn = (seed: number): unknown => {
      torch.manualSeed(seed);
      return F.fractionalMaxPool2d(plane, 2, { outputSize: 3 }).tolist();
    };
    assert.deepEqual(drawn(1), drawn(1));
    const input = plane.clone().requiresGrad_(true);
    F.fractionalMaxPool2d(input, 2, { outputSize: 3 }).sum().backward();
    assert.equal(input.grad!.sum().item(), 18); // two channels of three by three windows
  });

  it('is told one of size and ratio', () => {
    assert.throws(() => F.fractionalMaxPool2d(plane, 2), /expected outputSize or outputRatio, found neither/);
    assert.throws(() => F.fractionalMaxPool2d(plane, 2, { outputRatio: 2 }), InputError);
  });
});

describe('the older norms of weights', () => {
  const values = [
    [1, 2, 2],
    [0, 3, 4],
  ];
  const layer = (): nn.Linear => {
    const made = new nn.Linear(3, 2);
    torch.noGrad(() => {
      made.weight.copy_(torch.tensor(values));
      made.bias!.zero_();
    });
    return made;
  };
  const byNameOf = (module: nn.Module, name: string): torch.Tensor => Reflect.get(module, name) as torch.Tensor;

  it("weightNorm has PyTorch's keys and numbers, and is removed", () => {
    const normed = nn.utils.weightNorm(layer());
    assert.deepEqual(Object.keys(normed.stateDict()).sort(), [...golden.weights.keys].sort());
    torch.noGrad(() => byNameOf(normed, 'weight_g').mul_(2));
    close(normed.forward(torch.eye(3)).t(), golden.weights.scaled);
    close(byNameOf(normed, 'weight_g').detach(), golden.weights.length);
    normed.forward(torch.eye(3)).sum().backward();
    assert.equal(byNameOf(normed, 'weight_v').grad!.shape.join(), '2,3');
    const copy = normed.clone();
    torch.noGrad(() => byNameOf(copy, 'weight_g').zero_());
    assert.equal(copy.weight.abs().sum().item(), 0); // the copy has parameters of its own
    close(normed.weight.detach(), golden.weights.scaled);
    nn.utils.removeWeightNorm(normed);
    assert.deepEqual(Object.keys(normed.stateDict()).sort(), [...golden.weights.removed].sort());
    close(normed.forward(torch.eye(3)).t(), golden.weights.scaled);
    assert.throws(
      () => nn.utils.removeWeightNorm(normed),
      /expected the name of a parameter that weightNorm has changed/,
    );
  });

  it("spectralNorm has PyTorch's keys and numbers, step by step", () => {
    const normed = nn.utils.spectralNorm(layer());
    assert.deepEqual(Object.keys(normed.stateDict()).sort(), [...golden.weights.spectralKeys].sort());
    byNameOf(normed, 'weight_u').copy_(torch.tensor([0.6, 0.8]));
    byNameOf(normed, 'weight_v').copy_(torch.tensor([0, 0.6, 0.8]));
    const [first, second] = golden.weights.spectral;
    close(normed.forward(torch.eye(3)).t(), first);
    close(normed.eval().forward(torch.eye(3)).t(), second);
    close(byNameOf(normed, 'weight_u'), golden.weights.u);
    close(byNameOf(normed, 'weight_v'), golden.weights.v);
    nn.utils.removeSpectralNorm(normed).train();
    assert.deepEqual(Object.keys(normed.stateDict()).sort(), ['bias', 'weight']);
    close(normed.forward(torch.eye(3)).t(), second); // the hook is gone, too
  });
});

describe('a copy of a parametrized module', () => {
  it('computes its weight from parameters of its own', () => {
    const layer = nn.utils.parametrizations.weightNorm(new nn.Linear(2, 2));
    const before = layer.weight.tolist();
    const copy = layer.clone();
    torch.noGrad(() => nn.utils.parametrize.parametrizationsOf(copy, 'weight').originals[0]!.zero_());
    assert.equal(copy.weight.abs().sum().item(), 0);
    assert.deepEqual(layer.weight.tolist(), before);
  });
});

describe('torch.func', () => {
  const { func } = torch;
  const wanted = golden.derivatives;
  const x = torch.keep(torch.tensor([1, 2, -1]));
  const y = torch.keep(torch.tensor([0.5, -1, 2]));
  const f = (a: torch.Tensor, b: torch.Tensor): torch.Tensor => a.pow(3).mul(b).sum().add(b.prod());
  const g = (a: torch.Tensor): torch.Tensor => torch.stack([a.index(0).mul(a.index(1)), a.index(2).square()]);

  it("has PyTorch's gradients, of one argument or several, again and again", () => {
    close(func.grad(f)(x, y) as torch.Tensor, wanted.grad);
    const both = func.grad(f, { argnums: [0, 1] })(x, y) as torch.Tensor[];
    for (const [i, row] of wanted.both.entries()) close(both[i]!, row);
    const inner = (a: torch.Tensor): torch.Tensor => (func.grad(f)(a, y) as torch.Tensor).sum();
    close(func.grad(inner)(x) as torch.Tensor, wanted.second);
    const [gradient, value] = func.gradAndValue(f)(x, y);
    close(gradient as torch.Tensor, wanted.grad);
    assert.equal((value as torch.Tensor).item(), wanted.value);
    const [, [, aux]] = func.gradAndValue((a: torch.Tensor) => [a.sum(), 'seen'] as const, 0, true)(x) as unknown as [
      unknown,
      [unknown, string],
    ];
    assert.equal(aux, 'seen');
    assert.equal(x.requiresGrad, false);
  });

  it("has PyTorch's products and matrices", () => {
    const [output, pull] = func.vjp(g, x);
    close(output, wanted.vjp[0]);
    close(pull(torch.tensor([1, 2]))[0] as torch.Tensor, wanted.vjp[1]);
    const [value, tangent] = func.jvp(g as never, [x], [y]);
    close(value, wanted.jvp[0]);
    close(tangent, wanted.jvp[1]);
    close(func.jacrev(g as never)(x) as torch.Tensor, wanted.jacrev);
    close(func.jacfwd(g as never)(x) as torch.Tensor, wanted.jacfwd);
    close(func.hessian(f as never)(x, y) as torch.Tensor, wanted.hessian);
  });

  it('differentiates a model by its parameters', () => {
    const model = new nn.Linear(3, 1);
    const parameters = Object.fromEntries(model.namedParameters().map(([name, tensor]) => [name, tensor.detach()]));
    const loss = (state: Record<string, torch.Tensor>, input: torch.Tensor): torch.Tensor =>
      func.functionalCall(model, state, input).sum();
    const gradients = func.grad(loss)(parameters, torch.tensor([[1, 2, 3]])) as Record<string, torch.Tensor>;
    assert.deepEqual(gradients['weight']!.tolist(), [[1, 2, 3]]);
    assert.deepEqual(gradients['bias']!.tolist(), [1]);
    assert.equal(model.weight.grad, null);
  });

  it('refuses what cannot be differentiated', () => {
    assert.throws(() => func.grad(g)(x), /^InputError: grad: expected a function that gives a single number/);
    assert.throws(() => func.grad(f, 2)(x, y), /expected positions of the 2 arguments for argnums, found 2/);
    assert.throws(() => func.grad(f)(torch.tensor([1], { dtype: 'int64' }), y), DTypeError);
  });
});

describe('names of Python', () => {
  it('Generator.getState and setState are those of PyTorch', () => {
    const source = new torch.Generator().manualSeed(7);
    torch.rand([5], { generator: source });
    const state = source.getState();
    assert.equal(state.to('int64').sum().item(), golden.generator.bytes);
    close(torch.rand([3], { generator: source }), golden.generator.drawn);
    close(torch.rand([3], { generator: new torch.Generator().setState(state) }), golden.generator.drawn);
    assert.throws(() => source.setState(1 as never), DTypeError);
  });

  it('frombuffer reads bytes of any buffer', () => {
    const bytes = Uint8Array.from({ length: 16 }, (_, i) => i);
    const read = torch.frombuffer(bytes, { dtype: 'int16', count: 3, offset: 2 });
    assert.deepEqual(read.tolist(), golden.frombuffer);
    assert.deepEqual(torch.frombuffer(bytes.buffer, { dtype: 'uint8' }).shape, [16]);
    assert.deepEqual(torch.frombuffer(bytes.subarray(4, 8), { dtype: 'int32' }).tolist(), [0x07060504]);
    assert.throws(
      () => torch.frombuffer(bytes, { dtype: 'int64', offset: 4 }),
      /a whole number of elements of 8 bytes/,
    );
    assert.throws(() => torch.frombuffer(bytes, { dtype: 'int64', count: 3 }), /expected 3 elements of 8 bytes/);
    assert.throws(() => torch.frombuffer(bytes, {} as never), /expected the name of a type for dtype, found null/);
  });

  it('skipInit leaves the memory as it was, and draws nothing', () => {
    torch.manualSeed(3);
    const wanted = torch.rand([2]).tolist();
    torch.manualSeed(3);
    const layer = nn.utils.skipInit(nn.Linear, 3, 2, { bias: false });
    assert.deepEqual([layer.weight.shape, layer.weight.device, layer.bias], [[2, 3], 'cpu', null]);
    assert.deepEqual(torch.rand([2]).tolist(), wanted);
    assert.equal(nn.utils.skipInit(nn.Conv2d, { inChannels: 1, outChannels: 2, kernelSize: 3 }).outChannels, 2);
    assert.throws(() => nn.utils.skipInit(nn.ReLU), /the option 'device' does not exist/);
  });

  it('autocast says whether it is on, and to what it casts', () => {
    assert.deepEqual([torch.isAutocastEnabled('cpu'), torch.getAutocastDtype('cpu')], [false, 'bfloat16']);
    torch.autocast('cpu', { dtype: 'float16' }, () => {
      assert.deepEqual([torch.isAutocastEnabled('cpu'), torch.getAutocastDtype('cpu')], [true, 'float16']);
      assert.equal(torch.isAutocastEnabled(), false);
      torch.autocast('cpu', { enabled: false }, () => assert.equal(torch.isAutocastEnabled('cpu'), false));
    });
    assert.equal(torch.getAutocastDtype('cuda:0'), 'float16');
    assert.equal(torch.isAutocastCacheEnabled(), true);
    assert.ok(torch.getNumInteropThreads() >= 1);
  });

  it('a module saves and takes extra state', () => {
    class Counting extends nn.Module {
      steps = 0;
      override getExtraState(): torch.Tensor {
        return torch.tensor(this.steps);
      }
      override setExtraState(state: torch.Tensor): void {
        this.steps = Number(state.item());
      }
      forward(): void {}
    }
    const [from, to] = [new nn.ModuleList([new Counting()]), new nn.ModuleList([new Counting()])];
    from.at(0)!.steps = 5;
    const state = from.stateDict();
    assert.deepEqual(Object.keys(state), ['0._extra_state']);
    to.loadStateDict(state);
    assert.equal(to.at(0)!.steps, 5);
    assert.throws(() => to.loadStateDict({}), /Missing key\(s\) in state_dict: "0._extra_state"/);
    assert.throws(() => new nn.ReLU().loadStateDict({ _extra_state: torch.tensor(1) }), /Unexpected key/);
  });

  it('clipGradNorm_ is clipGradNorm', () => assert.equal(nn.utils.clipGradNorm_, nn.utils.clipGradNorm));
});
