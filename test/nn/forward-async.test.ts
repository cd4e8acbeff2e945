import assert from 'node:assert/strict';
import { InputError, TorchError } from '../../ts/errors';
import { DetrForObjectDetection, ViTForImageClassification } from '../../ts/models';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';

/** Counts how often its JavaScript runs. */
class Counting extends nn.Module {
  calls = 0;
  readonly linear = new nn.Linear(3, 2);
  readonly dropout = new nn.Dropout(0.5);

  forward(x: Tensor, { scale = 1 }: { readonly scale?: number } = {}): { sum: Tensor; parts: readonly [Tensor, Tensor | null]; scale: number } {
    this.calls++;
    const y = this.dropout.forward(this.linear.forward(x)).mul(scale);
    return { sum: y.sum(), parts: [y, null], scale };
  }
}

class Doubled extends torch.autograd.Function {
  static forward(_ctx: torch.autograd.FunctionContext, x: Tensor): Tensor {
    return x.mul(2);
  }
  static backward(_ctx: torch.autograd.FunctionContext, gradient: Tensor): Tensor {
    return gradient.mul(20);
  }
}

describe('Module.forwardAsync', () => {
  const x = torch.keep(torch.tensor([[1, 2, 3], [4, 5, 6]]));
  let model: Counting;
  beforeEach(() => {
    torch.manualSeed(0);
    model = new Counting().eval();
  });

  it('gives what forward gives, in the same nesting', async () => {
    const expected = model.forward(x, { scale: 3 });
    const found = await model.forwardAsync([x, { scale: 3 }]);
    assert.ok(torch.allclose(found.sum, expected.sum));
    assert.ok(torch.allclose(found.parts[0], expected.parts[0]));
    assert.deepEqual([found.parts.length, found.parts[1], found.scale], [2, null, 3]);
  });

  it('runs JavaScript once for each kind of input', async () => {
    const run = async (...args: Parameters<Counting['forward']>): Promise<number> => {
      await model.forwardAsync(args);
      return model.calls;
    };
    assert.equal(await run(x), 1);
    assert.equal(await run(x.mul(2)), 1);
    assert.equal(await run(torch.ones([5, 3])), 2);
    assert.equal(await run(x, { scale: 2 }), 3);
    await torch.noGrad(() => run(x));
    assert.equal(model.calls, 4);
    model.train();
    assert.equal(await run(x), 5);
    model.eval();
    assert.equal(await run(x), 5);
    for (let rows = 10; rows < 18; rows++) await run(torch.ones([rows, 3]));
    assert.equal(await run(x), 14, 'eight other kinds have taken its place');
  });

  it('sees parameters that are written to, loaded, moved and replaced', async () => {
    await model.forwardAsync([x]);
    const agree = async (): Promise<void> => {
      const input = x.to(model.linear.weight.dtype);
      const { parts } = await model.forwardAsync([input]);
      assert.ok(torch.allclose(parts[0], model.forward(input).parts[0]));
    };
    torch.noGrad(() => model.linear.weight.mul_(3));
    await agree();
    model.loadStateDict(new Counting().stateDict());
    await agree();
    model.loadStateDict(new Counting().stateDict(), { assign: true });
    await agree();
    model.to('float64');
    await agree();
  });

  it('drops while training, anew each time', async () => {
    model.train();
    const [first, second] = [await model.forwardAsync([torch.ones([50, 3])]), await model.forwardAsync([torch.ones([50, 3])])];
    assert.ok(!torch.equal(first.parts[0], second.parts[0]));
  });

  it('leaves statistics and random numbers as one forward does', async () => {
    const make = (): nn.Sequential => new nn.Sequential(new nn.BatchNorm1d(3), new nn.Dropout(0.5));
    const [one, other] = [make(), make()];
    const input = torch.randn([8, 3]);
    await torch.noGrad(async () => {
      torch.manualSeed(1);
      const expected = [one.forward(input), one.forward(input)];
      torch.manualSeed(1);
      const found = [await other.forwardAsync([input]), await other.forwardAsync([input])];
      expected.forEach((output, i) => assert.ok(torch.allclose(found[i]!, output)));
    });
    for (const [key, value] of Object.entries(one.stateDict())) assert.ok(torch.allclose(other.stateDict()[key]!.to('float32'), value.to('float32')), key);
  });

  it('leaves gradients as forward does, in the module itself', async () => {
    const { sum } = await model.forwardAsync([x]);
    await sum.backwardAsync();
    const found = model.linear.weight.grad!.clone();
    model.zeroGrad();
    model.forward(x).sum.backward();
    assert.ok(torch.allclose(found, model.linear.weight.grad!));
    assert.equal((await torch.noGrad(() => model.forwardAsync([x]))).sum.requiresGrad, false);
  });

  it('computes in the types of autocast', async () => {
    const half = await torch.autocast('cpu', { dtype: 'bfloat16' }, () => model.forwardAsync([x]));
    assert.equal(half.parts[0].dtype, 'bfloat16');
    assert.equal((await model.forwardAsync([x])).parts[0].dtype, 'float32');
  });

  it('leaves the event loop its turns', async () => {
    const wide = new nn.Sequential(...Array.from({ length: 6 }, () => new nn.Linear(1000, 1000)));
    const input = torch.ones([400, 1000]);
    await wide.forwardAsync([input]);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await wide.forwardAsync([input]);
    clearInterval(timer);
    assert.ok(turns > 0, 'the event loop stood still');
  });

  it('keeps the memory of nothing', async () => {
    await model.forwardAsync([x]);
    const leaks = await torch.findLeaks(() => torch.scope(() => model.forwardAsync([x]).then(() => undefined)));
    assert.deepEqual(leaks, []);
  });

  it('takes an AbortSignal', async () => {
    await assert.rejects(model.forwardAsync([x], { signal: AbortSignal.abort() }), { name: 'AbortError' });
    const controller = new AbortController();
    const pending = model.forwardAsync([x], { signal: controller.signal });
    controller.abort();
    await assert.rejects(pending, { name: 'AbortError' });
  });

  it('serves the models', async () => {
    const vit = ViTForImageClassification.fromConfig({ hiddenSize: 32, numHiddenLayers: 2, numAttentionHeads: 2, intermediateSize: 64, imageSize: 32, patchSize: 8, numLabels: 3 }).eval();
    const pixelValues = torch.randn([2, 3, 32, 32]);
    assert.ok(torch.allclose((await vit.forwardAsync([{ pixelValues }])).logits, vit.forward({ pixelValues }).logits, { atol: 1e-6 }));
    const backboneConfig = { model_type: 'resnet', embedding_size: 8, hidden_sizes: [8, 8, 8, 16], depths: [1, 1, 1, 1], layer_type: 'basic', out_features: ['stage4'] };
    const detr = DetrForObjectDetection.fromConfig({ dModel: 16, encoderLayers: 1, decoderLayers: 1, encoderAttentionHeads: 2, decoderAttentionHeads: 2, encoderFfnDim: 16, decoderFfnDim: 16, numQueries: 5, useTimmBackbone: false, backboneConfig }).eval();
    const [found, expected] = [await detr.forwardAsync([{ pixelValues }]), detr.forward({ pixelValues })];
    assert.ok(torch.allclose(found.predBoxes, expected.predBoxes, { atol: 1e-5 }));
    assert.ok(torch.allclose(found.logits, expected.logits, { atol: 1e-5 }));
  });

  describe('refuses', () => {
    it('hooks, of the module or of every module', async () => {
      const hook = model.linear.registerForwardHook(() => undefined);
      await assert.rejects(model.forwardAsync([x]), (error: Error) => error instanceof InputError && /Counting\.forwardAsync: hooks are JavaScript/.test(error.message));
      hook.remove();
      const general = nn.registerModuleForwardPreHook(() => undefined);
      await assert.rejects(model.forwardAsync([x]), InputError);
      general.remove();
      await model.forwardAsync([x]);
    });

    it('a derivative that is JavaScript, unless nobody asks for it', async () => {
      class Own extends nn.Module {
        readonly linear = new nn.Linear(3, 2);
        forward(input: Tensor): Tensor {
          return Doubled.apply(this.linear.forward(input));
        }
      }
      const own = new Own();
      await assert.rejects(own.forwardAsync([x]), (error: Error) => error instanceof TorchError && /Doubled\.apply: its derivative is JavaScript/.test(error.message));
      assert.ok(torch.allclose(await torch.noGrad(() => own.forwardAsync([x])), own.forward(x)));
      assert.equal(Doubled.apply(torch.ones([1], { requiresGrad: true })).requiresGrad, true);
    });

    it('arguments that no trace can tell apart, and none at all', async () => {
      await assert.rejects(model.forwardAsync([x, { scale: (() => 1) as never }]), (error: Error) => error instanceof InputError && /expected arguments of tensors, .*found \[Function: scale\]/.test(error.message));
      await assert.rejects(model.forwardAsync([2 as never]), /expected a tensor among the arguments, found none/);
    });

    it('what goes wrong inside, by its own error', async () => {
      await assert.rejects(model.forwardAsync([torch.ones([2, 7])]), TorchError);
      await assert.rejects(model.forwardAsync([x, { scale: 'two' as never }]), TorchError);
      await model.forwardAsync([x]);
    });
  });
});
