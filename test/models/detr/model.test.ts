import assert from 'node:assert/strict';
import { InputError, ShapeError } from '../../../ts/errors';
import {
  DetrForObjectDetection,
  detectionTotals,
  type DetectionTotals,
  DetrModel,
  ResNetConfig,
  type DetrOptions,
} from '../../../ts/models';
import { utils } from '../../../ts/nn';
import { AdamW } from '../../../ts/optim';
import * as torch from '../../../ts/tensor';
import type { Tensor } from '../../../ts/tensor';
import { liveTensors } from '../../live-tensors';
import { assertClose, assertDrawn, assertSame, goldenTensors } from '../../nn/golden';
import { assertNear } from '../near';
import { BACKBONE, batchLabels, below, FOLDER, golden, load, mask, noLabels, pixels } from './fixture';

interface Case {
  readonly options?: DetrOptions;
  readonly masked?: boolean;
  readonly empty?: boolean;
}

const CASES: Record<string, Case> = {
  plain: {},
  masked: { masked: true },
  aux: { options: { auxiliaryLoss: true } },
  masked_aux: { options: { auxiliaryLoss: true }, masked: true },
  empty: { options: { auxiliaryLoss: true }, empty: true },
  weights: {
    options: {
      classCost: 2,
      bboxCost: 1,
      giouCost: 3,
      bboxLossCoefficient: 3,
      giouLossCoefficient: 4,
      eosCoefficient: 0.5,
    },
  },
};

/**
 * Gradients that are zero but for rounding: a bias on the keys adds the same to all scores of a query, and the queries of the
 * first decoder layer all find the same among themselves.
 */
const ROUNDING = /k_proj\.bias$|decoder\.layers\.0\.self_attn\.[qk]_proj\./;

const run = ({ masked, empty }: Case, model: DetrForObjectDetection) =>
  model.forward({
    pixelValues: pixels(),
    pixelMask: masked ? mask() : undefined,
    labels: empty ? noLabels() : batchLabels(),
  });

/** Gradients of the golden model in double precision, where rounding cannot hide a mistake. */
async function gradients(given: Case): Promise<Map<string, Tensor>> {
  const model = await load({ ...given.options, dtype: 'float64' });
  run(given, model).loss!.backward();
  return new Map(model.namedParameters().map(([key, { grad }]) => [key, grad!.to('float32')]));
}

describe('DETR', () => {
  describe('gives the outputs of transformers', () => {
    for (const [name, given] of Object.entries(CASES)) {
      it(`${name}: logits, boxes, every term of the loss`, async () => {
        const out = run(given, await load(given.options));
        assertNear(out.logits, golden.get(`${name}.logits`), 'forward', 'logits');
        assertNear(out.predBoxes, golden.get(`${name}.boxes`), 'forward', 'boxes');
        assertNear(out.loss!, golden.get(`${name}.loss`), 'forward', 'loss');
        const terms = below(`${name}.term`);
        assert.deepEqual(Object.keys(out.lossDict!).sort(), [...Object.keys(terms), 'class_error'].sort());
        for (const [term, expected] of Object.entries(terms))
          assertNear(out.lossDict![term]!, expected, 'forward', term);
        assert.equal(out.auxiliaryOutputs?.length, given.options?.auxiliaryLoss ? 2 : undefined);
        out.auxiliaryOutputs?.forEach(({ logits, predBoxes }, layer) => {
          assertNear(logits, golden.get(`${name}.aux.${layer}.logits`), 'forward', `logits of layer ${layer}`);
          assertNear(predBoxes, golden.get(`${name}.aux.${layer}.boxes`), 'forward', `boxes of layer ${layer}`);
        });
      });

      it(`${name}: gradients`, async () => {
        const found = await gradients(given);
        const expected = below(`${name}.grad`);
        if (Object.keys(expected).length > 20) assert.equal(found.size, Object.keys(expected).length);
        for (const [key, gradient] of Object.entries(expected)) {
          if (!ROUNDING.test(key)) assertNear(found.get(key)!, gradient, 'float64', key);
          else assert.ok(Number(found.get(key)!.abs().max().item()) < 1e-12, key);
        }
      });
    }

    const variants: Record<string, DetrOptions> = {
      learned: { positionEmbeddingType: 'learned' },
      gelu: { activationFunction: 'gelu' },
      one_layer: { decoderLayers: 1, auxiliaryLoss: true },
      heads: { encoderAttentionHeads: 4, decoderAttentionHeads: 1 },
    };
    for (const [name, options] of Object.entries(variants)) {
      it(`with another option: ${name}`, async () => {
        const { config } = await load();
        const model = DetrForObjectDetection.fromConfig({
          ...config.toJSON(),
          ...snake({ encoderLayers: 1, decoderLayers: 2, ...options }),
        });
        const backbone = Object.entries(below('learned.weight')).filter(([key]) => key.startsWith('model.backbone.'));
        model.loadStateDict({ ...Object.fromEntries(backbone), ...below(`${name}.weight`) });
        const out = run({ masked: true }, model.eval());
        assertNear(out.logits, golden.get(`${name}.logits`), 'forward', 'logits');
        assertNear(out.predBoxes, golden.get(`${name}.boxes`), 'forward', 'boxes');
        assertNear(out.loss!, golden.get(`${name}.loss`), 'forward', 'loss');
      });
    }

    it('with attention written out', async () => {
      const model = await load({ attnImplementation: 'eager' });
      assertNear(model.forward({ pixelValues: pixels(), pixelMask: mask() }).logits, golden.get('eager.logits'));
    });
  });

  it('five steps of AdamW, dropout and clipping are those of transformers', async () => {
    const model = (
      await load({ auxiliaryLoss: true, dropout: 0.1, attentionDropout: 0.1, activationDropout: 0.1, dtype: 'float64' })
    ).train();
    const optimizer = new AdamW(model.parameters(), { lr: 1e-3, weightDecay: 1e-4 });
    torch.manualSeed(5);
    const batches = torch.randn([5, 3, 3, 96, 128]).to('float64');
    torch.manualSeed(6);
    const losses: number[] = [];
    for (const pixelValues of batches.unbind(0)) {
      const loss = model.forward({ pixelValues, pixelMask: mask(), labels: batchLabels() }).loss!;
      optimizer.zeroGrad();
      loss.backward();
      utils.clipGradNorm(model.parameters(), 0.1);
      optimizer.step();
      losses.push(Number(loss.item()));
    }
    assertClose(torch.tensor(losses, { dtype: 'float64' }), golden.get('train.losses'), { what: 'losses' });
    const after = new Map(model.namedParameters());
    for (const [key, expected] of Object.entries(below('train.after'))) {
      // Adam scales up what is rounding alone.
      if (!ROUNDING.test(key)) assertNear(after.get(key)!.to('float32'), expected, 'float64', key);
    }
  });

  describe('starts from the weights of transformers for the same seed', () => {
    for (const positionEmbeddingType of ['sine', 'learned'] as const) {
      it(`with ${positionEmbeddingType} positions`, () => {
        torch.manualSeed(11);
        const backboneConfig = new ResNetConfig({
          embeddingSize: 4,
          hiddenSizes: [8, 8],
          depths: [1, 1],
          layerType: 'basic',
        });
        const model = DetrForObjectDetection.fromConfig({
          backboneConfig,
          dModel: 8,
          encoderLayers: 1,
          decoderLayers: 1,
          encoderAttentionHeads: 2,
          decoderAttentionHeads: 2,
          encoderFfnDim: 8,
          decoderFfnDim: 8,
          numQueries: 3,
          numLabels: 2,
          positionEmbeddingType,
        });
        assertSame(torch.rand([1]), golden.get(`initial.${positionEmbeddingType}.next`), 'next');
        const state = model.stateDict();
        const expected = below(`init.${positionEmbeddingType}`);
        assert.deepEqual(Object.keys(state).sort(), Object.keys(expected).sort());
        for (const [key, tensor] of Object.entries(expected)) assertDrawn(state[key]!, tensor, key);
      });
    }
  });

  describe('its backbone', () => {
    const training = (model: DetrForObjectDetection): string[] =>
      model
        .namedParameters()
        .filter(([key, { requiresGrad }]) => key.includes('.backbone.') && requiresGrad)
        .map(([key]) => key.split('model.').at(-1)!);

    it('trains stages 2 to 4 under timm names, as the paper does', () => {
      const model = DetrForObjectDetection.fromConfig({ backbone: 'resnet18' }, { device: 'meta' });
      assert.deepEqual(
        new Set(training(model).map((key) => key.split('.')[0])),
        new Set(['layer2', 'layer3', 'layer4']),
      );
    });

    it('trains not at all under the names of transformers, as there, until it is told to', async () => {
      const model = await DetrForObjectDetection.fromPretrained(FOLDER);
      assert.deepEqual(training(model), []);
      model.model.backbone.trainStages([2, 3, 4]);
      assert.deepEqual(
        new Set(training(model).map((key) => key.slice(0, 16))),
        new Set(['encoder.stages.1', 'encoder.stages.2', 'encoder.stages.3']),
      );
      model.model.unfreezeBackbone();
      assert.equal(training(model).length, 16);
      model.model.freezeBackbone();
      assert.deepEqual(training(model), []);
    });
  });

  describe('batches', () => {
    it('give each image what it gets alone, without its padding', async () => {
      const model = await load();
      const pixelValues = pixels();
      const { logits, predBoxes } = model.forward({ pixelValues, pixelMask: mask() });
      // 64 x 96 is what the backbone makes of 40 x 60 and of its padding up to the next multiples of 32.
      const alone = model.forward({ pixelValues: pixelValues.narrow(0, 0, 1), pixelMask: mask().narrow(0, 0, 1) });
      assertNear(alone.logits, logits.narrow(0, 0, 1));
      assertNear(alone.predBoxes, predBoxes.narrow(0, 0, 1));
    });

    it('with a mask that hides nothing are those without a mask', async () => {
      const model = await load();
      const pixelValues = pixels();
      const plain = model.forward({ pixelValues });
      for (const dtype of ['int64', 'bool', 'float32'] as const) {
        assertSame(model.forward({ pixelValues, pixelMask: torch.ones([3, 96, 128], { dtype }) }).logits, plain.logits);
      }
    });

    for (const attnImplementation of ['eager', 'sdpa'] as const)
      it(`with an image that is all padding are those of transformers: ${attnImplementation}`, async () => {
        const model = await load({ attnImplementation, dtype: 'float64' });
        const pixelMask = mask().clone();
        pixelMask.select(0, 1).zero_();
        const { logits } = model.forward({ pixelValues: pixels().to('float64'), pixelMask });
        const expected = goldenTensors('model-outputs').get(`detr_padding.${attnImplementation}`);
        assertNear(logits.to('float32'), expected, 'float64');
      });

    it('of another size get positions of their own', async () => {
      const model = await load();
      const wide = torch.randn([1, 3, 64, 160]);
      const first = model.forward({ pixelValues: wide }).logits;
      model.forward({ pixelValues: pixels() });
      assertSame(model.forward({ pixelValues: wide }).logits, first);
    });

    it('leave nothing behind but what is returned', async () => {
      const model = await load({ auxiliaryLoss: true });
      const input = { pixelValues: pixels(), pixelMask: mask(), labels: batchLabels() };
      const before = await liveTensors();
      const out = model.forward(input);
      assert.equal(torch.memory().tensors, before + 3 + 4 + Object.keys(out.lossDict!).length);
    });
  });

  describe('losses', () => {
    it('in another order of the objects are the same', async () => {
      const model = await load();
      const turned = batchLabels().map(({ classLabels, boxes }) => ({
        classLabels: classLabels.flip([0]),
        boxes: boxes.flip([0]),
      }));
      const loss = run({}, model).loss!;
      assertNear(model.forward({ pixelValues: pixels(), labels: turned }).loss!, loss);
    });

    for (const auxiliaryLoss of [true, false])
      it(`of outputs that were made without labels are the same, ${auxiliaryLoss ? 'with' : 'without'} those of all layers`, async () => {
        const model = await load({ auxiliaryLoss });
        const input = { pixelValues: pixels(), pixelMask: mask() };
        const wanted = model.forward({ ...input, labels: batchLabels() });
        const output = model.forward({ ...input, outputAuxiliary: true });
        assert.equal(output.loss, undefined);
        assert.equal(output.auxiliaryOutputs!.length, wanted.auxiliaryOutputs?.length ?? 0);
        const { loss, lossDict } = model.loss(output, batchLabels());
        assertSame(loss, wanted.loss!);
        assert.deepEqual(Object.keys(lossDict), Object.keys(wanted.lossDict!));
        assertNear(model.loss(output, batchLabels(), 22).lossDict['loss_bbox']!, lossDict['loss_bbox']!.div(2));
      });

    it('of outputs that lack the auxiliary ones are refused, where the configuration asks for their losses', async () => {
      const model = await load({ auxiliaryLoss: true });
      const output = model.forward({ pixelValues: pixels() });
      assert.throws(
        () => model.loss(output, batchLabels()),
        new InputError(
          'loss: expected auxiliaryOutputs, whose losses the configuration asks for, found none; pass outputAuxiliary: true to forward.',
        ),
      );
    });

    it('of boxes are divided by the count that is given', async () => {
      const model = await load();
      const given = (numBoxes?: number) =>
        model.forward({ pixelValues: pixels(), labels: batchLabels(), numBoxes }).lossDict!;
      assertNear(given(22)['loss_bbox']!, given()['loss_bbox']!.div(2));
      assertNear(given(0)['loss_giou']!, given()['loss_giou']!.mul(11));
    });

    it('of the parts of a batch have the loss of the batch as their mean, where they are divided by the means of its totals', async () => {
      const model = await load({ auxiliaryLoss: true });
      const [images, labels] = [pixels(), batchLabels()];
      const totals = labels.map((image) => detectionTotals([image], model.config));
      const mean = (key: keyof DetectionTotals) => totals.reduce((sum, one) => sum + one[key], 0) / totals.length;
      const means = { boxes: mean('boxes'), weights: mean('weights') };
      const parts = labels.map((image, i) => {
        const one = { pixelValues: images.narrow(0, i, 1), labels: [image], totals: means };
        return Number(model.forward(one).loss!.item());
      });
      const whole = Number(model.forward({ pixelValues: images, labels }).loss!.item());
      const found = parts.reduce((sum, loss) => sum + loss, 0) / parts.length;
      assert.ok(Math.abs(found - whole) < 1e-4 * whole, `${found} for ${whole}`);
    });

    it('count the matched queries whose guess is wrong', async () => {
      const model = await load();
      assert.equal(Number(run({ empty: true }, model).lossDict!['class_error']!.item()), 100);
      const wrong = Number(run({}, model).lossDict!['class_error']!.item());
      assert.ok(Number.isInteger(Math.round(wrong * 9 * 1e3) / 1e5), `${wrong} % of 9 pairs`);
    });
  });

  describe('refuses', () => {
    const forward = (labels: object) => async () =>
      (await load()).forward({ pixelValues: pixels(), labels: labels as [] });
    const one = (classLabels: number[], boxes: number[][]) => ({
      classLabels: torch.tensor(classLabels, { dtype: 'int64' }),
      boxes: torch.tensor(boxes),
    });

    it('labels that are not one entry an image', async () => {
      await assert.rejects(
        forward([]),
        new ShapeError('labels: expected a list of { classLabels, boxes }, one for each of the 3 images, found 0.'),
      );
      await assert.rejects(
        forward({}),
        new ShapeError(
          'labels: expected a list of { classLabels, boxes }, one for each of the 3 images, found object.',
        ),
      );
      await assert.rejects(
        forward([{}, {}, {}]),
        new InputError('labels: expected { classLabels, boxes } for image 0, found no classLabels.'),
      );
    });

    it('labels whose sizes do not fit', async () => {
      const labels = [
        ...noLabels().slice(0, 2),
        one(
          [1],
          [
            [0.5, 0.5, 0.1, 0.1],
            [0.5, 0.5, 0.1, 0.1],
          ],
        ),
      ];
      await assert.rejects(
        forward(labels),
        new ShapeError('labels: expected classLabels [M] and boxes [M, 4] for image 2, found [1] and [2, 4].'),
      );
    });

    it('objects that cannot be', async () => {
      const second = (classId: number, box: number[]) =>
        forward([...noLabels().slice(0, 2), one([0, classId], [[0.5, 0.5, 0.1, 0.1], box])]);
      await assert.rejects(
        second(4, [0.5, 0.5, 0.1, 0.1]),
        new InputError('labels: object 1 of image 2: expected a class from 0 to 3, found 4.'),
      );
      await assert.rejects(
        second(-1, [0.5, 0.5, 0.1, 0.1]),
        new InputError('labels: object 1 of image 2: expected a class from 0 to 3, found -1.'),
      );
      await assert.rejects(
        second(1, [0.5, 0.5, -0.25, 0.5]),
        new InputError(
          'labels: object 1 of image 2: expected a box of centre and size, found [0.5, 0.5, -0.25, 0.5]; numbers must be finite, and width and height not below 0.',
        ),
      );
      await assert.rejects(
        second(1, [NaN, 0.5, 0.25, 0.5]),
        /object 1 of image 2: expected a box of centre and size, found \[NaN/,
      );
    });

    it('to match what is no number', async () => {
      const model = await load();
      torch.noGrad(() => model.class_labels_classifier.bias!.fill_(NaN));
      assert.throws(
        () => run({}, model),
        new InputError(
          'Matching in image 0 and decoder layer 0 (outputs that are no numbers mean that training diverged): expected costs that are numbers, found NaN in row 0, column 0.',
        ),
      );
    });

    it('images and masks of other shapes', async () => {
      const model = await load();
      assert.throws(
        () => model.forward({ pixelValues: torch.zeros([1, 1, 64, 64]) }),
        new ShapeError('pixelValues: expected (B, 3, H, W), found [1, 1, 64, 64].'),
      );
      assert.throws(
        () => model.forward({ pixelValues: torch.zeros([3, 64, 64]), pixelMask: torch.ones([1, 64, 64]) }),
        new ShapeError('pixelValues: expected (B, 3, H, W), found [3, 64, 64].'),
      );
      assert.throws(
        () => model.forward({ pixelValues: torch.zeros([1, 3, 64, 64]), pixelMask: torch.ones([1, 64, 32]) }),
        new ShapeError('pixelMask: expected [1, 64, 64], found [1, 64, 32].'),
      );
    });

    it('maps beyond the learned positions', () => {
      const model = DetrForObjectDetection.fromConfig({ ...TINY, positionEmbeddingType: 'learned' });
      assert.throws(
        () => model.forward({ pixelValues: torch.zeros([1, 3, 32, 1632]) }),
        new ShapeError(
          'pixelValues: learned positions reach to 50 rows and columns of the map, found 1x51; take smaller images.',
        ),
      );
    });
  });

  describe('optimized for inference', () => {
    it('predicts the same, without gradients, and trains as before', async () => {
      const [plain, fast] = [await load(), (await load()).optimizeForInference()];
      const given = { pixelValues: pixels(), pixelMask: mask() };
      const [expected, found] = [plain.forward(given), fast.forward(given)];
      assertNear(found.logits, expected.logits.detach());
      assertNear(found.predBoxes, expected.predBoxes.detach());
      assert.equal(found.logits.requiresGrad, false);
      assertSame(run({}, fast).loss!.detach(), run({}, plain).loss!.detach());
      assert.equal(fast.optimizeForInference(false).forward(given).logits.requiresGrad, true);
    });

    it('keeps the state dict', async () => {
      const [plain, fast] = [await load(), (await load()).optimizeForInference()];
      fast.forward({ pixelValues: pixels() });
      assert.deepEqual(Object.keys(fast.stateDict()), Object.keys(plain.stateDict()));
    });
  });

  it('frozen stages are computed apart, and give the gradients that they gave', async () => {
    const [all, some] = [await load({ dtype: 'float64' }), await load({ dtype: 'float64' })];
    some.model.backbone.trainStages([3, 4]);
    for (const model of [all, some]) run({}, model).loss!.backward();
    const expected = new Map(all.namedParameters());
    for (const [key, { grad, requiresGrad }] of some.namedParameters()) {
      if (requiresGrad && !ROUNDING.test(key)) assertNear(grad!, expected.get(key)!.grad!, 'float64', key);
      assert.equal(grad !== null, requiresGrad, key);
    }
  });

  it('without heads gives hidden states', async () => {
    const warnings: string[] = [];
    const bare = await DetrModel.fromPretrained(FOLDER, { onWarning: (text) => warnings.push(text) });
    const { lastHiddenState, encoderLastHiddenState } = bare.forward({ pixelValues: pixels() });
    assert.deepEqual(
      [lastHiddenState.shape, encoderLastHiddenState.shape],
      [
        [3, 6, 16],
        [3, 12, 16],
      ],
    );
    assertNear((await load()).class_labels_classifier.forward(lastHiddenState), golden.get('plain.logits'));
    assert.deepEqual(warnings, []);
  });

  it('in bfloat16 takes float32 images and stays near', async () => {
    const model = await load({ dtype: 'bfloat16' });
    const { logits, loss } = run({ masked: true }, model);
    assert.equal(loss!.dtype, 'float32');
    assertNear(logits.to('float32'), golden.get('masked.logits'), 'bfloat16');
  });
});

const TINY: DetrOptions = {
  backboneConfig: BACKBONE,
  dModel: 16,
  encoderLayers: 1,
  decoderLayers: 1,
  encoderAttentionHeads: 2,
  decoderAttentionHeads: 2,
  encoderFfnDim: 8,
  decoderFfnDim: 8,
  numQueries: 3,
  numLabels: 2,
};

/** Options as config.json spells them. */
function snake(options: DetrOptions): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}
