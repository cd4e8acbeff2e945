import assert from 'node:assert/strict';
import { compile } from '../../ts/compile';
import { ResNetBackbone, ViTModel } from '../../ts/models';
import { ACTIVATION_NAMES, type ActivationName } from '../../ts/models/activations';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { BACKBONE } from '../models/detr/fixture';
import { onOneThread } from '../one-thread';
import { assertSame, assertSameWithin, listener, STRICT } from './near';
import { batchOf, detr, MASKS, vit, VIT } from './small-models';

/** What oneDNN computes with a product, at least the first part of it; all others are computed behind it. */
const FUSED: readonly ActivationName[] = [
  'gelu',
  'gelu_10',
  'gelu_pytorch_tanh',
  'hardswish',
  'relu',
  'relu2',
  'sigmoid',
  'silu',
  'swish',
  'tanh',
];

describe('a compiled ViT, of each shape', () => {
  onOneThread();
  before(() => torch.manualSeed(0));

  for (const hiddenAct of ACTIVATION_NAMES)
    it(`computes ${hiddenAct} ${FUSED.includes(hiddenAct) ? 'with' : 'behind'} the product`, () => {
      using compiled = compile(vit({ hiddenAct }), STRICT);
      for (const batch of [1, 2]) assertSame(compiled, batchOf([batch, 32, 32]));
      const attrs = compiled.toString().match(/attr='(?!none|add)\w+'/g) ?? [];
      assert.equal(attrs.length > 0, FUSED.includes(hiddenAct), compiled.toString());
    });

  it('takes images that are not square, odd ones, and any number of them', () => {
    for (const [imageSize, patchSize] of [
      [[24, 40], 8],
      [33, 11],
      [
        [35, 21],
        [5, 7],
      ],
      [37, 8], // the last 5 rows and columns are in no patch
    ] as const) {
      const [height, width] = typeof imageSize === 'number' ? [imageSize, imageSize] : imageSize;
      const model = vit({
        imageSize: [height!, width!],
        patchSize: typeof patchSize === 'number' ? patchSize : [...patchSize],
      });
      using compiled = compile(model, STRICT);
      for (const batch of [1, 2, 3, 4, 5, 0]) assertSame(compiled, batchOf([batch, height!, width!]));
    }
  });

  it('interpolates its positions, for maps that grow, shrink and have one patch', () => {
    const model = ViTModel.fromConfig({ ...VIT, numHiddenLayers: 1 }).eval();
    using compiled = compile(model, STRICT);
    for (const [height, width] of [
      [32, 40],
      [64, 8],
      [8, 8],
      [15, 71],
      [45, 33],
    ] as const)
      for (const batch of [1, 3])
        assertSame(compiled, { ...batchOf([batch, height, width]), interpolatePosEncoding: true });
    // Of weights that change, those positions too.
    const input = { ...batchOf([1, 45, 33]), interpolatePosEncoding: true };
    torch.noGrad(() => model.embeddings.position_embeddings.mul_(2));
    assertSame(compiled, input);
  });

  it('reads images as they lie in memory', () => {
    using compiled = compile(vit(), STRICT);
    for (const pixelValues of layouts([2, 3, 32, 32])) assertSame(compiled, { pixelValues });
  });

  it('takes what is not finite as the model does', () => {
    const { onWarning } = listener();
    using compiled = compile(vit(), { onWarning });
    for (const value of [NaN, Infinity, -Infinity, 1e30]) {
      const input = batchOf([2, 32, 32]);
      input.pixelValues.select(0, 1).fill_(value);
      assertSame(compiled, input);
    }
  });
});

describe('a compiled DETR, of each shape', () => {
  onOneThread();
  before(() => torch.manualSeed(0));

  for (const [index, activationFunction] of ACTIVATION_NAMES.entries())
    it(`computes ${activationFunction} in its layers`, () => {
      using compiled = compile(detr({ activationFunction }), STRICT);
      assertSame(compiled, batchOf([1, 33 + index, 64 - index]));
    });

  for (const hiddenAct of ACTIVATION_NAMES)
    it(`has ${hiddenAct} in its backbone, in each precision`, () => {
      const model = ResNetBackbone.fromConfig({ ...BACKBONE, hiddenAct }).eval();
      using float32 = compile(model, STRICT);
      // Squares double what was rounded, block by block; other processors round int8 otherwise.
      for (const extent of [
        [1, 32, 47],
        [3, 65, 33],
      ] as const)
        assertSameWithin(hiddenAct === 'relu2' ? 1e-4 : 1e-5, float32, batchOf(extent));
      const input = batchOf([2, 33, 32]);
      const wanted = torch.noGrad(() => model.forward(input).featureMaps[0]!);
      for (const options of [{ precision: 'bfloat16' }, { precision: 'int8', calibrate: [input] }] as const) {
        using compiled = compile(model, { ...STRICT, ...options, tolerance: 0.5 });
        for (let run = 0; run < 2; run++) {
          const distance = compiled
            .forward(input)
            .featureMaps[0]!.sub(wanted)
            .abs()
            .max()
            .div(wanted.abs().max())
            .item();
          assert.ok((distance as number) < (hiddenAct === 'relu2' ? 0.5 : 0.2), `${options.precision}: ${distance}`);
        }
      }
    });

  for (const mask of Object.keys(MASKS))
    it(`leaves ${mask} of the images`, () => {
      using compiled = compile(detr(), STRICT);
      for (const extent of [
        [1, 64, 64],
        [2, 33, 95],
        [5, 70, 37],
      ] as const)
        assertSame(compiled, batchOf(extent, mask));
    });

  it('changes its mask from call to call', () => {
    using compiled = compile(detr({ positionEmbeddingType: 'learned' }), STRICT);
    for (const mask of [...Object.keys(MASKS), 'all', 'none', 'all']) assertSame(compiled, batchOf([2, 40, 61], mask));
  });

  it('takes images of one pixel, of one row and of one column', () => {
    using compiled = compile(detr(), STRICT);
    for (const [height, width] of [
      [1, 1],
      [1, 97],
      [97, 1],
      [31, 32],
    ] as const)
      for (const mask of [undefined, 'the first pixel']) assertSame(compiled, batchOf([2, height, width], mask));
  });

  it('reads images as they lie in memory, and masks of each type', () => {
    using compiled = compile(detr(), STRICT);
    for (const pixelValues of layouts([2, 3, 40, 48])) assertSame(compiled, { pixelValues });
    const { pixelValues, pixelMask } = batchOf([2, 40, 48], 'the upper rows');
    for (const dtype of ['bool', 'uint8', 'int32', 'float32'] as const)
      assertSame(compiled, { pixelValues, pixelMask: pixelMask!.to(dtype) });
  });

  it('gives what is asked of its inside', () => {
    using compiled = compile(detr(), STRICT);
    const input = batchOf([2, 64, 45], 'the upper rows');
    assertSame(compiled, { ...input, outputHiddenStates: true });
    assertSame(compiled, { ...input, outputAttentions: true });
    assertSame(compiled, { ...input, outputAuxiliary: true });
  });

  it('dilates its last stage (DC5), and is of basic blocks', () => {
    for (const backboneConfig of [
      { ...BACKBONE, outputStride: 16 as const },
      { ...BACKBONE, layerType: 'basic' as const },
    ]) {
      using compiled = compile(detr({ backboneConfig }), STRICT);
      for (const extent of [
        [1, 65, 47],
        [3, 32, 64],
      ] as const)
        assertSame(compiled, batchOf(extent));
    }
  });
});

/** The same images with other strides. */
function layouts(shape: [number, number, number, number]): Tensor[] {
  const images = torch.randn(shape);
  const [batch, channels, height, width] = shape;
  return [
    images.contiguous({ memoryFormat: 'channels_last' }),
    images.transpose(2, 3).contiguous().transpose(2, 3),
    torch
      .randn([batch, channels, height + 3, width + 5])
      .narrow(2, 1, height)
      .narrow(3, 4, width),
    torch.randn([1, channels, height, 1]).expand(shape),
    images.flip([3]),
  ];
}
