import assert from 'node:assert/strict';
import { compile, type Precision } from '../../ts/compile';
import { calibrate } from '../../ts/compile/calibrate';
import { InputError } from '../../ts/errors';
import { DetrForObjectDetection, ResNetConfig, ViTForImageClassification } from '../../ts/models';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { liveTensors } from '../live-tensors';

/** Of the largest number. */
const BOUNDS: Readonly<Record<Precision, number>> = { float32: 1e-4, bfloat16: 0.03, int8: 0.12 };

function assertNear(found: Tensor, wanted: Tensor, precision: Precision): void {
  assert.equal(found.dtype, 'float32');
  assert.deepEqual(found.shape, wanted.shape);
  if (wanted.numel() === 0) return;
  const distance = found.sub(wanted).abs().max().div(wanted.abs().max()).item() as number;
  assert.ok(distance < BOUNDS[precision], `${precision}: ${distance}`);
}

function vit(): ViTForImageClassification {
  torch.manualSeed(0);
  const width = { hiddenSize: 64, numAttentionHeads: 4, intermediateSize: 128, numHiddenLayers: 3 };
  return ViTForImageClassification.fromConfig({ ...width, imageSize: 32, patchSize: 8, numLabels: 5 }).eval();
}

function detr(): DetrForObjectDetection {
  torch.manualSeed(0);
  const backboneConfig = ResNetConfig.named('resnet50', {
    embeddingSize: 16,
    hiddenSizes: [16, 32, 32, 64],
    depths: [2, 1, 1, 1],
  });
  const widths = {
    dModel: 64,
    encoderFfnDim: 96,
    decoderFfnDim: 96,
    encoderAttentionHeads: 4,
    decoderAttentionHeads: 4,
  };
  return DetrForObjectDetection.fromConfig({
    backboneConfig,
    ...widths,
    encoderLayers: 2,
    decoderLayers: 2,
    numQueries: 7,
    numLabels: 3,
  }).eval();
}

const warned = (message: string): never => assert.fail(message);

describe('torch.compile in other precisions', function () {
  this.timeout(60_000);

  for (const precision of ['bfloat16', 'int8'] as const) {
    it(`computes a ViT in ${precision}, of every number of images`, () => {
      const model = vit();
      using fast = compile(model, { precision, onWarning: warned });
      for (const batch of [1, 3, 0, 8]) {
        const pixelValues = torch.randn([batch, 3, 32, 32]);
        const wanted = torch.noGrad(() => model.forward({ pixelValues }).logits);
        for (let i = 0; i < 2; i++) assertNear(fast.forward({ pixelValues }).logits, wanted, precision);
      }
    });

    it(`computes a DETR in ${precision}, in odd sizes, and with the padding of a batch left out`, () => {
      const model = detr();
      const calibrate = [64, 90].map((height) => ({ pixelValues: torch.randn([2, 3, height, 100]) }));
      using fast = compile(model, { precision, onWarning: warned, ...(precision === 'int8' && { calibrate }) });
      for (const [batch, height, width] of [
        [1, 64, 96],
        [2, 75, 101],
        [1, 33, 47],
      ] as const) {
        const pixelValues = torch.randn([batch, 3, height, width]);
        const pixelMask = torch.ones([batch, height, width], { dtype: 'int64' });
        pixelMask
          .select(0, 0)
          .narrow(1, width - 10, 10)
          .zero_();
        for (const input of [{ pixelValues }, { pixelValues, pixelMask }]) {
          const wanted = torch.noGrad(() => model.forward(input));
          const found = fast.forward(input);
          assertNear(found.logits, wanted.logits, precision);
          assertNear(found.predBoxes, wanted.predBoxes, precision);
        }
      }
    });

    it(`notices weights that change, in ${precision}`, () => {
      const model = vit();
      using fast = compile(model, { precision, onWarning: warned });
      const pixelValues = torch.randn([2, 3, 32, 32]);
      fast.forward({ pixelValues });
      torch.noGrad(() => model.parameters().forEach((parameter) => parameter.mul_(1.3)));
      assertNear(
        fast.forward({ pixelValues }).logits,
        torch.noGrad(() => model.forward({ pixelValues }).logits),
        precision,
      );
    });
  }

  it('calibrates on any iterable, once, and clips what goes beyond', () => {
    const module = new nn.Sequential(new nn.Conv2d(3, 8, 3), new nn.ReLU()).eval();
    let asked = 0;
    function* images(): Iterable<[Tensor]> {
      asked++;
      yield [torch.rand([1, 3, 9, 9])];
      yield [torch.rand([2, 3, 5, 7])];
    }
    using fast = compile(module, {
      precision: 'int8',
      calibrate: { [Symbol.iterator]: () => images()[Symbol.iterator]() },
    });
    for (const size of [9, 12]) {
      const x = torch.rand([1, 3, size, size]);
      assertNear(
        fast.forward(x) as Tensor,
        torch.noGrad(() => module.forward(x) as Tensor),
        'int8',
      );
    }
    assert.equal(asked, 1);
    const bright = torch.full([1, 3, 9, 9], 100);
    const clipped = fast.forward(bright) as Tensor;
    assert.ok((clipped.max().item() as number) < 5);
  });

  it('asks for a calibration where there are convolutions, and says which input of it the module cannot take', () => {
    const module = new nn.Sequential(new nn.Conv2d(3, 8, 3)).eval();
    const x = torch.rand([1, 3, 9, 9]);
    const forward = (calibrate?: Iterable<unknown>) =>
      compile(module, { precision: 'int8', ...(calibrate && { calibrate }) }).forward(x);
    for (const none of [undefined, []])
      assert.throws(
        () => forward(none),
        (error: Error) => {
          assert.ok(error instanceof InputError);
          assert.match(
            error.message,
            /expected inputs to calibrate the convolutions of Sequential on, for int8, found none; pass calibrate/,
          );
          return true;
        },
      );
    assert.throws(() => forward([x, torch.rand([1, 4, 9, 9])]), /calibrate\[1\]: .*aten::conv2d/);
    assert.throws(() => forward([torch.full([1, 3, 9, 9], NaN)]), /calibrate\[0\]: .*found NaN/);
  });

  it('leaves nothing of the inputs of a calibration behind, of refused ones neither', async () => {
    const module = new nn.Sequential(new nn.Conv2d(3, 8, 3)).eval();
    const [x, wrong] = [torch.rand([1, 3, 9, 9]), torch.full([1, 3, 9, 9], NaN)];
    const before = await liveTensors();
    calibrate(module, [x, x]);
    assert.equal(torch.memory().tensors, before);
    assert.throws(() => calibrate(module, [x, wrong]), /found NaN/);
    assert.equal(torch.memory().tensors, before);
  });

  it('refuses what it does not know, in a sentence', () => {
    const module = new nn.Linear(2, 2);
    const options = (given: object) => () => compile(module, given);
    assert.throws(
      options({ precision: 'float16' }),
      /expected one of the precisions 'float32', 'bfloat16', 'int8', found "float16"/,
    );
    assert.throws(
      options({ precision: 'bfloat16', calibrate: [] }),
      /expected calibrate only with the precision 'int8', found "bfloat16"/,
    );
    assert.throws(
      options({ precision: 'int8', calibrate: 7 }),
      /expected an array or another iterable of inputs, or a Calibration, for calibrate, found 7/,
    );
  });
});
