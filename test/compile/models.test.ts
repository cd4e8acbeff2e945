import assert from 'node:assert/strict';
import { compile } from '../../ts/compile';
import { DetrForObjectDetection, ResNetBackbone, ViTForImageClassification, ViTModel } from '../../ts/models';
import * as torch from '../../ts/tensor';
import { BACKBONE } from '../models/detr/fixture';
import { assertSame, STRICT } from './near';
import { DETR, VIT } from './small-models';

describe('torch.compile of the models', () => {
  before(() => torch.manualSeed(0));

  for (const options of [
    {},
    { hiddenAct: 'gelu_pytorch_tanh' },
    { hiddenAct: 'relu' },
    { hiddenAct: 'quick_gelu' },
    { hiddenAct: 'silu' },
    { qkvBias: false },
    { attnImplementation: 'eager' },
  ])
    it(`computes a ViT as it is: ${JSON.stringify(options)}`, () => {
      const model = ViTForImageClassification.fromConfig({ ...VIT, ...options } as never).eval();
      using compiled = compile(model, STRICT);
      for (const batch of [1, 2, 5]) assertSame(compiled, { pixelValues: torch.randn([batch, 3, 32, 32]) });
    });

  it('computes a ViT of other image sizes, with hidden states and attentions', () => {
    const model = ViTModel.fromConfig({ ...VIT, imageSize: [32, 24] }).eval();
    using compiled = compile(model, STRICT);
    assertSame(compiled, {
      pixelValues: torch.randn([2, 3, 32, 24]),
      outputHiddenStates: true,
      outputAttentions: true,
    });
    assertSame(compiled, { pixelValues: torch.randn([1, 3, 40, 48]), interpolatePosEncoding: true });
    assertSame(compiled, { pixelValues: torch.randn([1, 3, 37, 43]), interpolatePosEncoding: true });
  });

  it('joins query, key and value to one product, and computes activations and sums with theirs', () => {
    const model = ViTForImageClassification.fromConfig({ ...VIT, numHiddenLayers: 1 }).eval();
    using compiled = compile(model, STRICT);
    compiled.forward({ pixelValues: torch.randn([1, 3, 32, 32]) });
    const text = compiled.toString();
    const count = (part: string): number => text.split(part).length - 1;
    assert.equal(count('mkldnn::_linear_pointwise('), 4, text); // patches, query key and value, the MLP's first, the head
    assert.equal(count("attr='gelu'"), 1, text);
    assert.equal(count('mkldnn::_linear_pointwise.binary('), 2, text);
    assert.equal(count('aten::conv2d'), 0, text);
    assert.equal(count('aten::linear'), 0, text);
  });

  for (const layerType of ['basic', 'bottleneck'] as const)
    it(`computes a ResNet of ${layerType} blocks as it is`, () => {
      const model = ResNetBackbone.fromConfig({ ...BACKBONE, layerType, outFeatures: ['stage2', 'stage4'] }).eval();
      using compiled = compile(model, STRICT);
      for (const [batch, height, width] of [
        [1, 64, 64],
        [2, 65, 47],
        [3, 33, 96],
      ] as const)
        assertSame(compiled, { pixelValues: torch.randn([batch, 3, height, width]) });
    });

  it('folds batch normalisations into convolutions', () => {
    const model = ResNetBackbone.fromConfig(BACKBONE).eval();
    using compiled = compile(model, STRICT);
    compiled.forward({ pixelValues: torch.randn([1, 3, 64, 64]) });
    const text = compiled.toString();
    assert.doesNotMatch(text, /aten::(conv2d|batch_norm|relu|relu_)\(/);
    assert.match(text, /_convolution_pointwise_\.binary/, 'a residual is written over where nobody reads it again');
  });

  for (const positionEmbeddingType of ['sine', 'learned'] as const)
    it(`computes a DETR with ${positionEmbeddingType} positions as it is, with masks and without`, () => {
      const model = DetrForObjectDetection.fromConfig({ ...DETR, positionEmbeddingType }).eval();
      using compiled = compile(model, STRICT);
      const sizes = [
        [1, 64, 64],
        [2, 96, 65],
        [3, 47, 80],
      ] as const;
      for (const [batch, height, width] of sizes) {
        const pixelValues = torch.randn([batch, 3, height, width]);
        const full = torch.ones([batch, height, width], { dtype: 'int64' });
        const padded = full.clone();
        padded.narrow(2, width - 20, 20).fill_(0);
        assertSame(compiled, { pixelValues });
        assertSame(compiled, { pixelValues, pixelMask: full });
        assertSame(compiled, { pixelValues, pixelMask: padded });
        assertSame(compiled, { pixelValues, pixelMask: full });
      }
    });

  it('computes a DETR that is optimized for inference already', () => {
    const model = DetrForObjectDetection.fromConfig(DETR).eval().optimizeForInference();
    using compiled = compile(model, STRICT);
    const pixelValues = torch.randn([1, 3, 64, 64]);
    assertSame(compiled, { pixelValues });
    torch.noGrad(() => model.parameters()[0]!.mul_(1.5));
    assertSame(compiled, { pixelValues });
  });
});
