import assert from 'node:assert/strict';
import * as nn from '../../../ts/nn';
import { swaUtils } from '../../../ts/optim';
import * as torch from '../../../ts/tensor';
import type { Tensor } from '../../../ts/tensor';
import { liveTensors } from '../../live-tensors';
import { assertClose, assertSame, goldenJson, goldenTensors } from '../../nn/golden';

const { AveragedModel, getEmaAvgFn, getEmaMultiAvgFn, getSwaAvgFn, updateBn } = swaUtils;
const golden = goldenTensors('optim-averages');
const { updates, keys } = goldenJson<{ updates: number; keys: Record<string, string[]> }>('optim-averages');

/** The tensors of the golden whose names begin with `prefix`, without it. */
function part(prefix: string): nn.StateDict {
  const names = golden.names.filter((name) => name.startsWith(prefix));
  return Object.fromEntries(names.map((name) => [name.slice(prefix.length), golden.get(name)]));
}

function net(): nn.Sequential {
  const layers = [new nn.Conv2d(1, 2, 2), new nn.BatchNorm2d(2), new nn.ReLU(), new nn.Flatten(), new nn.Linear(8, 3)];
  const model = new nn.Sequential(...layers);
  model.loadStateDict(part('start.'));
  return model;
}

type Averaged = swaUtils.AveragedModel<nn.Sequential>;

function average(options: swaUtils.AveragedModelOptions = {}): { model: nn.Sequential; averaged: Averaged } {
  const model = net();
  const averaged = new AveragedModel(model, options);
  for (let update = 0; update < updates; update++) {
    model.loadStateDict(part(`model.${update}.`));
    averaged.updateParameters(model);
  }
  return { model, averaged };
}

const cases: Record<string, swaUtils.AveragedModelOptions> = {
  swa: {},
  swa_function: { avgFn: getSwaAvgFn() },
  ema: { multiAvgFn: getEmaMultiAvgFn(0.9) },
  ema_function: { avgFn: getEmaAvgFn(0.7) },
  ema_buffers: { multiAvgFn: getEmaMultiAvgFn(0.5), useBuffers: true },
};

function assertState(actual: nn.StateDict, expected: nn.StateDict): void {
  for (const [key, tensor] of Object.entries(expected)) assertClose(actual[key]!, tensor, { what: key });
}

describe('AveragedModel', () => {
  for (const [name, options] of Object.entries(cases)) {
    it(`${name}: averages and keys are PyTorch's`, () => {
      const { averaged } = average(options);
      assert.deepEqual(Object.keys(averaged.stateDict()), keys[name]);
      assertState(averaged.stateDict(), part(`${name}.`));
    });
  }

  it('computes with the averages, in its own mode, and leaves the model as it was', () => {
    const { model, averaged } = average();
    const [before, parameters] = [model.stateDict(), model.parameters()];
    const output = averaged.eval().forward(golden.get('x'));
    assertClose(output.detach(), golden.get('eval'));
    assert.deepEqual(model.parameters(), parameters);
    for (const [key, tensor] of Object.entries(model.stateDict())) assertSame(tensor, before[key]!, key);
    assert.ok(model.modules().every((module) => module.training));
  });

  it('gives gradients to the averages', () => {
    const { model, averaged } = average();
    averaged.eval().forward(golden.get('x')).sum().backward();
    assert.ok(averaged.parameters().every((parameter) => parameter.grad !== null));
    assert.ok(model.parameters().every((parameter) => parameter.grad === null));
  });

  it('lends the averages until an async evaluation is over, also when it fails', async () => {
    const { model, averaged } = average();
    const weight = model.parameters()[0]!;
    averaged.eval();
    const seen = await averaged.lend(async (lent) => {
      await Promise.resolve();
      return [lent.parameters()[0], lent.training];
    });
    assert.deepEqual(seen, [averaged.parameters()[0], false]);
    const failure = averaged.lend(async () => {
      await Promise.resolve();
      throw new Error('no data');
    });
    await assert.rejects(failure, /no data/);
    assert.equal(model.parameters()[0], weight);
    assert.equal(model.training, true);
  });

  it('goes on from its own saved state', () => {
    const { averaged, model } = average({ multiAvgFn: getEmaMultiAvgFn(0.9) });
    const other = new AveragedModel(net(), { multiAvgFn: getEmaMultiAvgFn(0.9) });
    other.loadStateDict(averaged.stateDict());
    for (const each of [averaged, other]) each.updateParameters(model);
    for (const [key, tensor] of Object.entries(averaged.stateDict())) assertSame(other.stateDict()[key]!, tensor, key);
  });

  it('keeps a shared parameter shared', () => {
    class Tied extends nn.Module {
      first = new nn.Linear(2, 2);
      second = new nn.Linear(2, 2);
      constructor() {
        super();
        this.second.weight = this.first.weight;
      }
      forward(input: Tensor): Tensor {
        return this.second.forward(this.first.forward(input));
      }
    }
    const model = new Tied();
    const averaged = new AveragedModel(model);
    assert.equal(averaged.parameters().length, 3);
    torch.noGrad(() => averaged.parameters()[0]!.fill_(0));
    assertSame(averaged.forward(torch.ones([1, 2])), model.second.bias!.detach().view([1, 2]));
  });

  it('leaves no tensor behind but the averages', async () => {
    const { model, averaged } = average();
    const before = await liveTensors();
    torch.scope(() => {
      averaged.updateParameters(model);
      averaged.forward(golden.get('x'));
    });
    assert.equal(torch.memory().tensors, before);
  });

  it('options that make no sense are refused', () => {
    assert.throws(() => getEmaMultiAvgFn(1.5), /between 0 and 1 for the decay, found 1.5/);
    assert.throws(() => new AveragedModel(net(), { avgFn: getSwaAvgFn(), multiAvgFn: getEmaMultiAvgFn() }), /not both/);
    assert.throws(() => new AveragedModel(net()).updateParameters(new nn.Linear(1, 1)), /no average for "weight"/);
    assert.throws(() => average().averaged.module.forward(), /call forward\(\) of the AveragedModel/);
  });
});

describe('updateBn', () => {
  const batches = (): Tensor[] => golden.get('x').split(2);

  async function* asynchronous(): AsyncGenerator<[Tensor, string]> {
    for (const batch of batches()) yield [batch, 'label'];
  }

  for (const [title, loader] of [
    ['batches', batches],
    ['an async loader of lists', asynchronous],
  ] as const) {
    it(`computes the statistics of averaged weights anew, from ${title}`, async () => {
      const { model, averaged } = average();
      const before = model.stateDict()['1.running_mean']!.clone();
      averaged.eval();
      await updateBn(loader(), averaged);
      const state = averaged.stateDict();
      for (const key of ['running_mean', 'running_var', 'num_batches_tracked'])
        assertClose(state[`module.1.${key}`]!, golden.get(`anew.${key}`), { what: key });
      assertSame(model.stateDict()['1.running_mean']!, before);
      assert.equal((model.at(1) as nn.BatchNorm2d).momentum, 0.1);
      assert.deepEqual([averaged.training, model.training], [false, true]);
    });
  }
});
