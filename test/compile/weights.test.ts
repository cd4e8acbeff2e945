import assert from 'node:assert/strict';
import { compile } from '../../ts/compile';
import { InputError } from '../../ts/errors';
import * as nn from '../../ts/nn';
import { SGD } from '../../ts/optim';
import * as torch from '../../ts/tensor';
import { liveTensors } from '../../ts/tensor';
import { assertSame, listener, STRICT } from './near';

const net = (): nn.Sequential =>
  new nn.Sequential(
    new nn.Conv2d(3, 8, 3, { padding: 1 }),
    new nn.BatchNorm2d(8),
    new nn.ReLU(),
    new nn.Flatten(),
    new nn.Linear(8 * 6 * 6, 10),
    new nn.GELU(),
    new nn.Linear(10, 4),
  ).eval();

describe('a compiled module whose weights change', () => {
  before(() => torch.manualSeed(0));
  const images = torch.randn([2, 3, 6, 6]);

  it('notices a step of an optimizer', () => {
    const model = net();
    using compiled = compile(model, STRICT);
    assertSame(compiled, images);
    model.train();
    model.forward(images).square().mean().backward();
    new SGD(model.parameters(), { lr: 0.5 }).step();
    model.eval();
    assertSame(compiled, images);
  });

  it('notices weights that were loaded, written to, replaced or converted', () => {
    const model = net();
    using compiled = compile(model, STRICT);
    const first = model.at(0) as nn.Conv2d;
    const last = model.at(6) as nn.Linear;
    const changes: (() => void)[] = [
      () => torch.noGrad(() => first.weight.mul_(2)),
      () => model.loadStateDict(net().stateDict()),
      () => model.loadStateDict(net().stateDict(), { assign: true }),
      () => (last.weight = new nn.Parameter(torch.randn([4, 10]))),
      () => torch.noGrad(() => (model.at(1) as nn.BatchNorm2d).running_var!.add_(1)),
      () => (last.bias = null),
      () => model.to('float64').to('float32'),
    ];
    assertSame(compiled, images);
    for (const change of changes) {
      change();
      assertSame(compiled, images);
    }
  });

  it('notices a layer that was replaced, and a setting', () => {
    class Scaled extends nn.Module {
      layer: nn.Module & { forward(x: torch.Tensor): torch.Tensor } = new nn.Linear(4, 4);
      scale = 1;
      forward(x: torch.Tensor): torch.Tensor {
        return this.layer.forward(x).mul(this.scale);
      }
    }
    const model = new Scaled().eval();
    using compiled = compile(model, STRICT);
    const x = torch.randn([2, 4]);
    assertSame(compiled, x);
    model.scale = 3;
    assertSame(compiled, x);
    model.layer = new nn.Linear(4, 2).eval();
    assertSame(compiled, x);
  });

  it('does not give up where the changes are few and the plans are used, in the background too', async () => {
    for (const use of ['forward', 'forwardAsync'] as const) {
      const model = new nn.Sequential(new nn.Linear(3, 2)).eval();
      const { messages, onWarning } = listener();
      using compiled = compile(model, { onWarning });
      const x = torch.ones([1, 3]);
      for (let change = 0; change < 20; change++) {
        model.replace(0, new nn.Linear(3, 2).eval());
        compiled.forward(x);
        await (use === 'forward' ? compiled.forward(x) : compiled.forwardAsync([x]));
      }
      assert.deepEqual(messages, [], use);
    }
  });

  it('gives up where each forward changes a setting', () => {
    class Counts extends nn.Module {
      count = 0;
      forward(x: torch.Tensor): torch.Tensor {
        this.count++;
        return x.add(this.count);
      }
    }
    const { messages, onWarning } = listener();
    using compiled = compile(new Counts().eval(), { onWarning });
    const results = Array.from({ length: 40 }, () => compiled.forward(torch.zeros([1])).item());
    assert.deepEqual(
      results,
      Array.from({ length: 40 }, (_, i) => i + 1),
    );
    assert.match(messages.join(), /changes its fields/);
  });
});

describe('a compiled module and its inputs', () => {
  it('has a plan for each shape and type, and forgets the oldest', () => {
    const model = new nn.Linear(4, 2).eval();
    using compiled = compile(model, { ...STRICT, maxPlans: 3 });
    for (const batch of [1, 2, 3, 4, 5, 1, 2]) assertSame(compiled, torch.randn([batch, 4]));
    assertSame(compiled, torch.randn([2, 3, 4]));
    assert.equal(compiled.toString().match(/^inputs/gm)!.length, 3);
  });

  it('throws what the module throws for wrong shapes, and goes on', () => {
    const model = net();
    using compiled = compile(model, STRICT);
    const images = torch.randn([2, 3, 6, 6]);
    assertSame(compiled, images);
    const wrong = torch.randn([2, 4, 6, 6]);
    const message = (body: () => unknown): string => {
      try {
        body();
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    };
    assert.notEqual(
      message(() => model.forward(wrong)),
      '',
    );
    assert.equal(
      message(() => compiled.forward(wrong)),
      message(() => model.forward(wrong)),
    );
    assertSame(compiled, images);
  });

  it('refuses inputs that were disposed', () => {
    using compiled = compile(new nn.Linear(4, 2).eval(), STRICT);
    const x = torch.randn([2, 4]);
    assertSame(compiled, x);
    x.dispose();
    assert.throws(() => compiled.forward(x), /disposed/);
  });

  it('leaves no tensor behind', () => {
    const model = net();
    const images = torch.randn([2, 3, 6, 6]);
    torch.scope(() => model.forward(images));
    torch.collectGarbage();
    const before = liveTensors().length;
    const compiled = compile(model, STRICT);
    for (let run = 0; run < 5; run++) torch.scope(() => compiled.forward(images));
    torch.collectGarbage();
    assert.equal(liveTensors().length, before);
    const bytes = torch.allocatedBytes();
    compiled.dispose();
    assert.ok(torch.allocatedBytes() < bytes, 'packed weights are freed');
  });

  it('is over once it is disposed', () => {
    const compiled = compile(new nn.Linear(4, 2).eval());
    compiled.dispose();
    compiled.dispose();
    assert.throws(() => compiled.forward(torch.randn([2, 4])), InputError);
  });

  it('refuses what is no module, and unknown options', () => {
    const model = new nn.Linear(2, 2);
    assert.throws(() => compile({} as never), /compile: expected a module/);
    assert.throws(() => compile(model, { mode: 'fast' } as never), /mode/);
    assert.throws(() => compile(model, { precision: 'float8' as never }), /precision/);
    assert.throws(() => compile(model, { tolerance: 0 }), /tolerance/);
    assert.throws(() => compile(model, { maxPlans: 0.5 }), /maxPlans/);
  });
});

describe('a compiled module in the background', () => {
  before(() => torch.manualSeed(0));

  it('gives the same, while the event loop goes on', async () => {
    const model = net();
    using compiled = compile(model, STRICT);
    const images = torch.randn([2, 3, 6, 6]);
    const wanted = torch.noGrad(() => model.forward(images));
    await compiled.forwardAsync([images]);
    const results = await Promise.all(Array.from({ length: 4 }, () => compiled.forwardAsync([images])));
    for (const result of results) torch.testing.assertClose(result, wanted);
  });

  it('computes with the weights that it found, whatever happens to them meanwhile', async () => {
    const model = new nn.Linear(64, 64, { bias: false }).eval();
    using compiled = compile(model, STRICT);
    const x = torch.eye(64);
    await compiled.forwardAsync([x]);
    const pending = compiled.forwardAsync([x]);
    const here = compiled.forward(x);
    torch.testing.assertClose(await pending, here);
    torch.noGrad(() => model.weight.fill_(2));
    torch.testing.assertClose(await compiled.forwardAsync([x]), torch.full([64, 64], 2));
  });

  it('can be aborted', async () => {
    using compiled = compile(net(), STRICT);
    const images = torch.randn([2, 3, 6, 6]);
    await compiled.forwardAsync([images]);
    await assert.rejects(compiled.forwardAsync([images], { signal: AbortSignal.abort() }), { name: 'AbortError' });
  });

  it('takes the arguments in an array', async () => {
    using compiled = compile(net());
    await assert.rejects(compiled.forwardAsync(torch.randn([2, 3, 6, 6]) as never), /arguments of forward in an array/);
  });
});
