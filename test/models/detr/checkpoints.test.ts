import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InputError } from '../../../ts/errors';
import {
  cocoNames,
  DetrConfig,
  DetrForObjectDetection,
  DetrModel,
  saveDetrPth,
  type DetrOptions,
} from '../../../ts/models';
import { loadPth, savePth } from '../../../ts/models/pth';
import * as torch from '../../../ts/tensor';
import type { Tensor } from '../../../ts/tensor';
import { assertSame, goldenJson, goldenTensors } from '../../nn/golden';
import { assertNear } from '../near';
import { batchLabels, FOLDER, golden, mask, pixels } from './fixture';

const authors = goldenTensors('detr-authors');
const pth = (name: string): string => path.join(__dirname, '..', '..', 'golden', `detr-authors-${name}.pth`);
const json = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
const run = (model: DetrForObjectDetection) => model.forward({ pixelValues: pixels(), pixelMask: mask() });

describe('DETR checkpoints', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'detr-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** The last layer's predictions are those of the authors' model. */
  function assertPredicts(model: DetrForObjectDetection, name: string): void {
    const { logits, predBoxes } = run(model);
    const last = authors.get(`${name}.logits`).shape[0]! - 1;
    assertNear(logits, authors.get(`${name}.logits`).select(0, last), 'forward', 'logits');
    assertNear(predBoxes, authors.get(`${name}.boxes`).select(0, last), 'forward', 'boxes');
  }

  describe('of the authors', () => {
    for (const name of ['published', 'learned', 'trained']) {
      it(`predict what their model predicts: ${name}`, async () => {
        const model = await DetrForObjectDetection.fromPretrained(pth(name), {
          onWarning:
            name === 'trained'
              ? assert.fail
              : (text) =>
                  assert.match(
                    text,
                    /do not tell whether the last stage .* is dilated \(DC5\), and it was taken for one that is not; pass \{ dilation: true \}/,
                  ),
        });
        assert.equal(model.training, false);
        assertPredicts(model, name);
      });
    }

    it('of a DC5 are dilated where the file, its name or the caller says so', async () => {
      const tiny = {
        backbone: 'resnet18',
        dModel: 16,
        numQueries: 2,
        encoderLayers: 1,
        decoderLayers: 1,
        encoderAttentionHeads: 8,
        decoderAttentionHeads: 8,
        encoderFfnDim: 8,
        decoderFfnDim: 8,
        numLabels: 2,
      };
      const file = path.join(folder, 'tiny.pth');
      const taken = async (name: string, options: DetrOptions = {}): Promise<[boolean, string[]]> => {
        const said: string[] = [];
        const { config } = await DetrForObjectDetection.fromPretrained(name, {
          ...options,
          onWarning: (text) => said.push(text),
        });
        return [config.dilation, said];
      };
      for (const dilation of [true, false]) {
        saveDetrPth(DetrForObjectDetection.fromConfig({ ...tiny, dilation }), file);
        assert.deepEqual(await taken(file), [dilation, []]);
      }
      const { model } = loadPth(file) as { model: Record<string, Tensor> };
      savePth({ model }, file);
      assert.deepEqual(await taken(file, { dilation: true }), [true, []]);
      const named = path.join(folder, 'detr-r50-dc5-0.pth');
      savePth({ model }, named);
      const [dilation, [said]] = await taken(named);
      assert.equal(dilation, true);
      assert.match(said!, /by its name it was taken for one that is; pass \{ dilation: false \} when it is not/);
      assert.deepEqual(await taken(named, { dilation: false }), [false, []]);
    });

    it('bring the options of their command line', async () => {
      const { config } = await DetrForObjectDetection.fromPretrained(pth('trained'));
      const { dropout, encoderAttentionHeads, authorsAuxiliaryLoss, auxiliaryLoss, backboneShape } = config;
      assert.deepEqual(
        { dropout, encoderAttentionHeads, authorsAuxiliaryLoss, auxiliaryLoss },
        { dropout: 0.2, encoderAttentionHeads: 4, authorsAuxiliaryLoss: true, auxiliaryLoss: false },
      );
      assert.equal(backboneShape.outputStride, 16);
    });

    it('train on the loss of their own code, auxiliary losses included', async () => {
      const model = await DetrForObjectDetection.fromPretrained(pth('trained'), { dropout: 0 });
      model.model.backbone.trainStages([2, 3, 4]);
      const out = model.forward({ pixelValues: pixels(), pixelMask: mask(), labels: batchLabels() });
      assertNear(out.loss!, authors.get('trained.loss'), 'forward', 'loss');
      for (const name of authors.names.filter((key) => key.startsWith('trained.term.'))) {
        assertNear(out.lossDict![name.slice('trained.term.'.length)]!, authors.get(name), 'forward', name);
      }
      out.auxiliaryOutputs!.forEach(({ logits }, layer) =>
        assertNear(logits, authors.get('trained.logits').select(0, layer), 'forward', `layer ${layer}`),
      );
      assertPredicts(model, 'trained');

      out.loss!.backward();
      const gradient = (key: string): Tensor => model.namedParameters().find(([name]) => name === key)![1].grad!;
      assertNear(
        gradient('model.decoder.layernorm.weight'),
        authors.get('trained.grad.transformer.decoder.norm.weight'),
        'gradient',
      );
      assertNear(
        gradient('model.query_position_embeddings.weight'),
        authors.get('trained.grad.query_embed.weight'),
        'gradient',
      );
      assertNear(
        gradient('model.backbone.conv_encoder.model.encoder.stages.3.layers.0.layer.1.convolution.weight'),
        authors.get('trained.grad.backbone.0.body.layer4.0.conv2.weight'),
        'gradient',
      );
    });

    it('are not written of a model without heads', async () => {
      assert.throws(
        () => saveDetrPth(new DetrModel(new DetrConfig(), { device: 'meta' }), path.join(folder, 'bare.pth')),
        new InputError('saveDetrPth: expected a DetrForObjectDetection, found a DetrModel, without heads.'),
      );
    });

    it('are written as they were read', async () => {
      for (const name of ['published', 'learned', 'trained']) {
        const model = await DetrForObjectDetection.fromPretrained(pth(name));
        saveDetrPth(model, path.join(folder, 'again.pth'));
        const expected = (loadPth(pth(name)) as { model: Record<string, Tensor> }).model;
        const found = (loadPth(path.join(folder, 'again.pth')) as { model: Record<string, Tensor> }).model;
        assert.deepEqual(Object.keys(found).sort(), Object.keys(expected).sort());
        for (const [key, tensor] of Object.entries(expected)) assertSame(found[key]!, tensor, key);
      }
    });

    it('go to the hub and back', async () => {
      const model = await DetrForObjectDetection.fromPretrained(pth('published'));
      model.savePretrained(folder);
      const again = await DetrForObjectDetection.fromPretrained(folder, { onWarning: assert.fail });
      assertNear(run(again).logits, run(model).logits);
      saveDetrPth(again, path.join(folder, 'again.pth'));
      assertPredicts(await DetrForObjectDetection.fromPretrained(path.join(folder, 'again.pth')), 'published');
    });

    it('with 91 classes are those of COCO', async () => {
      const { model } = loadPth(pth('published')) as { model: Record<string, Tensor> };
      savePth(
        { model: { ...model, 'class_embed.weight': torch.zeros([92, 16]), 'class_embed.bias': torch.zeros([92]) } },
        path.join(folder, 'coco.pth'),
      );
      const { config } = await DetrForObjectDetection.fromPretrained(path.join(folder, 'coco.pth'));
      assert.deepEqual(Object.values(config.id2label), cocoNames);
    });

    it('that cannot be used say why', async () => {
      const file = path.join(folder, 'odd.pth');
      const load = (content: Parameters<typeof savePth>[0]) => {
        savePth(content, file);
        return DetrForObjectDetection.fromPretrained(file);
      };
      const { model } = loadPth(pth('published')) as { model: Record<string, Tensor> };
      await assert.rejects(
        load({ epoch: 3 }),
        new InputError(
          `${file}: expected a checkpoint of facebookresearch/detr, found that it has no class_embed.weight.`,
        ),
      );
      await assert.rejects(
        load({ model: { ...model, 'transformer.encoder.norm.weight': torch.ones([16]) } }),
        /it normalises before each layer \(pre_norm\), which no published DETR does/,
      );
      const { 'bbox_embed.layers.0.bias': _gone, 'transformer.encoder.layers.1.norm1.bias': _too, ...rest } = model;
      await assert.rejects(
        load({ model: rest }),
        /1 of \d+ tensors do not fit: model\.encoder\.layers\.1\.self_attn_layer_norm\.bias \(missing\)/,
      );
      writeFileSync(file, 'no checkpoint');
      await assert.rejects(DetrForObjectDetection.fromPretrained(file), /expected a PyTorch checkpoint/);
    });
  });

  describe('with the names of timm', () => {
    const TIMM: DetrOptions = {
      backbone: 'resnet18',
      dModel: 16,
      encoderLayers: 2,
      decoderLayers: 3,
      encoderFfnDim: 24,
      decoderFfnDim: 24,
      numQueries: 6,
      numLabels: 4,
    };
    const PUBLISHED = new DetrConfig(TIMM).toJSON();

    /** The weights of scripts/golden/detr_authors.py under the names that facebook/detr-resnet-50 has. */
    function publish(): void {
      const shapes = goldenJson<Record<string, number[]>>('detr-authors-resnet18');
      const state: Record<string, Tensor> = {};
      Object.keys(shapes)
        .sort()
        .forEach((name, index) => {
          torch.manualSeed(index);
          const noise = torch.rand(shapes[name]!);
          const size = shapes[name]!.slice(1).reduce((product, length) => product * length, 1);
          state[name] = name.endsWith('running_var') ? noise.add(0.5) : noise.sub(0.5).mul(Math.sqrt(6 / size));
        });
      savePth({ model: state }, path.join(folder, 'resnet18.pth'));
    }

    it('are what a checkpoint of the authors becomes, and predict the same', async () => {
      publish();
      const model = await DetrForObjectDetection.fromPretrained(path.join(folder, 'resnet18.pth'), {
        dilation: false,
        onWarning: assert.fail,
      });
      assert.equal(model.config.backbone, 'resnet18');
      assertPredicts(model, 'resnet18');
      const hub = path.join(folder, 'hub');
      model.savePretrained(hub);
      const keys = Object.keys(torch.safetensors.load(path.join(hub, 'model.safetensors')));
      for (const key of [
        'conv1.weight',
        'bn1.running_mean',
        'layer2.0.downsample.0.weight',
        'layer2.0.downsample.1.bias',
        'layer4.1.bn2.weight',
      ]) {
        assert.ok(keys.includes(`model.backbone.conv_encoder.model.${key}`), key);
      }
      assert.ok(!keys.some((key) => key.includes('num_batches_tracked')));
      assert.deepEqual(
        [json(path.join(hub, 'config.json')).use_timm_backbone, json(path.join(hub, 'config.json')).backbone],
        [true, 'resnet18'],
      );
      assertPredicts(await DetrForObjectDetection.fromPretrained(hub, { onWarning: assert.fail }), 'resnet18');
    });

    it('are read from a configuration of transformers 4 and from one of transformers 5', () => {
      const { use_timm_backbone: _flag, backbone: _name, dilation: _none, ...rest } = PUBLISHED;
      const nested = {
        model_type: 'timm_backbone',
        backbone: 'resnet18',
        num_channels: 3,
        features_only: true,
        out_indices: [1, 2, 3, 4],
        output_stride: 16,
      };
      const modern = DetrConfig.fromJSON({ ...rest, backbone_config: nested });
      const former = DetrConfig.fromJSON({
        ...rest,
        backbone: 'resnet18',
        use_timm_backbone: true,
        backbone_config: null,
        dilation: true,
        use_pretrained_backbone: true,
      });
      assert.deepEqual(modern.backboneShape, former.backboneShape);
      assert.deepEqual(modern.toJSON().backbone_config, nested);
      assert.equal(former.toJSON().backbone_config, undefined);
      assert.equal(former.toJSON().use_pretrained_backbone, true);
    });
  });

  describe('of a classifier give the backbone its weights', () => {
    const state = async (): Promise<Record<string, Tensor>> => {
      const { model } = (await DetrForObjectDetection.fromPretrained(pth('published'))).model.backbone;
      return model.stateDict();
    };
    const fresh = async (): Promise<DetrForObjectDetection> => {
      const { config } = await DetrForObjectDetection.fromPretrained(pth('published'));
      return DetrForObjectDetection.fromConfig(config);
    };

    for (const [kind, write] of Object.entries({
      'a .pth file': (file: string, tensors: Record<string, Tensor>) =>
        savePth({ ...tensors, 'fc.weight': torch.zeros([10, 20]) }, `${file}.pth`),
      'a .safetensors file': (file: string, tensors: Record<string, Tensor>) => {
        const prefixed = Object.entries(tensors).map(([key, tensor]) => [`resnet.${key}`, tensor]);
        torch.safetensors.save(
          { ...(Object.fromEntries(prefixed) as Record<string, Tensor>), 'classifier.1.bias': torch.zeros([10]) },
          `${file}.safetensors`,
        );
      },
    })) {
      it(kind, async () => {
        const [tensors, model] = [await state(), await fresh()];
        write(path.join(folder, 'classifier'), tensors);
        await model.loadBackbone(path.join(folder, `classifier.${kind.split('.')[1]!.split(' ')[0]!}`));
        for (const [key, tensor] of Object.entries(model.model.backbone.model.stateDict()))
          assertSame(tensor, tensors[key]!, key);
      });
    }

    it('unless they are of another network', async () => {
      const { 'embedder.embedder.convolution.weight': _gone, ...rest } = await state();
      savePth(rest, path.join(folder, 'other.pth'));
      await assert.rejects(
        (await fresh()).loadBackbone(path.join(folder, 'other.pth')),
        /expected the weights of this ResNet \(1, 1, 2, 2 blocks\), found others.*Missing key\(s\)/s,
      );
      await assert.rejects((await fresh()).loadBackbone(path.join(folder, 'absent')), InputError);
    });
  });

  describe('of transformers', () => {
    it('come back from here with the same names and bytes', async () => {
      const model = await DetrForObjectDetection.fromPretrained(FOLDER);
      model.savePretrained(folder);
      const [expected, found] = [FOLDER, folder].map((index) =>
        torch.safetensors.load(path.join(index, 'model.safetensors')),
      ) as [Record<string, Tensor>, Record<string, Tensor>];
      assert.deepEqual(Object.keys(found).sort(), Object.keys(expected).sort());
      for (const [key, tensor] of Object.entries(expected)) assertSame(found[key]!, tensor, key);
      const [before, after] = [FOLDER, folder].map((index) => json(path.join(index, 'config.json'))) as [
        Record<string, unknown>,
        Record<string, unknown>,
      ];
      assert.deepEqual(after, { ...before, backbone: null, use_timm_backbone: false });
    });

    it('have floats that Python takes for floats', async () => {
      (await DetrForObjectDetection.fromPretrained(FOLDER, { eosCoefficient: 1 })).savePretrained(folder);
      const text = readFileSync(path.join(folder, 'config.json'), 'utf8');
      assert.match(text, /"init_xavier_std": 1\.0,/);
      assert.match(text, /"eos_coefficient": 1\.0,/);
      assert.match(text, /"class_cost": 1,/);
    });

    it('under the names that transformers has in memory predict the same', async () => {
      const inMemory = (key: string): string =>
        key
          .replace('backbone.conv_encoder.model.', 'backbone.model.')
          .replace('.out_proj.', '.o_proj.')
          .replace(/(layers\.\d+)\.fc/, '$1.mlp.fc');
      const state = Object.entries(torch.safetensors.load(path.join(FOLDER, 'model.safetensors')));
      assert.ok(state.some(([key]) => inMemory(key) !== key));
      torch.safetensors.save(
        Object.fromEntries(state.map(([key, tensor]) => [inMemory(key), tensor])),
        path.join(folder, 'model.safetensors'),
      );
      copyFileSync(path.join(FOLDER, 'config.json'), path.join(folder, 'config.json'));
      const model = await DetrForObjectDetection.fromPretrained(folder, { onWarning: assert.fail });
      assertNear(run(model).logits, golden.get('masked.logits'));
      assert.ok(existsSync(folder));
    });

    it('begin to count batches where their norms are to train', async () => {
      const model = await DetrForObjectDetection.fromPretrained(FOLDER, { trainBatchNorm: true });
      const counts = (): unknown[] =>
        model
          .namedBuffers()
          .filter(([key]) => key.endsWith('num_batches_tracked'))
          .map(([, count]) => count.item());
      const norms = counts().length;
      assert.ok(norms > 0);
      assert.deepEqual(counts(), Array(norms).fill(0));
      model.train().forward({ pixelValues: torch.zeros([2, 3, 64, 64]) });
      assert.deepEqual(counts(), Array(norms).fill(1));
    });

    it('with other classes get a new head, and say so', async () => {
      const warnings: string[] = [];
      const model = await DetrForObjectDetection.fromPretrained(FOLDER, {
        id2label: ['boat', 'bus'],
        onWarning: (text) => warnings.push(text),
      });
      assert.equal(run(model).logits.shape[2], 3);
      assert.equal(warnings.length, 1);
      assert.match(
        warnings[0]!,
        /the head is new and starts from random weights.*class_labels_classifier\.weight \[3, 16\] \(the checkpoint's is \[5, 16\]\)/,
      );
    });
  });
});
