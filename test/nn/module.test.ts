import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { DisposedTensorError, InputError, TorchError } from '../../ts/errors';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import { Tensor } from '../../ts/tensor';
import { liveTensors } from '../live-tensors';
import { assertClose, assertSame, goldenJson } from './golden';
import { layers } from './layer-cases';

class Block extends nn.Module {
  norm = new nn.LayerNorm(4);
  attn = new nn.MultiheadAttention(4, 2, { batchFirst: true });
  mlp = new nn.Sequential(
    new nn.Linear(4, 8),
    new nn.GELU(),
    new nn.Dropout(0.1),
    new nn.Linear(8, 4, { bias: false }),
  );

  forward(input: Tensor): Tensor {
    const normed = this.norm.forward(input);
    const [mixed] = this.attn.forward(normed, normed, normed);
    return input.add(this.mlp.forward(input.add(mixed)));
  }
}

class Net extends nn.Module {
  stem = new nn.Conv2d(3, 4, 3, { padding: 1 });
  scale = new nn.Parameter(torch.ones([4]));
  declare table: Tensor;
  declare cache: Tensor;
  norm = new nn.BatchNorm2d(4);
  blocks = new nn.ModuleList<nn.Module & { forward(input: Tensor): Tensor }>([
    new Block(),
    new Block(),
    new nn.Identity(),
  ]);
  heads = new nn.ModuleDict({ a: new nn.Linear(4, 2), b: new nn.ReLU({ inplace: true }) });
  empty = new nn.ModuleList();

  constructor() {
    super();
    this.registerBuffer('table', torch.zeros([2, 3]));
    this.registerBuffer('cache', torch.zeros([5]), { persistent: false });
  }

  forward(image: Tensor): Tensor {
    let x = this.norm.forward(this.stem.forward(image)).flatten(2).transpose(1, 2); // (B, C, H, W) -> (B, H·W, C)
    for (const block of this.blocks) x = block.forward(x);
    return this.heads.get('a').forward(x.mul(this.scale));
  }
}

interface Golden {
  net: string;
  printed: string[];
  keys: string[];
  parameters: string[];
  buffers: string[];
  modules: string[];
  errors: { keys: string; shapes: string };
}

describe('Module', () => {
  const golden = goldenJson<Golden>('nn-modules');
  const pair = (): nn.Sequential => new nn.Sequential(new nn.Linear(2, 3), new nn.Linear(3, 1));

  it('lists parameters, buffers and modules under PyTorch’s names, in PyTorch’s order', () => {
    const net = new Net();
    assert.deepEqual(Object.keys(net.stateDict()), golden.keys);
    assert.deepEqual(
      net.namedParameters().map(([name]) => name),
      golden.parameters,
    );
    assert.deepEqual(
      net.namedBuffers().map(([name]) => name),
      golden.buffers,
    );
    assert.deepEqual(
      net.namedModules().map(([name]) => name),
      golden.modules,
    );
    assert.deepEqual(net.namedParameters('net')[0]![0], 'net.scale');
    assert.equal(net.parameters().length, golden.parameters.length);
    assert.deepEqual(
      net.children().map((child) => child.constructor.name),
      ['Conv2d', 'BatchNorm2d', 'ModuleList', 'ModuleDict', 'ModuleList'],
    );
  });

  it('prints as PyTorch prints', () => {
    assert.equal(String(new Net()), golden.net);
    assert.equal(inspect(new nn.Tanh()), 'Tanh()');
    const single = [
      new nn.Conv1d(2, 4, 3, { dilation: 2 }),
      new nn.ConvTranspose2d(2, 2, 2, { outputPadding: 1, stride: 2 }),
      new nn.Embedding(4, 2, { paddingIdx: 1, maxNorm: 1 }),
      new nn.Flatten({ startDim: 0, endDim: 1 }),
      new nn.AdaptiveAvgPool2d(1),
      new nn.BCEWithLogitsLoss(),
      new nn.CrossEntropyLoss(),
      new nn.Tanh(),
      new nn.SiLU({ inplace: true }),
      new nn.ELU(),
      new nn.Identity(),
      new nn.Dropout2d(),
      new nn.LeakyReLU({ negativeSlope: 0.1, inplace: true }),
    ];
    const printed = [...single, ...Object.values(layers).map((make) => make())].map(String);
    assert.deepEqual(printed, golden.printed);
  });

  it('a shared module counts once among parameters, and under each key in the state dict', () => {
    const shared = new nn.Linear(2, 2);
    const net = new nn.Sequential(shared, new nn.ReLU(), shared);
    assert.equal(net.parameters().length, 2);
    assert.deepEqual(Object.keys(net.stateDict()), ['0.weight', '0.bias', '2.weight', '2.bias']);
  });

  it('the state dict shares storage with the module and is detached', () => {
    const layer = new nn.Linear(2, 2);
    const weight = layer.stateDict()['weight']!;
    assert.equal(weight.requiresGrad, false);
    weight.fill_(7);
    assert.deepEqual(layer.weight.detach().toArray(), [
      [7, 7],
      [7, 7],
    ]);
  });

  it('what one module saved another loads', () => {
    const [from, to] = [new Net(), new Net()];
    assert.deepEqual(to.loadStateDict(from.stateDict()), { missingKeys: [], unexpectedKeys: [] });
    for (const [key, tensor] of Object.entries(to.stateDict())) assertSame(tensor, from.stateDict()[key]!, key);
    const image = torch.randn([2, 3, 4, 4]);
    assertClose(to.eval().forward(image), from.eval().forward(image));
  });

  it('strict loading names all missing, unexpected and mis-shaped keys at once, in PyTorch’s words', () => {
    const keys = { '0.weight': torch.zeros([3, 2]), '2.weight': torch.zeros([1]), x: torch.zeros([1]) };
    const shapes = { ...pair().stateDict(), '0.weight': torch.zeros([2, 2]), '1.bias': torch.zeros([4]) };
    const message = (state: nn.StateDict): string => {
      try {
        pair().loadStateDict(state);
      } catch (error) {
        assert.ok(error instanceof InputError);
        return error.message;
      }
      return 'loaded';
    };
    // PyTorch lists the unexpected keys of a module before those of its parents.
    assert.deepEqual(
      message(keys)
        .split(/[\s,]+/)
        .sort(),
      golden.errors.keys.split(/[\s,]+/).sort(),
    );
    assert.equal(message(shapes), golden.errors.shapes);
  });

  it('a refused state dict leaves the module as it was', () => {
    const net = pair();
    const before = net.stateDict()['0.weight']!.clone();
    assert.throws(() => net.loadStateDict({ ...pair().stateDict(), '1.bias': torch.zeros([4]) }));
    assertSame(net.stateDict()['0.weight']!, before);
  });

  it('loading that is not strict returns the keys that do not match, and still refuses shapes', () => {
    const net = pair();
    const result = net.loadStateDict({ '1.bias': torch.ones([1]), extra: torch.zeros([1]) }, { strict: false });
    assert.deepEqual(result, { missingKeys: ['0.weight', '0.bias', '1.weight'], unexpectedKeys: ['extra'] });
    assert.deepEqual(net.stateDict()['1.bias']!.toArray(), [1]);
    assert.throws(
      () => net.loadStateDict({ '1.bias': torch.ones([2]) }, { strict: false }),
      /size mismatch for 1.bias/,
    );
    assert.throws(
      () => net.loadStateDict({ '1.bias': 3 as unknown as Tensor }, { strict: false }),
      /expected a Tensor from checkpoint but received number/,
    );
  });

  it('assign puts the given tensors in place, also into a model without memory', () => {
    const source = new Net();
    const model = new nn.Sequential(
      new nn.Linear(2, 3, { device: 'meta' }),
      new nn.Linear(3, 1, { device: 'meta' }),
    ).requiresGrad_(false);
    const state = pair().stateDict();
    model.loadStateDict(state, { assign: true });
    const weight = (model.at(0) as nn.Linear).weight;
    assert.equal(weight.device, 'cpu');
    assert.equal(weight.requiresGrad, false);
    state['0.weight']!.fill_(2);
    assert.deepEqual(weight.toArray(), [
      [2, 2],
      [2, 2],
      [2, 2],
    ]);
    source.loadStateDict(new Net().to('float64').stateDict(), { assign: true });
    assert.equal(source.table.dtype, 'float64');
  });

  it('checkpoints without counts of batches load into BatchNorm2d', () => {
    const { num_batches_tracked: _, ...old } = new nn.BatchNorm2d(2).stateDict();
    assert.deepEqual(new nn.BatchNorm2d(2).loadStateDict(old), { missingKeys: [], unexpectedKeys: [] });
  });

  it('train and eval reach every module below', () => {
    const net = new Net();
    assert.ok(
      net
        .eval()
        .modules()
        .every((module) => !module.training),
    );
    assert.ok(
      net
        .train()
        .modules()
        .every((module) => module.training),
    );
    assert.throws(() => net.train('yes' as unknown as boolean), /train\(\) takes true or false, got 'yes'/);
  });

  it('to converts floating point tensors in place and keeps the parameters themselves', () => {
    const net = new Net();
    const before = net.parameters();
    net
      .forward(torch.randn([1, 3, 2, 2]))
      .sum()
      .backward();
    net.to('float64');
    assert.deepEqual(net.parameters(), before);
    assert.ok(net.parameters().every((p, i) => p === before[i] && p.dtype === 'float64' && p.isLeaf && p.requiresGrad));
    assert.equal(net.table.dtype, 'float64');
    assert.equal(net.norm.num_batches_tracked!.dtype, 'int64');
    assert.equal(net.scale.grad!.dtype, 'float64');
    net
      .forward(torch.randn([1, 3, 2, 2], { dtype: 'float64' }))
      .sum()
      .backward();
    assert.equal(net.scale.grad!.dtype, 'float64');
    assert.throws(() => net.to('int64'), /floating point or complex types only, got 'int64'/);
  });

  it('to orders the memory of images and convolutions', () => {
    const conv = new nn.Conv2d(3, 4, 2).to({ memoryFormat: 'channels_last' });
    assert.deepEqual(conv.weight.strides, [12, 1, 6, 3]);
  });

  it('apply visits what lies below first', () => {
    const seen: string[] = [];
    pair().apply((module) => void seen.push(module.constructor.name));
    assert.deepEqual(seen, ['Linear', 'Linear', 'Sequential']);
  });

  it('gradients can be switched off, dropped and zeroed', () => {
    const net = pair();
    net
      .forward(torch.ones([1, 2]))
      .sum()
      .backward();
    net.zeroGrad({ setToNone: false });
    assert.ok(net.parameters().every((p) => p.grad !== null && p.grad.abs().sum().item() === 0));
    net.zeroGrad();
    assert.ok(net.parameters().every((p) => p.grad === null));
    assert.ok(
      net
        .requiresGrad_(false)
        .parameters()
        .every((p) => !p.requiresGrad),
    );
  });

  it('names of state must be free and without dots', () => {
    const net = pair();
    assert.throws(() => net.registerBuffer('a.b', torch.zeros([1])), /must not be empty or hold a dot, got "a.b"/);
    assert.throws(() => net.registerBuffer('forward', torch.zeros([1])), /Sequential already has a member "forward"/);
    net.registerParameter('gate', new nn.Parameter(torch.zeros([1])));
    assert.throws(() => net.registerBuffer('gate', torch.zeros([1])), /already has a member "gate"/);
    net.registerBuffer('mask', null);
    net.registerBuffer('mask', torch.zeros([1]));
    assert.deepEqual(
      net.namedBuffers().map(([name]) => name),
      ['mask'],
    );
  });
});

describe('Parameter', () => {
  it('is a leaf that shares storage with its tensor', () => {
    const data = torch.zeros([2]);
    const parameter = new nn.Parameter(data);
    assert.ok(
      parameter instanceof nn.Parameter && parameter instanceof Tensor && parameter.isLeaf && parameter.requiresGrad,
    );
    data.fill_(3);
    assert.deepEqual(parameter.detach().toArray(), [3, 3]);
    assert.equal(new nn.Parameter(torch.zeros([1]), false).requiresGrad, false);
  });

  it('is made from a computed tensor without its history', () => {
    const computed = torch.ones([2], { requiresGrad: true }).mul(2);
    assert.ok(new nn.Parameter(computed).isLeaf);
  });

  it('outlives the scope that it is made in', () => {
    const layer = torch.scope(() => ({ made: [new nn.Linear(2, 2)] })).made[0]!;
    assert.deepEqual(layer.weight.shape, [2, 2]);
    const hidden: nn.Linear[] = [];
    torch.scope(() => void hidden.push(new nn.Linear(3, 1)));
    assert.deepEqual(hidden[0]!.weight.shape, [1, 3]);
  });
});

describe('forward', () => {
  class Leaky extends nn.Module {
    temporary: Tensor | null = null;

    forward(input: Tensor): { doubled: Tensor; all: Tensor[] } {
      this.temporary = input.add(1);
      const doubled = input.mul(2);
      return { doubled, all: [doubled.add(1), input] };
    }
  }

  it('frees what it made, except what it returns', async () => {
    const module = new Leaky();
    const input = torch.ones([2]);
    const before = await liveTensors();
    const { doubled, all } = module.forward(input);
    assert.equal(torch.memory().tensors - before, 2);
    assert.deepEqual([doubled.toArray(), all[0]!.toArray(), all[1] === input], [[2, 2], [3, 3], true]);
    assert.throws(() => module.temporary!.toArray(), DisposedTensorError);
  });

  it('keeps what autograd needs', () => {
    const net = new nn.Sequential(new nn.Linear(3, 4), new nn.GELU(), new nn.Linear(4, 1));
    net
      .forward(torch.ones([2, 3]))
      .sum()
      .backward();
    assert.ok(net.parameters().every((p) => p.grad !== null));
  });

  it('frees what it made when it throws', async () => {
    class Broken extends nn.Module {
      forward(input: Tensor): Tensor {
        input.add(1);
        throw new TorchError('broken');
      }
    }
    const input = torch.ones([2]);
    const before = await liveTensors();
    assert.throws(() => new Broken().forward(input), /broken/);
    assert.equal(torch.memory().tensors, before);
  });

  it('may be async', async () => {
    class Late extends nn.Module {
      async forward(input: Tensor): Promise<Tensor> {
        const doubled = input.mul(2);
        await Promise.resolve();
        return doubled.add(1);
      }
    }
    const input = torch.ones([1]);
    const output = await new Late().forward(input);
    assert.deepEqual(output.toArray(), [3]);
  });

  it('of a subclass that calls its parent’s works the same', () => {
    class Double extends nn.Linear {
      override forward(input: Tensor): Tensor {
        return super.forward(input).mul(2);
      }
    }
    const layer = new Double(2, 2);
    const input = torch.ones([1, 2]);
    assertSame(layer.forward(input), torch.linear(input, layer.weight, layer.bias).mul(2));
  });
});

describe('the containers', () => {
  it('Sequential takes layers in a row or by name', () => {
    const named = new nn.Sequential({ first: new nn.Linear(2, 3), act: new nn.ReLU() });
    assert.deepEqual(Object.keys(named.stateDict()), ['first.weight', 'first.bias']);
    assert.equal(named.at('act'), named.at(-1));
    assert.equal(named.append(new nn.Identity()).length, 3);
    assert.deepEqual(
      named.namedChildren().map(([name]) => name),
      ['first', 'act', '2'],
    );
    assert.deepEqual(new nn.Sequential().forward(torch.ones([1])).toArray(), [1]);
  });

  it('a layer can take the place of another', () => {
    const net = new nn.Sequential(new nn.Linear(2, 3), new nn.Linear(3, 4));
    net.replace(-1, new nn.Linear(3, 7));
    assert.deepEqual(net.forward(torch.ones([1, 2])).shape, [1, 7]);
    assert.throws(() => net.at(5), /Sequential has no module at 5: expected a place below 2/);
  });

  it('ModuleList counts, iterates and refuses to run', () => {
    const list = new nn.ModuleList([new nn.Linear(1, 1)]).append(new nn.Linear(2, 2));
    assert.deepEqual(
      [...list].map((layer) => layer.inFeatures),
      [1, 2],
    );
    assert.equal(list.at(-1).outFeatures, 2);
    assert.throws(() => list.forward(), /ModuleList has no forward/);
    assert.throws(() => list.append(3 as unknown as nn.Linear), /ModuleList: expected a Module for "2", found 3/);
  });

  it('ModuleDict keeps its order and refuses dots', () => {
    const dict = new nn.ModuleDict<nn.Module>({ b: new nn.ReLU(), a: new nn.Tanh() }).set('1', new nn.Identity());
    assert.deepEqual(dict.keys(), ['b', 'a', '1']);
    assert.ok(dict.has('a') && dict.delete('a') && !dict.has('a'));
    assert.throws(() => dict.set('x.y', new nn.ReLU()), /must not be empty or hold a dot, got "x.y"/);
    assert.throws(() => dict.get('c'), /ModuleDict has no module at c: expected one of b, 1/);
  });
});
