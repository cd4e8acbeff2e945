import assert from 'node:assert/strict';
import { DisposedTensorError, DTypeError } from '../../ts/errors';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { liveTensors } from '../live-tensors';

/** Assigns what the compiler would refuse. */
const assign = (owner: object, name: string, value: unknown): boolean => Reflect.set(owner, name, value);
const keys = (module: nn.Module): string[] => Object.keys(module.stateDict());

class Ema extends nn.Module {
  declare mean: Tensor | null;
  h: Tensor | null = null;

  constructor() {
    super();
    this.registerBuffer('mean', torch.zeros([1]));
  }

  forward(x: Tensor): Tensor {
    this.mean = this.mean!.mul(0.5).add(x.mean().mul(0.5));
    this.h = x.mul(2);
    return x.sub(this.mean);
  }
}

describe('what a module registers', () => {
  it('a parameter takes parameters and null, and nothing else', () => {
    const layer = new nn.Linear(1, 1);
    assert.throws(
      () => assign(layer, 'weight', torch.tensor([[5]])),
      new DTypeError(
        'Linear.weight: expected a Parameter or null, found a tensor float32[1, 1]; write new nn.Parameter(tensor), or copy into it: torch.noGrad(() => module.weight.copy_(tensor))',
      ),
    );
    assert.throws(() => assign(layer, 'weight', 3), DTypeError);
    layer.weight = new nn.Parameter(torch.tensor([[5]]));
    assert.equal(layer.stateDict()['weight']!.item(), 5);
    assert.deepEqual(keys(layer), ['weight', 'bias']);
  });

  it('null keeps the registration and the order', () => {
    const layer = new nn.Linear(1, 1);
    const { weight } = layer;
    assign(layer, 'weight', null);
    assert.deepEqual(keys(layer), ['bias']);
    assert.throws(() => assign(layer, 'weight', torch.ones([1, 1])), DTypeError);
    layer.weight = weight;
    assert.deepEqual(keys(layer), ['weight', 'bias']);
    const bare = new nn.Linear(1, 1, { bias: false });
    assert.throws(() => assign(bare, 'bias', torch.ones([1])), /Linear\.bias: expected a Parameter or null/);
  });

  it('fields of a class of one’s own, assigned or defined', () => {
    class Assigned extends nn.Identity {
      declare w: nn.Parameter;
      declare child: nn.Module;
      constructor() {
        super();
        this.w = new nn.Parameter(torch.ones([1]));
        this.child = new nn.Identity();
      }
    }
    const assigned = new Assigned();
    assert.throws(() => assign(assigned, 'w', torch.ones([1])), /Assigned\.w: expected a Parameter or null/);
    assert.throws(() => assign(assigned, 'child', 3), /Assigned\.child: expected a Module or null, found 3/);
    class Defined extends nn.Identity {
      w = new nn.Parameter(torch.ones([1]));
    }
    const defined = new Defined();
    defined.forward(torch.ones([1]));
    assert.throws(() => assign(defined, 'w', torch.ones([1])), /Defined\.w: expected a Parameter or null/);
    assert.deepEqual([keys(assigned), keys(defined)], [['w'], ['w']]);
  });

  it('a buffer takes tensors and null, and a parameter makes it one', () => {
    const module = new nn.Identity();
    module.registerBuffer('a', torch.zeros([1]));
    assert.throws(() => assign(module, 'a', 3), new DTypeError('Identity.a: expected a tensor or null, found 3'));
    assign(module, 'a', null);
    assert.deepEqual(keys(module), []);
    assign(module, 'a', torch.ones([2]));
    assert.deepEqual(
      module.namedBuffers().map(([name]) => name),
      ['a'],
    );
    assign(module, 'a', new nn.Parameter(torch.ones([1])));
    assert.deepEqual([module.namedBuffers().length, module.namedParameters().length], [0, 1]);
  });

  it('a buffer that forward assigns stays alive', () => {
    const module = new Ema();
    assert.deepEqual(module.forward(torch.tensor([1, 3])).tolist(), [0, 2]);
    module.forward(torch.tensor([1, 3]));
    assert.equal(module.stateDict()['mean']!.item(), 1.5);
    torch.scope(() => {
      module.mean = torch.tensor([7]);
    });
    assert.equal(module.mean!.item(), 7);
  });

  it('another tensor that forward stores is freed, and the error says how to keep it', () => {
    const module = new Ema();
    module.forward(torch.ones([1]));
    const message = /scope or forward that made it has ended.*torch\.keep\(tensor\)/;
    for (const use of [(h: Tensor) => h.shape, (h: Tensor) => h.mul(2), (h: Tensor) => h.item()]) {
      assert.throws(
        () => use(module.h!),
        (error: unknown) => error instanceof DisposedTensorError && message.test(error.message),
      );
    }
  });

  it('and where it was made and freed, when that is recorded', () => {
    torch.recordOrigins();
    try {
      const module = new Ema();
      module.forward(torch.ones([1]));
      assert.throws(() => module.h!.shape, /made at Ema\.forward .*registered\.test\.ts.*, freed at /);
      assert.throws(() => module.h!.mul(2), /made at Ema\.forward .*registered\.test\.ts.*, freed at /);
    } finally {
      torch.recordOrigins(false);
    }
  });

  it('tensors in the fields of a returned instance stay alive, and those beside them do not', async () => {
    class Output {
      constructor(
        readonly y: Tensor,
        readonly parts: Map<string, Set<Tensor>>,
      ) {}
    }
    class Model extends nn.Module {
      forward(x: Tensor): Output {
        return new Output(x.mul(2).add(1), new Map([['a', new Set([x.neg()])]]));
      }
    }
    const before = await liveTensors();
    const x = torch.ones([1]);
    const output = new Model().forward(x);
    assert.deepEqual([output.y.tolist(), [...output.parts.get('a')!][0]!.tolist()], [[3], [-1]]);
    assert.equal(torch.memory().tensors - before, 3);
  });
});
