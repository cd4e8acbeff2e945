import assert from 'node:assert/strict';
import { DTypeError, InputError, TorchError } from '../../../ts/errors';
import * as nn from '../../../ts/nn';
import * as optim from '../../../ts/optim';
import * as torch from '../../../ts/tensor';
import type { Tensor } from '../../../ts/tensor';
import { assertNumber, goldenJson } from '../../nn/golden';

interface Step {
  scale: number;
  weight: number[];
  bias: number[];
  state: torch.amp.GradScalerState;
}

const OPTIONS = { initScale: 64, growthFactor: 4, backoffFactor: 0.25, growthInterval: 2 };
const STEPS = [1, 1, 1, Infinity, 1, NaN, 1, 1, 1, 1];

interface Case {
  weight: Tensor;
  bias: Tensor;
  optimizer: optim.SGD;
  scaler: torch.amp.GradScaler;
}

function make(): Case {
  const weight = torch.tensor([1, -2, 3], { requiresGrad: true });
  const bias = torch.tensor([0.5], { dtype: 'bfloat16', requiresGrad: true });
  return {
    weight,
    bias,
    optimizer: new optim.SGD([weight, bias], { lr: 0.125 }),
    scaler: new torch.amp.GradScaler('cpu', OPTIONS),
  };
}

function step({ weight, bias, optimizer, scaler }: Case, factor: number, clip: boolean): Step {
  torch.scope(() => {
    optimizer.zeroGrad();
    scaler.scale(weight.pow(2).sum().add(bias.float().sum()).mul(factor)).backward();
    if (clip) {
      scaler.unscale_(optimizer);
      nn.utils.clipGradNorm([weight], 1);
    }
    scaler.step(optimizer);
    scaler.update();
  });
  return {
    scale: scaler.getScale(),
    weight: weight.toArray() as number[],
    bias: bias.toArray() as number[],
    state: scaler.stateDict() as torch.amp.GradScalerState,
  };
}

describe('GradScaler', () => {
  const golden = goldenJson<{ plain: Step[]; clipped: Step[]; defaults: torch.amp.GradScalerState }>('grad-scaler');

  for (const clip of [false, true]) {
    it(`has PyTorch’s scales, parameters and state at each of ten steps, ${clip ? 'with unscale_ and clipping' : 'two of them not finite'}`, () => {
      const run = make();
      const found = STEPS.map((factor) => step(run, factor, clip));
      const expected = clip ? golden.clipped : golden.plain;
      for (const [i, { scale, weight, bias, state }] of expected.entries()) {
        assert.deepEqual([found[i]!.scale, found[i]!.state], [scale, state], `step ${i}`);
        found[i]!.weight.forEach((value, j) => assertNumber(value, weight[j]!, `weight at step ${i}`));
        found[i]!.bias.forEach((value, j) => assertNumber(value, bias[j]!, `bias at step ${i}`));
      }
    });
  }

  it('starts with PyTorch’s defaults', () => {
    assert.deepEqual(new torch.amp.GradScaler('cpu').stateDict(), golden.defaults);
    assert.equal(new torch.amp.GradScaler().device, 'cuda');
  });

  it('goes on from a state dict as if it had never stopped', () => {
    const [one, other] = [make(), make()];
    STEPS.slice(0, 4).forEach((factor) => step(one, factor, false));
    const saved = JSON.parse(JSON.stringify(one.scaler.stateDict())) as torch.amp.GradScalerState;
    other.scaler.loadStateDict(saved);
    torch.noGrad(() => {
      other.weight.copy_(one.weight);
      other.bias.copy_(one.bias);
    });
    for (const factor of STEPS.slice(4)) assert.deepEqual(step(other, factor, false), step(one, factor, false));
    other.scaler.loadStateDict(saved);
    assert.deepEqual(other.scaler.stateDict(), saved);
  });

  it('scales several losses, and in their own type', () => {
    const scaler = new torch.amp.GradScaler('cpu', { initScale: 8 });
    const [a, b] = scaler.scale([torch.ones([1]), torch.ones([1], { dtype: 'bfloat16' })]);
    assert.deepEqual([a!.toArray(), b!.toArray(), b!.dtype], [[8], [8], 'bfloat16']);
  });

  it('gives back what the optimizer’s step gives, and undefined for one that is skipped', () => {
    for (const [factor, expected] of [
      [1, 'stepped'],
      [Infinity, undefined],
    ] as const) {
      const { weight, scaler } = make();
      scaler.scale(weight.sum().mul(factor)).backward();
      assert.equal(scaler.step({ paramGroups: [{ params: [weight] }], step: () => 'stepped' }), expected);
    }
  });

  it('the scale can be set', () => {
    const run = make();
    step(run, 1, false);
    run.scaler.update(16);
    assert.equal(run.scaler.getScale(), 16);
    run.scaler.update(torch.tensor(32));
    assert.equal(run.scaler.getScale(), 32);
    run.scaler.setGrowthFactor(3);
    run.scaler.setBackoffFactor(0.1);
    run.scaler.setGrowthInterval(7);
    assert.deepEqual(
      [run.scaler.getGrowthFactor(), run.scaler.getBackoffFactor(), run.scaler.getGrowthInterval()],
      [3, 0.1, 7],
    );
  });

  it('does nothing when it is not enabled', () => {
    const scaler = new torch.amp.GradScaler('cuda', { enabled: false });
    const loss = torch.ones([1]);
    assert.equal(scaler.scale(loss), loss);
    assert.equal(scaler.step({ paramGroups: [], step: () => 7 }), 7);
    scaler.unscale_({ paramGroups: [], step: () => 0 });
    scaler.update();
    assert.deepEqual([scaler.getScale(), scaler.stateDict(), scaler.isEnabled()], [1, {}, false]);
  });

  it('refuses calls out of order and what it cannot scale', () => {
    const fresh = (): Case => {
      const run = make();
      run.scaler.scale(run.weight.sum()).backward();
      return run;
    };
    const refused: readonly [() => unknown, new (...args: never[]) => Error, RegExp][] = [
      [() => make().scaler.update(), TorchError, /nothing was scaled yet/],
      [() => fresh().scaler.update(), TorchError, /no gradients were checked/],
      [
        () => {
          const { scaler, optimizer } = fresh();
          scaler.unscale_(optimizer);
          scaler.unscale_(optimizer);
        },
        TorchError,
        /unscale_\(\) has already been called/,
      ],
      [
        () => {
          const { scaler, optimizer } = fresh();
          scaler.step(optimizer);
          scaler.step(optimizer);
        },
        TorchError,
        /step\(\) has already been called/,
      ],
      [
        () => {
          const { scaler, optimizer } = fresh();
          scaler.step(optimizer);
          scaler.unscale_(optimizer);
        },
        TorchError,
        /called after step/,
      ],
      [
        () => {
          const { scaler, optimizer } = fresh();
          optimizer.zeroGrad();
          scaler.step(optimizer);
        },
        TorchError,
        /no parameter of this optimizer has a gradient/,
      ],
      [
        () => {
          const half = torch.ones([1], { dtype: 'float16', requiresGrad: true });
          const { scaler } = make();
          scaler.scale(half.sum()).backward();
          scaler.unscale_({ paramGroups: [{ params: [half] }], step: () => 0 });
        },
        DTypeError,
        /gradients in float16/,
      ],
      [() => new torch.amp.GradScaler('cpu', { growthFactor: 1 }), InputError, /growth factor above 1, found 1/],
      [() => new torch.amp.GradScaler('cpu', { backoffFactor: 1 }), InputError, /backoff factor below 1, found 1/],
      [() => new torch.amp.GradScaler('cpu', { init_scale: 1 } as object), InputError, /Did you mean initScale\?/],
      [() => new torch.amp.GradScaler('cpu').loadStateDict({}), InputError, /state dict is empty/],
    ];
    for (const [body, type, message] of refused)
      assert.throws(body, (error: unknown) => error instanceof type && message.test(error.message), String(message));
  });
});
