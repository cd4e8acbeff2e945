import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DTypeError, InputError, TorchError } from '../../ts/errors';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import { Tensor } from '../../ts/tensor';
import { held } from '../../ts/tensor/autograd/callbacks';
import { assertClose, goldenJson, goldenTensors } from './golden';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Sizes of tensors, nested as Python's tuples nest. */
function shapes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapes);
  return value instanceof Tensor ? value.shape : null;
}

describe('hooks of modules', () => {
  const golden = goldenTensors('autograd-functions');

  it('run in PyTorch’s order, and what they return takes effect as there', () => {
    const net = new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 2));
    net.to('float64');
    net.loadStateDict(Object.fromEntries(Object.keys(net.stateDict()).map((key) => [key, golden.get(`start.${key}`)])));
    const x = golden.get('hooked.x').clone().requiresGrad_();
    const log: unknown[] = [];
    const layers: Record<string, nn.Layer> = { net, 0: net.at(0), 1: net.at(1), 2: net.at(2) };
    for (const name of ['net', '0', '1', '2']) {
      for (const turn of ['a', 'b']) {
        const label = `${name} ${turn}`;
        const module = layers[name]!;
        module.registerForwardPreHook((_, inputs) => void log.push([`${label} forward pre`, shapes(inputs)]));
        module.registerForwardHook(
          (_, inputs, output) => void log.push([`${label} forward`, shapes(inputs), shapes(output)]),
        );
        module.registerFullBackwardPreHook(
          (_, gradOutput) => void log.push([`${label} backward pre`, shapes(gradOutput)]),
        );
        module.registerFullBackwardHook(
          (_, gradInput, gradOutput) => void log.push([`${label} backward`, shapes(gradInput), shapes(gradOutput)]),
        );
      }
    }
    net.at(0).registerForwardPreHook(
      (_, [input]) => {
        log.push(['doubles the input']);
        return [input.mul(2)];
      },
      { prepend: true },
    );
    net.at(1).registerForwardHook((_, __, output) => output.add(0.5));
    net.at(2).registerFullBackwardHook((_, [gradient]) => [gradient!.mul(3)]);
    net.at(1).registerFullBackwardPreHook((_, [gradient]) => [gradient!.mul(0.25)]);
    net.forward(x).pow(2).sum().backward();
    assert.deepEqual(log, goldenJson<{ modules: unknown[] }>('autograd-hooks').modules);
    assertClose(x.grad!, golden.get('hooked.x.grad'), { what: 'x' });
    for (const [key, parameter] of net.namedParameters())
      assertClose(parameter.grad!, golden.get(`hooked.${key}`), { what: key });
  });

  it('run once for a forward that calls that of its base class', () => {
    class Base extends nn.Module {
      forward(x: Tensor): Tensor {
        return x.mul(2);
      }
    }
    class Derived extends Base {
      override forward(x: Tensor): Tensor {
        return super.forward(x).add(1);
      }
    }
    const module = new Derived();
    let calls = 0;
    module.registerForwardHook(() => void calls++);
    assert.deepEqual([module.forward(torch.ones([1])).toArray(), calls], [[3], 1]);
  });

  it('know the types of their module', () => {
    const layer = new nn.Linear(2, 2);
    let seen: [number, number] | undefined;
    layer.registerForwardHook((module, [input], output) => {
      seen = [module.inFeatures, input.numel() + output.numel()];
    });
    layer.forward(torch.ones([1, 2]));
    assert.deepEqual(seen, [2, 4]);
  });

  it('may keep an output beyond the forward', () => {
    const net = new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU());
    let feature: Tensor | undefined;
    net.at(0).registerForwardHook((_, __, output) => {
      feature = torch.keep(output);
    });
    net.forward(torch.ones([1, 2]));
    assert.deepEqual(feature!.shape, [1, 3]);
  });

  it('keep the gradients that they saw', () => {
    const net = new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU(), new nn.Linear(3, 1));
    const seen: Tensor[] = [];
    net.at(1).registerFullBackwardHook((_, [gradInput], [gradOutput]) => void seen.push(gradInput!, gradOutput!));
    net
      .forward(torch.ones([1, 2]))
      .sum()
      .backward();
    assert.deepEqual(
      seen.map((tensor) => tensor.shape),
      [
        [1, 3],
        [1, 3],
      ],
    );
  });

  it('run no more once removed', () => {
    const layer = new nn.Linear(2, 2);
    let calls = 0;
    const count = (): void => void calls++;
    const handles = [
      layer.registerForwardPreHook(count),
      layer.registerForwardHook(count),
      layer.registerFullBackwardPreHook(count),
      layer.registerFullBackwardHook(count),
    ];
    const run = (): void =>
      layer
        .forward(torch.ones([1, 2], { requiresGrad: true }))
        .sum()
        .backward();
    run();
    for (const handle of handles) handle.remove();
    run();
    assert.equal(calls, 4);
  });

  it('get null for arguments without a gradient, and run for a module none of whose arguments has one', () => {
    class Pair extends nn.Module {
      weight = new nn.Parameter(torch.ones([1]));
      forward(x: Tensor, scale: number, y: Tensor): Tensor[] {
        return [x.mul(this.weight).mul(scale), y.mul(this.weight)];
      }
    }
    const pair = new Pair();
    const seen: unknown[] = [];
    const handle = pair.registerFullBackwardHook(
      (_, gradInput, gradOutput) => void seen.push([shapes(gradInput), shapes(gradOutput)]),
    );
    const x = torch.ones([1], { requiresGrad: true });
    pair
      .forward(x, 2, torch.ones([1]))[0]!
      .sum()
      .backward();
    pair
      .forward(torch.ones([1]), 2, torch.ones([1]))[1]!
      .sum()
      .backward();
    assert.deepEqual(seen, [
      [
        [[1], null, null],
        [[1], null],
      ],
      [
        [null, null, null],
        [null, [1]],
      ],
    ]);
    handle.remove();
    pair.registerFullBackwardHook(() => [torch.ones([1]), null, null]);
    assert.throws(
      () =>
        pair
          .forward(torch.ones([1]), 2, torch.ones([1]))[0]!
          .sum()
          .backward(),
      /no input requires a gradient/,
    );
  });

  it('wait for a forward that is async', async () => {
    class Later extends nn.Module {
      async forward(x: Tensor): Promise<Tensor> {
        await Promise.resolve();
        return x.mul(2);
      }
    }
    const later = new Later();
    later.registerForwardHook((_, __, output) => output.add(1));
    assert.deepEqual((await later.forward(torch.ones([1]))).toArray(), [3]);
  });

  it('throw their own error out of forward and backward', () => {
    const layer = new nn.Linear(2, 2);
    const error = new RangeError('mine');
    const fail = (): never => {
      throw error;
    };
    const handle = layer.registerForwardHook(fail);
    assert.throws(
      () => layer.forward(torch.ones([1, 2])),
      (found) => found === error,
    );
    handle.remove();
    layer.registerFullBackwardHook(fail);
    assert.throws(
      () =>
        layer
          .forward(torch.ones([1, 2], { requiresGrad: true }))
          .sum()
          .backward(),
      (found) => found === error,
    );
  });

  it('say what does not fit', () => {
    class Named extends nn.Module {
      forward(x: Tensor): { y: Tensor } {
        return { y: x };
      }
    }
    const named = new Named();
    named.registerFullBackwardHook(() => undefined);
    assert.throws(
      () => named.forward(torch.ones([1], { requiresGrad: true })),
      (error: unknown) =>
        error instanceof InputError && /Named: backward hooks need a forward that returns a tensor/.test(error.message),
    );
    const layer = new nn.Linear(1, 1);
    layer.registerFullBackwardHook((_, [gradient]) => [gradient!, gradient!]);
    assert.throws(
      () =>
        layer
          .forward(torch.ones([1, 1], { requiresGrad: true }))
          .sum()
          .backward(),
      (error: unknown) =>
        error instanceof TorchError &&
        /expected a backward hook to return 1 gradients of the inputs, found 2/.test(error.message),
    );
    assert.throws(() => layer.registerForwardHook(1 as never), DTypeError);
  });

  it('hold nothing once their passes are over', () => {
    const layer = new nn.Linear(32, 32);
    layer.registerFullBackwardHook((_, [gradient]) => [gradient!.mul(2)]);
    layer.registerForwardHook((_, __, output) => output.mul(2));
    const pass = (): void =>
      torch.scope(() => {
        layer
          .forward(torch.ones([8, 32], { requiresGrad: true }))
          .sum()
          .backward();
        layer.zeroGrad();
      });
    pass();
    collect();
    const before = [torch.memory().tensors, held()];
    for (let i = 0; i < 100; i++) pass();
    collect();
    const after = [torch.memory().tensors, held()];
    assert.ok(
      after.every((count, i) => count <= before[i]!),
      `${String(after)} after ${String(before)}`,
    );
  });
});

describe('hooks of every module', () => {
  it('run before those of the module itself, in PyTorch’s order, until they are removed', () => {
    const net = new nn.Sequential(new nn.Linear(3, 4), new nn.Linear(4, 2));
    const log: unknown[] = [];
    const see =
      (who: string, what: string) =>
      (module: nn.Module, ...seen: readonly unknown[]): void =>
        void log.push([who, what, module.constructor.name, ...seen.map(shapes)]);
    const handles = [
      nn.registerModuleForwardPreHook(see('all', 'forward pre')),
      nn.registerModuleForwardHook(see('all', 'forward')),
      nn.registerModuleFullBackwardPreHook(see('all', 'backward pre')),
      nn.registerModuleFullBackwardHook(see('all', 'backward')),
    ];
    try {
      const second = net.at(1);
      second.registerForwardPreHook(see('own', 'forward pre'));
      second.registerForwardHook(see('own', 'forward'));
      second.registerFullBackwardPreHook(see('own', 'backward pre'));
      second.registerFullBackwardHook(see('own', 'backward'));
      net
        .forward(torch.ones([5, 3], { requiresGrad: true }))
        .sum()
        .backward();
    } finally {
      for (const handle of handles) handle.remove();
    }
    net
      .forward(torch.ones([5, 3], { requiresGrad: true }))
      .sum()
      .backward();
    assert.deepEqual(log, goldenJson<{ everywhere: unknown[] }>('autograd-hooks').everywhere);
  });

  it('change arguments, outputs and gradients, and pass over a forward that gives no tensor', () => {
    class Named extends nn.Module {
      inner = new nn.Identity();
      forward(x: Tensor): { y: Tensor } {
        return { y: this.inner.forward(x) };
      }
    }
    const handles = [
      nn.registerModuleForwardPreHook((module, [x]) =>
        module instanceof nn.Identity ? (x as Tensor).add(1) : undefined,
      ),
      nn.registerModuleForwardHook((module, _, y) =>
        module instanceof nn.Identity ? (y as Tensor).mul(2) : undefined,
      ),
      nn.registerModuleFullBackwardHook((_, [gradient]) => gradient!.mul(5)),
    ];
    try {
      const x = torch.ones([1], { requiresGrad: true });
      const { y } = new Named().forward(x);
      y.sum().backward();
      assert.deepEqual([y.toArray(), x.grad!.toArray()], [[4], [10]]);
    } finally {
      for (const handle of handles) handle.remove();
    }
    assert.throws(() => nn.registerModuleForwardHook(1 as never), DTypeError);
  });
});
