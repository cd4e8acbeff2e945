import assert from 'node:assert/strict';
import { InputError } from '../../../ts/errors';
import { DetrConfig, ResNetConfig } from '../../../ts/models';

describe('DetrConfig', () => {
  it('is the DETR-R50 of the paper when nothing is said', () => {
    const config = new DetrConfig();
    assert.deepEqual(
      [config.numQueries, config.dModel, config.encoderLayers, config.decoderFfnDim, config.dropout],
      [100, 256, 6, 2048, 0.1],
    );
    assert.deepEqual(
      [config.backbone, config.useTimmBackbone, config.backboneShape.depths],
      ['resnet50', true, [3, 4, 6, 3]],
    );
    assert.deepEqual(config.backboneShape.outIndices, [4]);
    assert.equal(config.hasAuxiliaryLoss, false);
  });

  it('dilates the last stage', () => {
    assert.equal(new DetrConfig({ dilation: true }).backboneShape.outputStride, 16);
    assert.equal(new DetrConfig({ backboneConfig: { outputStride: 8 } }).backboneShape.outputStride, 8);
    assert.equal(
      new DetrConfig({ backboneConfig: { outputStride: 16 }, dilation: true }).backboneShape.outputStride,
      16,
    );
    assert.throws(
      () => new DetrConfig({ backboneConfig: ResNetConfig.named('resnet18'), dilation: true }),
      new InputError(
        'DetrConfig: expected a backboneConfig that is dilated where dilation is true, found none; give it outputStride: 16 (output_stride in a file).',
      ),
    );
  });

  it('builds what backbone_kwargs and a timm_backbone say of the network', () => {
    const ofKwargs = (backbone_kwargs: object, overrides = {}) =>
      DetrConfig.fromJSON({ backbone: 'resnet18', backbone_kwargs }, overrides).backboneShape;
    const ofConfig = (rest: object) =>
      DetrConfig.fromJSON({ backbone_config: { model_type: 'timm_backbone', backbone: 'resnet18', ...rest } })
        .backboneShape;
    for (const shapeOf of [ofKwargs, ofConfig]) {
      assert.equal(shapeOf({ output_stride: 16, out_indices: [1, 2, 3, 4] }).outputStride, 16);
      assert.equal(shapeOf({ in_chans: 1 }).numChannels, 1);
      assert.equal(shapeOf({ num_channels: 4 }).numChannels, 4);
      const shorter = shapeOf({ out_indices: [1, -2] });
      assert.deepEqual([shorter.depths, shorter.hiddenSizes, shorter.outIndices], [[2, 2, 2], [64, 128, 256], [3]]);
      assert.throws(() => shapeOf({ output_stride: 4 }), /expected outputStride to be one of 8, 16, 32, found 4\.$/);
      assert.throws(
        () => shapeOf({ num_channels: '3' }),
        /expected numChannels to be a positive whole number, found "3"/,
      );
      for (const out_indices of [[0], [5], []])
        assert.throws(() => shapeOf({ out_indices }), /expected outIndices whose last is a stage from 1 to 4, found/);
    }
    const given = { in_chans: 1, output_stride: 8, drop_path_rate: 0.1 };
    const { numChannels, outputStride } = ofKwargs(given, { numChannels: 4, dilation: true });
    assert.deepEqual([numChannels, outputStride], [4, 16]);
    const json = DetrConfig.fromJSON({ backbone: 'resnet18', backbone_kwargs: given }).toJSON();
    assert.deepEqual(json['backbone_kwargs'], given);
  });

  it('takes the last map of a ResNet, however many it returns', () => {
    const { backboneShape } = new DetrConfig({
      backboneConfig: new ResNetConfig({ outFeatures: ['stage1', 'stage3'] }),
    });
    assert.deepEqual([backboneShape.outIndices, backboneShape.keyStyle], [[3], 'huggingface']);
    assert.equal(new DetrConfig({ useTimmBackbone: false }).backboneShape.keyStyle, 'huggingface');
  });

  it('writes the backbone in the form in which it was given', () => {
    const named = new DetrConfig({ backbone: 'resnet101' }).toJSON();
    assert.deepEqual([named.backbone, named.use_timm_backbone, named.backbone_config], ['resnet101', true, undefined]);
    const own = new DetrConfig({ backboneConfig: ResNetConfig.named('resnet18') }).toJSON();
    assert.deepEqual(
      [own.backbone, own.use_timm_backbone, (own.backbone_config as Record<string, unknown>).layer_type],
      [null, false, 'basic'],
    );
    assert.ok(!Object.hasOwn(own.backbone_config as object, 'id2label'));
    assert.deepEqual(
      DetrConfig.fromJSON(own).backboneShape,
      new DetrConfig({ backboneConfig: ResNetConfig.named('resnet18') }).backboneShape,
    );
  });

  it('knows the other names that files have for its options', () => {
    const config = DetrConfig.fromJSON({
      hidden_size: 64,
      num_hidden_layers: 2,
      num_attention_heads: 4,
      max_position_embeddings: 1024,
    });
    assert.deepEqual([config.dModel, config.encoderLayers, config.encoderAttentionHeads], [64, 2, 4]);
    const json = config.toJSON();
    assert.deepEqual([json.d_model, json.hidden_size, json.max_position_embeddings], [64, undefined, 1024]);
    assert.equal(DetrConfig.fromJSON({ hidden_size: 64, d_model: 128 }).dModel, 128);
  });

  it('refuses what cannot be', () => {
    const refuses = (options: ConstructorParameters<typeof DetrConfig>[0], message: string): void =>
      assert.throws(() => new DetrConfig(options), new InputError(`DetrConfig: ${message}`));
    refuses(
      { backbone: 'vgg16' },
      'expected the backbone to be one of resnet18, resnet34, resnet50, resnet101, resnet152, found "vgg16".',
    );
    refuses({ backboneConfig: { model_type: 'swin' } }, 'expected the backbone to be a ResNet, found "swin".');
    refuses(
      { backbone: 'resnet50', useTimmBackbone: false },
      'expected a backboneConfig where useTimmBackbone is false, found the name "resnet50" alone.',
    );
    refuses(
      { dModel: 100, encoderAttentionHeads: 8 },
      'expected dModel to be a multiple of encoderAttentionHeads (8), found 100.',
    );
    refuses(
      { dModel: 18, encoderAttentionHeads: 2, decoderAttentionHeads: 2 },
      'expected dModel to be a multiple of 4 for sine positions, found 18.',
    );
    refuses(
      { classCost: 0, bboxCost: 0, giouCost: 0 },
      'expected one of classCost, bboxCost and giouCost to be above 0; without any, every matching is as good as another.',
    );
    refuses(
      { auxiliaryLoss: true, authorsAuxiliaryLoss: true },
      "expected auxiliaryLoss (transformers' way) or authorsAuxiliaryLoss (the paper's way), found both; leave one of the two out.",
    );
    assert.throws(
      () => DetrConfig.fromJSON({ model_type: 'vit' }, {}, 'a/config.json'),
      new InputError('a/config.json: expected model_type detr, found "vit": it belongs to another kind of model.'),
    );
    assert.throws(() => DetrConfig.fromJSON([], {}, 'a/config.json'), InputError);
  });
});
