import assert from 'node:assert/strict';
import { models, nn, torch, vision } from '../../ts';
import { layers } from './layer-cases';

const { assertClose } = torch.testing;
const net = () => new nn.Sequential(new nn.Linear(2, 3), new nn.BatchNorm1d(3), new nn.Sequential(new nn.Linear(3, 1)));

class Tied extends nn.Module {
  readonly a = new nn.Linear(2, 2, { bias: false });
  readonly b = new nn.Linear(2, 2, { bias: false });
  readonly options = { names: ['x'] };
  readonly same = this.a;
  constructor() {
    super();
    this.b.weight = this.a.weight;
  }
  forward(x: torch.Tensor): torch.Tensor {
    return this.b.forward(this.a.forward(x));
  }
}

describe('paths into a module', () => {
  it('find submodules, parameters and buffers', () => {
    const model = net();
    assert.equal(model.getSubmodule(''), model);
    assert.equal(model.getSubmodule('2.0'), (model.at(2) as nn.Sequential).at(0));
    assert.equal(model.getParameter('2.0.weight'), (model.getSubmodule('2.0') as nn.Linear).weight);
    assert.equal(model.getBuffer('1.running_mean').shape[0], 3);
    assert.throws(() => model.getSubmodule('5'), /Sequential has no attribute `5`/);
    assert.throws(() => model.getSubmodule('0.weight'), /`weight` of Linear is not an nn\.Module/);
    assert.throws(() => model.getParameter('0.foo'), /Linear has no attribute `foo`/);
    assert.throws(() => model.getParameter('0'), /`0` of Sequential is not an nn\.Parameter/);
    assert.throws(() => model.getBuffer('0.weight'), /`weight` of Linear is not a buffer/);
  });

  it('take another submodule', () => {
    const model = net();
    const other = new nn.Linear(3, 5);
    model.setSubmodule('2.0', other);
    assert.equal(model.getSubmodule('2.0'), other);
    assert.throws(() => model.setSubmodule('7', other), /no attribute `7`/);
  });
});

describe('submodules by name', () => {
  it('are added while the program runs', () => {
    const model = new Tied();
    model.addModule('extra', new nn.Linear(1, 1));
    model.registerModule('none', null);
    assert.deepEqual(
      model.namedChildren().map(([name]) => name),
      ['a', 'b', 'extra'],
    );
    assert.ok('extra.weight' in model.stateDict());
  });

  it('are refused where the name is that of a method', () => {
    for (const name of ['modules', 'parameters', 'forward', 'train']) {
      assert.throws(
        () => new Tied().addModule(name, new nn.Linear(1, 1)),
        new RegExp(`already has a member "${name}".*ModuleDict`),
      );
    }
    assert.throws(() => new Tied().addModule('a.b', new nn.Linear(1, 1)), /dot/);
    assert.throws(() => new Tied().addModule('', new nn.Linear(1, 1)), /empty/);
    assert.throws(() => new Tied().addModule('x', 1 as never), /a Module or null for "x", found 1/);
  });

  it('may have any name in a ModuleDict', () => {
    const names = ['modules', 'parameters', 'forward', 'train', 'constructor', 'weight'];
    const dict = new nn.ModuleDict(
      Object.fromEntries(names.map((name) => [name, new nn.Linear(1, 1, { bias: false })])),
    );
    assert.deepEqual(
      Object.keys(dict.stateDict()),
      names.map((name) => `${name}.weight`),
    );
    assert.equal(dict.parameters().length, 6);
  });
});

describe('walks through a module', () => {
  it('take prefix, recurse and removeDuplicate, by position and by name', () => {
    const model = new Tied();
    const names = (found: [string, unknown][]) => found.map(([name]) => name);
    assert.deepEqual(names(model.namedParameters()), ['a.weight']);
    assert.deepEqual(names(model.namedParameters({ removeDuplicate: false, prefix: 'p' })), [
      'p.a.weight',
      'p.b.weight',
      'p.same.weight',
    ]);
    assert.deepEqual(names(model.namedParameters('', false)), []);
    assert.deepEqual(names(model.namedModules('', false)), ['', 'a', 'b', 'same']);
    assert.deepEqual([model.parameters(false).length, net().buffers(false).length, net().buffers().length], [0, 0, 3]);
    assert.throws(() => model.namedParameters({ remove_duplicate: false } as object), /Did you mean removeDuplicate/);
  });
});

describe('conversions of a module', () => {
  it('have names', () => {
    const model = net();
    const dtypeOf = () => (model.at(0) as nn.Linear).weight.dtype;
    const found = [model.half(), model.bfloat16(), model.double(), model.type('float16'), model.float()].map(dtypeOf);
    assert.deepEqual(found, Array(5).fill('float32'));
    assert.deepEqual(
      [net().half(), net().bfloat16(), net().double(), net().type('float64')].map(
        (m) => (m.at(0) as nn.Linear).weight.dtype,
      ),
      ['float16', 'bfloat16', 'float64', 'float64'],
    );
    assert.equal(model.cpu(), model);
    if (!torch.cuda.isAvailable()) assert.throws(() => model.cuda(), torch.TorchError);
  });

  it('move without a copy', () => {
    const model = new nn.BatchNorm1d(3, { device: 'meta' });
    assert.equal(model.toEmpty({ device: 'cpu' }), model);
    assert.deepEqual([model.weight!.device, model.getBuffer('running_mean').device], ['cpu', 'cpu']);
    model.loadStateDict(new nn.BatchNorm1d(3).stateDict());
    assert.throws(() => model.toEmpty({} as never), /expected a device/);
  });
});

describe('a copy of a module', () => {
  it('shares nothing with it', () => {
    const model = net().eval();
    const copy = model.clone();
    const x = torch.rand([4, 2]);
    assertClose(copy.forward(x), model.forward(x));
    assert.equal(String(copy), String(model));
    assert.equal(copy.training, false);
    torch.noGrad(() => copy.getParameter('0.weight').zero_());
    assert.notDeepEqual(model.getParameter('0.weight').tolist(), copy.getParameter('0.weight').tolist());
    assert.deepEqual(Object.keys(copy.stateDict()), Object.keys(model.stateDict()));
  });

  it('keeps what is tied, frozen, half done and hooked', () => {
    const model = new Tied();
    model.a.weight.requiresGrad_(false);
    model.a.weight.grad = torch.ones([2, 2]);
    let calls = 0;
    model.a.registerForwardHook(() => void calls++);
    const copy = model.clone();
    assert.ok(copy instanceof Tied);
    assert.equal(copy.a.weight, copy.b.weight);
    assert.equal(copy.same, copy.a);
    assert.notEqual(copy.a.weight, model.a.weight);
    assert.deepEqual(
      [copy.a.weight.requiresGrad, copy.a.weight.grad!.tolist()],
      [
        false,
        [
          [1, 1],
          [1, 1],
        ],
      ],
    );
    assert.notEqual(copy.options.names, model.options.names);
    copy.forward(torch.rand([1, 2]));
    assert.equal(calls, 1);
  });

  for (const [name, make, input] of [
    ['a convolution', () => new nn.Conv2d(1, 2, 3), [1, 1, 5, 5]],
    ['a transformer layer', () => new nn.TransformerEncoderLayer(4, 2, { batchFirst: true }).eval(), [1, 3, 4]],
    [
      'a list of layers in a transformer',
      () => new nn.TransformerEncoder(new nn.TransformerEncoderLayer(4, 2, { batchFirst: true }), 2).eval(),
      [1, 3, 4],
    ],
    ['a parametrized layer', () => nn.utils.parametrizations.weightNorm(new nn.Linear(3, 2)), [1, 3]],
  ] as const) {
    it(`works for ${name}`, () => {
      const model = make() as nn.Layer;
      const copy = model.clone();
      const x = torch.rand([...input]);
      const before = copy.forward(x);
      assertClose(before, model.forward(x));
      torch.noGrad(() => model.parameters().forEach((parameter) => parameter.zero_()));
      assertClose(copy.forward(x), before);
    });
  }

  it('works for recurrent layers and lists of parameters', () => {
    const lstm = new nn.LSTM(2, 3, { numLayers: 2 });
    const x = torch.rand([4, 1, 2]);
    assertClose(lstm.clone().forward(x)[0], lstm.forward(x)[0]);
    assert.equal(new nn.ParameterList([torch.ones([2])]).clone().at(0).tolist()[1 as never], 1);
    assert.deepEqual(new nn.ModuleList([new nn.Linear(1, 1)]).clone().length, 1);
  });

  it('works for a model of the hub, without a random number', () => {
    const model = models.ViTForImageClassification.fromConfig({
      hiddenSize: 8,
      numHiddenLayers: 1,
      numAttentionHeads: 2,
      intermediateSize: 8,
      imageSize: 8,
      patchSize: 4,
    }).eval();
    torch.manualSeed(1);
    const expected = torch.rand([1]).item();
    torch.manualSeed(1);
    const copy = model.clone();
    assert.equal(torch.rand([1]).item(), expected);
    const pixelValues = torch.rand([1, 3, 8, 8]);
    assertClose(copy.forward({ pixelValues }).logits, model.forward({ pixelValues }).logits);
    assert.notEqual(copy.parameters()[0], model.parameters()[0]);
  });

  it('copies every layer', () => {
    const small = { dModel: 8, nhead: 2, numEncoderLayers: 1, numDecoderLayers: 1, dimFeedforward: 8 };
    const others = [new nn.Transformer(small), new nn.MultiheadAttention(8, 2), new nn.RNNCell(2, 3)];
    for (const layer of [...Object.values(layers).map((make) => make()), ...others]) {
      const copy = layer.clone();
      assert.equal(copy.constructor, layer.constructor);
      assert.equal(String(copy), String(layer));
    }
  });

  it('shares what cannot change, as the processors of images', () => {
    const holding = Object.assign(net(), {
      processors: [new vision.ImageProcessor(), new vision.DetectionProcessor()],
    });
    assert.deepEqual(holding.clone().processors, holding.processors);
  });

  it('is refused where it cannot be whole', () => {
    class Private extends nn.Module {
      readonly #x = 1;
      forward(): number {
        return this.#x;
      }
    }
    assert.throws(() => new Private().clone(), /Private has #private members/);
    assert.throws(() => nn.deepcopy([torch.ones([1], { requiresGrad: true }).mul(2)]), /autograd computed/);
  });

  it('goes into lists, Maps and objects, and keeps cycles', () => {
    const x = torch.ones([1]);
    const value: { list: unknown[]; map: Map<string, unknown>; self?: unknown } = {
      list: [x, x],
      map: new Map([['k', x]]),
    };
    value.self = value;
    const copy = nn.deepcopy(value);
    assert.equal(copy.list[0], copy.list[1]);
    assert.equal(copy.map.get('k'), copy.list[0]);
    assert.notEqual(copy.list[0], x);
    assert.equal(copy.self, copy);
  });
});

describe('hooks around state dicts', () => {
  it('run before and after it is made, each with its prefix', () => {
    const model = net();
    const log: string[] = [];
    model
      .getSubmodule('2.0')
      .registerStateDictPreHook((_, prefix, keepVars) => void log.push(`pre ${prefix} ${keepVars}`));
    const handle = model.getSubmodule('0').registerStateDictPostHook((_, state, prefix) => {
      log.push(`post ${prefix}`);
      delete state[`${prefix}bias`];
    });
    assert.ok(!('0.bias' in model.stateDict()));
    assert.deepEqual(log, ['post 0.', 'pre 2.0. false']);
    handle.remove();
    assert.ok('0.bias' in model.stateDict());
    assert.equal(model.stateDict({ keepVars: true })['0.weight'], model.getParameter('0.weight'));
    assert.deepEqual(Object.keys(model.stateDict('m')).slice(0, 1), ['m.0.weight']);
    assert.deepEqual(Object.keys(model.stateDict({ prefix: 'm.' })).slice(0, 1), ['m.0.weight']);
  });

  it('change what is loaded, and forgive keys', () => {
    const layer = new nn.Linear(1, 1);
    layer.registerLoadStateDictPreHook((_, state, prefix) => {
      state[`${prefix}weight`] = state[`${prefix}old`]!;
      delete state[`${prefix}old`];
    });
    layer.registerLoadStateDictPostHook((_, { missingKeys }) => void missingKeys.splice(0));
    const given = { old: torch.full([1, 1], 7) };
    assert.deepEqual(layer.loadStateDict(given), { missingKeys: [], unexpectedKeys: [] });
    assert.deepEqual([layer.weight.item(), Object.keys(given)], [7, ['old']]);
    assert.throws(
      () => layer.loadStateDict({ old: torch.zeros([1, 1]), more: torch.zeros([1]) }),
      /Unexpected key\(s\) in state_dict: "more"/,
    );
  });
});

describe('a forward hook that is always called', () => {
  it('runs after an error, which comes out all the same', () => {
    const layer = new nn.Linear(2, 2);
    const seen: unknown[] = [];
    layer.registerForwardHook((_, __, output) => void seen.push(output), { alwaysCall: true });
    assert.throws(() => layer.forward(torch.zeros([1, 3])), torch.ShapeError);
    assert.deepEqual(seen, [null]);
    layer.forward(torch.zeros([1, 2]));
    assert.equal(seen.length, 2);
    assert.throws(
      () => layer.registerForwardHook(() => {}, { always_call: true } as object),
      /Did you mean alwaysCall/,
    );
  });
});
