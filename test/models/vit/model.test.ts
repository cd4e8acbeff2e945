import assert from 'node:assert/strict';
import path from 'node:path';
import { InputError, ShapeError } from '../../../ts/errors';
import {
  ViTConfig,
  ViTForImageClassification,
  ViTModel,
  type LoadOptions,
  type ProblemType,
  type ViTOptions,
} from '../../../ts/models';
import { Identity } from '../../../ts/nn';
import { AdamW } from '../../../ts/optim';
import * as torch from '../../../ts/tensor';
import type { Tensor } from '../../../ts/tensor';
import { liveTensors } from '../../live-tensors';
import { assertClose, assertDrawn, assertSame, goldenTensors } from '../../nn/golden';
import { assertNear } from '../near';

const FOLDER = path.join(__dirname, '..', '..', 'golden', 'vit');
const SMALLEST: ViTOptions = {
  hiddenSize: 16,
  numHiddenLayers: 1,
  numAttentionHeads: 2,
  intermediateSize: 24,
  imageSize: 16,
  patchSize: 8,
  numLabels: 3,
};
const golden = goldenTensors('vit');
const variants = goldenTensors('vit-variants');

/** A bias on the keys adds the same to all scores of a query, so its gradient is zero but for rounding. */
const isRounding = (name: string): boolean => name.endsWith('key.bias');
const quiet = { onWarning: () => {} };
const load = (options: ViTOptions & LoadOptions = {}): Promise<ViTForImageClassification> =>
  ViTForImageClassification.fromPretrained(FOLDER, options);

/** A model with the weights that a golden keeps under a prefix. */
function withWeights(options: ViTOptions, prefix: string): ViTForImageClassification {
  const model = ViTForImageClassification.fromConfig({ ...SMALLEST, ...options });
  const names = variants.names.filter((name) => name.startsWith(`${prefix}.`));
  model.loadStateDict(Object.fromEntries(names.map((name) => [name.slice(prefix.length + 1), variants.get(name)])));
  return model.eval();
}

describe('ViT', () => {
  describe('a checkpoint of Python', () => {
    it('gives the logits of Python', async () => {
      const model = await load();
      assertClose(model.forward({ pixelValues: golden.get('pixels') }).logits, golden.get('logits'));
      assert.equal(model.training, false);
    });

    it('gives the last hidden state, through the backbone alone', async () => {
      const backbone = await ViTModel.fromPretrained(FOLDER, { onWarning: () => {} });
      const { lastHiddenState, poolerOutput } = backbone.forward({ pixelValues: golden.get('pixels') });
      assertClose(lastHiddenState, golden.get('hidden'));
      assert.deepEqual(poolerOutput?.shape, [3, 32]);
    });

    for (const problemType of ['single_label_classification', 'multi_label_classification', 'regression'] as const) {
      it(`gives the loss of Python: ${problemType}`, async () => {
        const model = await load({ problemType });
        const labels = golden.get(problemType === 'single_label_classification' ? 'labels.single' : 'labels.multi');
        assertClose(
          model.forward({ pixelValues: golden.get('pixels'), labels }).loss!,
          golden.get(`loss.${problemType}`),
        );
      });
    }

    for (const problemType of ['single_label_classification', 'multi_label_classification'] as const) {
      it(`gives the gradients of Python in every parameter: ${problemType}`, async () => {
        const model = await load({ problemType });
        const labels = golden.get(problemType === 'single_label_classification' ? 'labels.single' : 'labels.multi');
        model.forward({ pixelValues: golden.get('pixels'), labels }).loss!.backward();
        const parameters = model.namedParameters();
        assert.equal(parameters.length, golden.names.filter((name) => name.startsWith(`grad.${problemType}.`)).length);
        for (const [name, { grad }] of parameters) {
          const expected = golden.get(`grad.${problemType}.${name}`);
          if (isRounding(name)) assertClose(grad!, expected, { what: name });
          else assertNear(grad!, expected, 'gradient', name);
        }
      });
    }
  });

  it('ten steps of AdamW are those of Python', async () => {
    const model = (await load({ problemType: 'multi_label_classification' })).train();
    const optimizer = new AdamW(model.parameters(), { lr: 1e-3, weightDecay: 0.05 });
    const losses: number[] = [];
    for (let step = 0; step < 10; step++) {
      const loss = model.forward({
        pixelValues: golden.get('train.pixels').select(0, step),
        labels: golden.get('train.labels').select(0, step),
      }).loss!;
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      losses.push(Number(loss.item()));
    }
    assertClose(torch.tensor(losses), golden.get('train.losses'), { what: 'losses' });
    const state = model.stateDict();
    for (const name of Object.keys(state)) {
      // Adam scales up what is rounding alone.
      if (!isRounding(name)) assertNear(state[name]!, golden.get(`train.after.${name}`), 'forward', name);
    }
  });

  describe('images of another size', () => {
    for (const size of ['48x48', '24x40', '36x32', '32x32']) {
      it(`are read through interpolated positions: ${size}`, async () => {
        const { logits } = (await load()).forward({
          pixelValues: golden.get(`size.${size}.pixels`),
          interpolatePosEncoding: true,
        });
        assertClose(logits, golden.get(`size.${size}.logits`));
      });
    }

    it('are configured at load, where the positions are interpolated once', async () => {
      for (const [size, imageSize] of [
        ['48x48', 48],
        ['24x40', [24, 40]],
      ] as const) {
        const model = await load({ imageSize });
        assertClose(
          model.forward({ pixelValues: golden.get(`size.${size}.pixels`) }).logits,
          golden.get(`size.${size}.logits`),
        );
        assert.deepEqual(model.config.imageSize, imageSize);
      }
    });

    it('are refused with both sizes named', async () => {
      const model = await load();
      const forward =
        (...shape: number[]) =>
        () =>
          model.forward({ pixelValues: torch.zeros(shape) });
      assert.throws(
        forward(1, 3, 48, 40),
        new ShapeError(
          'pixelValues: expected images of 32x32, found 48x40; resize them, or pass interpolatePosEncoding: true.',
        ),
      );
      assert.throws(forward(1, 1, 32, 32), new ShapeError('pixelValues: expected (B, 3, H, W), found [1, 1, 32, 32].'));
      assert.throws(forward(3, 32, 32), new ShapeError('pixelValues: expected (B, 3, H, W), found [3, 32, 32].'));
    });
  });

  describe('options that change the result', () => {
    const cases: Record<string, ViTOptions> = {
      plain: {},
      no_qkv_bias: { qkvBias: false },
      eps: { layerNormEps: 0.3 },
      quick_gelu: { hiddenAct: 'quick_gelu' },
      oblong: { imageSize: [16, 24] },
      oblong_patches: { patchSize: [4, 8] },
      grey: { numChannels: 1 },
      head_dim: { headDim: 12 },
    };
    for (const [name, options] of Object.entries(cases)) {
      it(name, () => {
        const { logits } = withWeights(options, `variant.${name}.weight`).forward({
          pixelValues: variants.get(`variant.${name}.pixels`),
        });
        assertClose(logits, variants.get(`variant.${name}.logits`));
      });
    }

    it('eager attention', () => {
      const { logits } = withWeights({ attnImplementation: 'eager' }, 'variant.plain.weight').forward({
        pixelValues: variants.get('variant.plain.pixels'),
      });
      assertClose(logits, variants.get('variant.plain.eager'));
    });

    for (const attnImplementation of ['sdpa', 'eager'] as const) {
      it(`dropout, which drops with a seed what Python drops with it: ${attnImplementation}`, () => {
        const model = withWeights(
          { hiddenDropoutProb: 0.3, attentionProbsDropoutProb: 0.2, attnImplementation },
          'variant.plain.weight',
        ).train();
        torch.manualSeed(7);
        const { logits } = model.forward({ pixelValues: variants.get('variant.plain.pixels') });
        assertClose(logits, golden.get(`dropout.${attnImplementation}.logits`));
      });
    }
  });

  describe('the pooler', () => {
    const cases: [string, ViTOptions, (x: Tensor) => Tensor][] = [
      ['tanh as it is', {}, (x) => x.tanh()],
      ['another activation', { poolerAct: 'gelu' }, (x) => x.mul(x.div(Math.SQRT2).erf().add(1)).mul(0.5)],
      ['another activation and size', { poolerAct: 'relu', poolerOutputSize: 5 }, (x) => x.maximum(torch.zeros([]))],
    ];
    for (const [name, options, act] of cases) {
      it(`is a layer over the class token: ${name}`, () => {
        torch.manualSeed(14);
        const model = new ViTModel(new ViTConfig({ ...SMALLEST, initializerRange: 0.5, ...options })).eval();
        const { weight, bias } = model.pooler!.dense;
        torch.noGrad(() => bias!.normal_());
        const { lastHiddenState, poolerOutput } = model.forward({ pixelValues: torch.randn([3, 3, 16, 16]) });
        const token = lastHiddenState.select(1, 0); // (B, 1 + N, D) -> (B, D)
        assert.deepEqual(poolerOutput!.shape, [3, options.poolerOutputSize ?? 16]);
        assertClose(poolerOutput!, act(token.matmul(weight.t()).add(bias!)));
      });
    }
  });

  describe('initial weights', () => {
    it('are those of transformers for the same seed, and so is the next random number', () => {
      torch.manualSeed(11);
      const state = ViTForImageClassification.fromConfig(SMALLEST).stateDict();
      assertSame(torch.rand([1]), golden.get('init.next'), 'next');
      for (const name of Object.keys(state)) assertDrawn(state[name]!, golden.get(`init.${name}`), name);
    });

    it('of the backbone alone too', () => {
      torch.manualSeed(12);
      assertDrawn(new ViTModel(new ViTConfig(SMALLEST)).pooler!.dense.weight, golden.get('init.pooler'));
    });

    it('of a replaced head too', async () => {
      torch.manualSeed(13);
      const model = await load({ numLabels: 7, ...quiet });
      assertDrawn(model.stateDict()['classifier.weight']!, golden.get('init.head'));
    });
  });

  describe('labels', () => {
    const logitsOf = (
      numLabels: number,
      labels: Tensor,
      problemType?: ProblemType,
    ): { loss: number; problemType?: ProblemType } => {
      const model = ViTForImageClassification.fromConfig({ ...SMALLEST, numLabels, problemType });
      const { loss } = model.forward({ pixelValues: torch.zeros([2, 3, 16, 16]), labels });
      return { loss: Number(loss!.item()), problemType: model.config.problemType };
    };

    it('decide the problem when it is not configured, by the rules of transformers', () => {
      assert.equal(logitsOf(1, torch.zeros([2])).problemType, 'regression');
      assert.equal(logitsOf(3, torch.tensor([0n, 2n])).problemType, 'single_label_classification');
      assert.equal(logitsOf(3, torch.tensor([0, 2], { dtype: 'int32' })).problemType, 'single_label_classification');
      assert.equal(logitsOf(3, torch.ones([2, 3])).problemType, 'multi_label_classification');
      assert.equal(logitsOf(3, torch.ones([2, 3], { dtype: 'uint8' })).problemType, 'multi_label_classification');
    });

    it('of any number type count', () => {
      const marks = [
        [1, 0, 1],
        [0, 0, 1],
      ];
      torch.manualSeed(0);
      const expected = logitsOf(3, torch.tensor(marks)).loss;
      for (const dtype of ['uint8', 'int64', 'bool', 'float64'] as const) {
        torch.manualSeed(0);
        assert.equal(logitsOf(3, torch.tensor(marks, { dtype }), 'multi_label_classification').loss, expected, dtype);
      }
    });

    it('that are refused decide nothing', () => {
      const model = ViTForImageClassification.fromConfig(SMALLEST);
      const pixelValues = torch.zeros([2, 3, 16, 16]);
      assert.throws(() => model.forward({ pixelValues, labels: torch.ones([2]) }), ShapeError);
      assert.equal(model.config.problemType, undefined);
      model.forward({ pixelValues, labels: torch.tensor([0n, 2n]) });
      assert.equal(model.config.problemType, 'single_label_classification');
    });

    it('of a regression are one an image', () => {
      torch.manualSeed(0);
      const expected = logitsOf(1, torch.tensor([0.5, 2])).loss;
      torch.manualSeed(0);
      assert.equal(logitsOf(1, torch.tensor([[0.5], [2]])).loss, expected);
      assert.throws(
        () => logitsOf(1, torch.tensor([0.5])),
        new ShapeError('labels: expected [2] for regression, found [1].'),
      );
    });

    it('that do not fit are refused with what is expected', () => {
      assert.throws(
        () => logitsOf(3, torch.ones([2, 4])),
        new ShapeError('labels: expected [2, 3] for multi_label_classification, found [2, 4].'),
      );
      assert.throws(
        () => logitsOf(3, torch.tensor([0n])),
        new ShapeError('labels: expected [2] for single_label_classification, found [1].'),
      );
      assert.throws(
        () => logitsOf(3, torch.ones([2]), 'single_label_classification'),
        new InputError('labels: expected class numbers (int64) for single_label_classification, found float32.'),
      );
    });
  });

  describe('a copy', () => {
    it('has a pooler where the model has one', () => {
      for (const addPoolingLayer of [true, false]) {
        const model = new ViTModel(new ViTConfig(SMALLEST), { addPoolingLayer }).eval();
        const copy = model.clone();
        assert.deepEqual(Object.keys(copy.stateDict()), Object.keys(model.stateDict()));
        const pixelValues = torch.ones([1, 3, 16, 16]);
        assertSame(copy.forward({ pixelValues }).lastHiddenState, model.forward({ pixelValues }).lastHiddenState);
      }
    });
  });

  describe('layers', () => {
    it('may give back what they got, and a hook may keep what they give', () => {
      const model = new ViTModel(new ViTConfig({ ...SMALLEST, numHiddenLayers: 3 })).eval();
      const kept: Tensor[] = [];
      model.encoder.layer.at(0)!.registerForwardHook((_module, _args, output) => {
        kept.push(torch.keep(output as Tensor));
      });
      model.encoder.layer.replace(1, new Identity() as never);
      const { hiddenStates } = torch.noGrad(() =>
        model.forward({ pixelValues: torch.ones([1, 3, 16, 16]), outputHiddenStates: true }),
      );
      torch.noGrad(() => model.forward({ pixelValues: torch.ones([1, 3, 16, 16]) }));
      for (const tensor of kept) assertSame(tensor, hiddenStates![1]!);
      assert.equal(kept.length, 2);
    });
  });

  describe('batches', () => {
    it('give each image what it gets alone', async () => {
      const model = await load();
      const pixels = golden.get('pixels');
      const { logits } = model.forward({ pixelValues: pixels });
      for (let i = 0; i < 3; i++)
        assertClose(model.forward({ pixelValues: pixels.narrow(0, i, 1) }).logits, logits.narrow(0, i, 1));
    });

    it('of no image give no logits', async () => {
      assert.deepEqual((await load()).forward({ pixelValues: torch.zeros([0, 3, 32, 32]) }).logits.shape, [0, 5]);
    });

    it('leave nothing behind but what is returned', async () => {
      const model = await load();
      const input = { pixelValues: golden.get('pixels'), labels: golden.get('labels.single') };
      const before = await liveTensors();
      const { logits, loss } = model.forward(input);
      assert.equal(torch.memory().tensors, before + 2);
      logits.dispose();
      loss!.dispose();
      assert.equal(torch.memory().tensors, before);
    });
  });

  it('without labels has no head', () => {
    const model = ViTForImageClassification.fromConfig({ ...SMALLEST, numLabels: 0 });
    assert.deepEqual(model.forward({ pixelValues: torch.zeros([2, 3, 16, 16]) }).logits.shape, [2, 16]);
  });

  it('in bfloat16 takes float32 pixels and stays near', async () => {
    const model = await ViTForImageClassification.fromPretrained(FOLDER, { dtype: 'bfloat16' });
    const { logits } = model.forward({ pixelValues: golden.get('pixels') });
    assert.equal(logits.dtype, 'bfloat16');
    assertNear(logits.to('float32'), golden.get('logits'), 'bfloat16');
  });
});
