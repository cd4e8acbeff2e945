import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import { fit, type FitOptions } from '../../ts/train';
import { assertClose } from '../nn/golden';
import type { Tolerance } from '../tolerances';

/** Products in float16. */
const HALF: Tolerance = { rtol: 1e-2, atol: 1e-3 };

describe('fit ends with the weights of a loop written by hand in PyTorch', () => {
  let root: string;
  let golden: Record<string, torch.Tensor>;
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'train-golden-'));
    golden = torch.safetensors.load(join(__dirname, '../golden/train-loop.safetensors'));
  });
  after(() => rmSync(root, { recursive: true }));

  const stateOf = (name: string) =>
    Object.fromEntries(
      Object.entries(golden).flatMap(([key, tensor]) =>
        key.startsWith(`${name}.`) ? [[key.slice(name.length + 1), tensor]] : [],
      ),
    );

  const train = async (name: string, options: Partial<FitOptions<number>>) => {
    const model = new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 2));
    model.loadStateDict(stateOf('start'));
    const row = (key: string, batch: number) => golden[key]!.select(0, batch);
    const run = join(root, name);
    await fit<number>({
      model,
      data: {
        batches: 6,
        async *epoch(_epoch, { startBatch = 0 } = {}) {
          for (let batch = startBatch; batch < 6; batch++) yield batch;
        },
      },
      loss: (batch) => {
        const loss = nn.functional.mseLoss(model.forward(row('x', batch)), row('y', batch));
        return options.precision === 'float16' ? loss.mul(row('factors', batch)) : loss;
      },
      epochs: 1,
      run,
      ...options,
    });
    return { model, run };
  };
  const assertState = (found: Readonly<Record<string, torch.Tensor>>, name: string, tolerance?: Tolerance) => {
    for (const [what, tensor] of Object.entries(stateOf(name)))
      assertClose(found[what]!, tensor, { what, ...(tolerance && { tolerance }) });
  };

  it('with rates by layer, groups, unfreezing, accumulation, clipping, a schedule and averages', async () => {
    const { model, run } = await train('everything', {
      epochs: 2,
      accumulate: 2,
      optimizer: { kind: 'AdamW', lr: 0.01, weightDecay: 0.1 },
      groups: [{ pattern: /bias$/, weightDecay: 0 }],
      layerDecay: 0.5,
      unfreeze: [{ epoch: 2, pattern: /^0\./ }],
      schedule: { kind: 'StepLR', stepSize: 2, gamma: 0.5 },
      clipValue: 0.05,
      ema: 0.6,
    });
    assertState(model.stateDict(), 'everything');
    assertState(torch.safetensors.load(join(run, 'checkpoints/last/ema.safetensors')), 'averages');
  });

  it('in float16 with a scaler, and a step that overflows', async () => {
    const { model } = await train('scaled', {
      precision: 'float16',
      optimizer: { kind: 'SGD', lr: 0.1, momentum: 0.9 },
      schedule: { kind: 'ExponentialLR', gamma: 0.8 },
      clipNorm: 0.5,
    });
    assertState(model.stateDict(), 'scaled', HALF);
  });
});
