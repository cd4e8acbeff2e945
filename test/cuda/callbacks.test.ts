import assert from 'node:assert/strict';
import * as nn from '../../ts/nn';
import { SGD } from '../../ts/optim';
import * as torch from '../../ts/tensor';
import { autograd, type Tensor } from '../../ts/tensor';
import { distance, onGpu } from './gpu';

/** Its backward runs a backward pass itself. */
class Cube extends autograd.Function {
  static forward(ctx: autograd.FunctionContext, x: Tensor): Tensor {
    ctx.saveForBackward(x);
    return x.pow(3);
  }

  static backward(ctx: autograd.FunctionContext, gradient: Tensor): Tensor {
    const x = ctx.savedTensors[0]!.detach().requiresGrad_();
    const [slope] = torch.enableGrad(() => autograd.grad(x.pow(3).sum(), x)) as [Tensor];
    return slope.mul(gradient);
  }
}

onGpu('JavaScript in backward passes of CUDA', () => {
  it('functions and hooks are called from autograd’s device threads, with a pass inside of a pass', () => {
    const x = torch.tensor([1, 2, 3], { device: 'cuda', requiresGrad: true });
    const seen: string[] = [];
    x.registerHook((gradient) => {
      seen.push(gradient.device);
      return gradient.mul(2);
    });
    Cube.apply(x).sum().backward();
    assert.deepEqual([x.grad!.toArray(), seen], [[6, 24, 54], ['cuda:0']]);
  });

  it('an error thrown there comes out of backward() as it is', () => {
    const error = new RangeError('mine');
    const x = torch.ones([2], { device: 'cuda', requiresGrad: true });
    x.registerHook(() => {
      throw error;
    });
    assert.throws(
      () => x.mul(2).sum().backward(),
      (found) => found === error,
    );
  });

  it('a checkpoint gives the same gradients, dropout of the device included', () => {
    const net = new nn.Sequential(new nn.Linear(32, 32), new nn.Dropout(0.5), new nn.Tanh(), new nn.Linear(32, 32)).to(
      'cuda',
    );
    const x = torch.randn([8, 32], { device: 'cuda', requiresGrad: true });
    const gradient = (forward: (input: Tensor) => Tensor): Tensor => {
      x.grad = null;
      torch.manualSeed(3);
      forward(x).pow(2).sum().backward();
      return x.grad!.clone();
    };
    const plain = gradient((input) => net.forward(input));
    assert.equal(
      distance(
        plain,
        gradient((input) => torch.utils.checkpoint((y: Tensor) => net.forward(y), input)),
      ),
      0,
    );
  });

  it('saveOnCpu keeps saved tensors off the device', () => {
    const x = torch.randn([1024, 1024], { device: 'cuda', requiresGrad: true });
    const before = torch.cuda.memory().allocated;
    const y = torch.scope(() => autograd.graph.saveOnCpu(() => x.sin().cos().tanh().sum()));
    assert.ok(torch.cuda.memory().allocated - before < x.nbytes);
    y.backward();
    assert.deepEqual(x.grad!.shape, [1024, 1024]);
  });

  it('a GradScaler skips the step whose gradients overflow in float16, and halves its scale', () => {
    const weight = torch.ones([4, 4], { device: 'cuda', requiresGrad: true });
    const optimizer = new SGD([weight], { lr: 0.1 });
    const scaler = new torch.amp.GradScaler('cuda', { initScale: 2 ** 24 });
    const step = (): void => {
      optimizer.zeroGrad();
      const loss = torch.autocast('cuda', { dtype: 'float16' }, () => weight.mm(weight).sum());
      scaler.scale(loss).backward();
      scaler.step(optimizer);
      scaler.update();
    };
    step();
    assert.deepEqual([scaler.getScale(), weight.sum().item()], [2 ** 23, 16]);
    for (let i = 0; i < 20; i++) step();
    assert.notEqual(weight.sum().item(), 16);
  });
});
