import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InputError, ShapeError } from '../../../ts/errors';
import {
  FrozenBatchNorm2d,
  ResNet,
  ResNetBackbone,
  ResNetConfig,
  timmShape,
  type ResNetOptions,
  type ResNetShape,
} from '../../../ts/models/resnet';
import * as torch from '../../../ts/tensor';
import type { Tensor } from '../../../ts/tensor';
import { liveTensors } from '../../live-tensors';
import { assertClose, assertDrawn, assertSame, goldenJson, goldenTensors } from '../../nn/golden';
import { assertNear } from '../near';

const SMALL = { embeddingSize: 8, hiddenSizes: [8, 12, 16, 20], depths: [1, 2, 1, 1] } as const;
const ALL = ['stem', 'stage1', 'stage2', 'stage3', 'stage4'];
const PLAIN: ResNetShape = { ...timmShape('resnet50'), ...SMALL };

const golden = goldenTensors('resnet');
const keys = goldenJson<Record<string, string>>('resnet-keys');

/** The tensors below a prefix, without it. */
function below(prefix: string): Record<string, Tensor> {
  const names = golden.names.filter((name) => name.startsWith(`${prefix}.`));
  return Object.fromEntries(names.map((name) => [name.slice(prefix.length + 1), golden.get(name)]));
}

function backbone(options: ResNetOptions, weights: Record<string, Tensor>, frozenBatchNorm = false): ResNetBackbone {
  const model = new ResNetBackbone(new ResNetConfig({ ...SMALL, ...options }), { frozenBatchNorm });
  model.loadStateDict(weights);
  return model.eval();
}

/** The weights of the plain network under torchvision's names. */
function torchvisionWeights(): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(below('bottleneck.weight')).map(([key, tensor]) => [keys[key]!, tensor]));
}

describe('ResNet', () => {
  describe('gives the maps of transformers', () => {
    const cases: Record<string, ResNetOptions> = {
      bottleneck: { outFeatures: ALL },
      basic: { layerType: 'basic', outFeatures: ['stage2', 'stage4'] },
      gelu: { hiddenAct: 'gelu' },
      early: { downsampleInFirstStage: true, downsampleInBottleneck: true },
      grey: { layerType: 'basic', numChannels: 1, hiddenSizes: [8, 8], depths: [1, 1] },
    };
    for (const [name, options] of Object.entries(cases)) {
      for (const frozen of [false, true]) {
        it(`${name}, batch normalisation ${frozen ? 'frozen' : 'in evaluation'}`, () => {
          const model = backbone(options, below(`${name}.weight`), frozen);
          const { featureMaps } = model.forward({ pixelValues: golden.get(`${name}.pixels`) });
          assert.equal(featureMaps.length, model.config.outFeatures!.length);
          featureMaps.forEach((map, i) => assertNear(map, golden.get(`${name}.map.${i}`), 'forward', `map ${i}`));
          assert.deepEqual(
            featureMaps.map((map) => map.shape[1]),
            model.channels,
          );
        });
      }
    }
  });

  it('trains as transformers trains it: maps, gradients, running statistics', () => {
    const model = backbone({}, below('bottleneck.weight')).to('float64').train();
    const [map] = model.forward({ pixelValues: golden.get('train.pixels').to('float64') }).featureMaps;
    assertNear(map!.to('float32'), golden.get('train.map'), 'float64');
    map!.square().mean().backward();
    for (const [name, parameter] of model.namedParameters()) {
      assertNear(parameter.grad!.to('float32'), golden.get(`train.grad.${name}`), 'float64', name);
    }
    const state = model.stateDict();
    for (const [name, expected] of Object.entries(below('train.after')))
      assertNear(state[name]!.to(expected.dtype), expected, 'float64', name);
  });

  it('starts from the weights of transformers for the same seed', () => {
    torch.manualSeed(11);
    const model = new ResNetBackbone(new ResNetConfig({ embeddingSize: 4, hiddenSizes: [8, 8], depths: [1, 2] }));
    assertSame(torch.rand([1]), golden.get('initial.next'), 'next');
    const state = model.stateDict();
    assert.deepEqual(Object.keys(state).sort(), Object.keys(below('init')).sort());
    for (const [name, expected] of Object.entries(below('init'))) assertDrawn(state[name]!, expected, name);
  });

  describe('under torchvision and timm names', () => {
    for (const outputStride of [32, 16, 8] as const) {
      it(`gives the last map and gradients of a plain ResNet with output stride ${outputStride}`, () => {
        const model = new ResNet({ ...PLAIN, outputStride }, { frozenBatchNorm: true });
        model.loadStateDict(torchvisionWeights());
        const [map] = model.forward(golden.get('plain.pixels'));
        assertNear(map!, golden.get(`plain.${outputStride}.map`));
        map!.square().mean().backward();
        const { grad } = model.namedParameters().find(([name]) => name === 'layer4.0.conv2.weight')![1];
        assertNear(grad!, golden.get(`plain.${outputStride}.grad`), 'gradient');
      });
    }

    it('dilates basic blocks as timm does', () => {
      const model = new ResNet({ ...PLAIN, layerType: 'basic', outputStride: 16 }, { frozenBatchNorm: true });
      model.loadStateDict(below('basic16.weight'));
      assertNear(model.forward(golden.get('plain.pixels'))[0]!, golden.get('basic16.map'));
    });

    it('has the names of torchvision for the sizes of its networks', () => {
      const expected = { resnet18: 62, resnet34: 110, resnet50: 161, resnet101: 314 };
      for (const [name, parameters] of Object.entries(expected)) {
        const model = new ResNet(timmShape(name), { device: 'meta' });
        // What torchvision's state dict counts, without the classifier's weight and bias.
        assert.equal(model.parameters().length, parameters - 2, name);
      }
      const keysOf18 = Object.keys(new ResNet(timmShape('resnet18'), { device: 'meta' }).stateDict());
      for (const key of [
        'conv1.weight',
        'bn1.running_var',
        'layer2.0.downsample.0.weight',
        'layer2.0.downsample.1.bias',
        'layer4.1.bn2.num_batches_tracked',
      ]) {
        assert.ok(keysOf18.includes(key), key);
      }
    });

    it('loads either style into the other', () => {
      const theirs = backbone({}, torchvisionWeights()).forward({ pixelValues: golden.get('bottleneck.pixels') })
        .featureMaps[0]!;
      const plain = new ResNet(PLAIN);
      plain.loadStateDict(below('bottleneck.weight'));
      const ours = plain.eval().forward(golden.get('bottleneck.pixels'))[0]!;
      assertNear(ours, theirs);
      assertNear(ours, golden.get('bottleneck.map.4'));
    });
  });

  describe('its folders', () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'resnet-'))));
    afterEach(() => rmSync(folder, { recursive: true }));

    it('keep the names of transformers and come back the same', async () => {
      const model = backbone({ outFeatures: ['stage2', 'stage4'] }, below('bottleneck.weight'));
      model.savePretrained(folder);
      const loaded = await ResNetBackbone.fromPretrained(folder);
      assert.deepEqual(loaded.config.outIndices, [2, 4]);
      const expected = model.stateDict();
      for (const [name, tensor] of Object.entries(loaded.stateDict())) assertSame(tensor, expected[name]!, name);
      assert.equal(
        Object.keys(torch.safetensors.load(path.join(folder, 'model.safetensors'))).sort()[0],
        'embedder.embedder.convolution.weight',
      );
    });

    it('give other maps where the caller names or numbers them', async () => {
      backbone({ outFeatures: ['stage2', 'stage4'] }, below('bottleneck.weight')).savePretrained(folder);
      const numbered = await ResNetBackbone.fromPretrained(folder, { outIndices: [1] });
      assert.deepEqual(numbered.config.outFeatures, ['stage1']);
      const named = await ResNetBackbone.fromPretrained(folder, { outFeatures: ['stem', 'stage3'] });
      assert.deepEqual(named.config.outIndices, [0, 3]);
    });

    it('of a classifier are read without its head', async () => {
      const state = Object.fromEntries(
        Object.entries(below('bottleneck.weight')).map(([key, tensor]) => [`resnet.${key}`, tensor]),
      );
      torch.safetensors.save(
        { ...state, 'classifier.1.weight': torch.zeros([3, 20]) },
        path.join(folder, 'model.safetensors'),
      );
      writeFileSync(path.join(folder, 'config.json'), new ResNetConfig(SMALL).toText());
      const warnings: string[] = [];
      const model = await ResNetBackbone.fromPretrained(folder, { onWarning: (text) => warnings.push(text) });
      assert.deepEqual(warnings, []);
      assertNear(
        model.forward({ pixelValues: golden.get('bottleneck.pixels') }).featureMaps[0]!,
        golden.get('bottleneck.map.4'),
      );
    });

    it('of timm are read by their architecture', async () => {
      const model = new ResNet({ ...timmShape('resnet18'), embeddingSize: 64 });
      torch.safetensors.save(
        { ...model.stateDict(), 'fc.weight': torch.zeros([3, 512]) },
        path.join(folder, 'model.safetensors'),
      );
      writeFileSync(
        path.join(folder, 'config.json'),
        JSON.stringify({ architecture: 'resnet18', num_classes: 1000, pretrained_cfg: { tag: 'a1_in1k' } }),
      );
      const loaded = await ResNetBackbone.fromPretrained(folder);
      const pixelValues = torch.randn([1, 3, 64, 64]);
      assertNear(loaded.forward({ pixelValues }).featureMaps[0]!, model.eval().forward(pixelValues)[0]!);
    });
  });

  describe('optimized for inference', () => {
    const predict = (model: ResNetBackbone, pixelValues: Tensor): Tensor =>
      torch.noGrad(() => model.forward({ pixelValues }).featureMaps[0]!);

    for (const [name, options] of [
      ['bottleneck', {}],
      ['basic', { layerType: 'basic' }],
      ['gelu', { hiddenAct: 'gelu' }],
    ] as const) {
      it(`gives the same maps, at any size: ${name}`, () => {
        const [plain, fast] = [0, 1].map(() => backbone(options, below(`${name}.weight`), true)) as [
          ResNetBackbone,
          ResNetBackbone,
        ];
        fast.optimizeForInference();
        for (const size of [
          [2, 3, 40, 56],
          [1, 3, 64, 32],
        ]) {
          const pixels = torch.randn(size);
          assertNear(predict(fast, pixels), predict(plain, pixels));
        }
      });
    }

    it('takes the memory of no map that is returned, nor of the pixels', () => {
      const [plain, fast] = [0, 1].map(() =>
        backbone({ layerType: 'basic', outFeatures: ALL }, below('basic.weight'), true),
      ) as [ResNetBackbone, ResNetBackbone];
      const pixelValues = torch.randn([1, 3, 40, 56]);
      const before = pixelValues.clone();
      const maps = (model: ResNetBackbone): readonly Tensor[] =>
        torch.noGrad(() => model.forward({ pixelValues }).featureMaps);
      const expected = maps(plain);
      maps(fast.optimizeForInference()).forEach((map, i) => assertNear(map, expected[i]!, 'forward', `map ${i}`));
      assertSame(pixelValues, before);
    });

    it('follows weights that change, and frees its copy when told to', async () => {
      const [plain, fast] = [0, 1].map(() => backbone({}, below('bottleneck.weight'), true)) as [
        ResNetBackbone,
        ResNetBackbone,
      ];
      const pixels = torch.randn([1, 3, 40, 56]);
      const before = await liveTensors();
      const first = predict(fast.optimizeForInference(), pixels);
      assert.equal(torch.memory().tensors, before + 1 + 2 * 19);
      for (const model of [plain, fast])
        torch.noGrad(() => model.parameters().forEach((parameter) => parameter.mul_(0.5)));
      const second = predict(fast, pixels);
      assert.throws(() => assertNear(second, first, 'bfloat16'), assert.AssertionError);
      assertNear(second, predict(plain, pixels));
      plain.loadStateDict(below('bottleneck.weight'));
      fast.loadStateDict(below('bottleneck.weight'));
      assertNear(predict(fast, pixels), predict(plain, pixels));
      const { tensors } = torch.memory();
      fast.optimizeForInference(false);
      assert.equal(torch.memory().tensors, tensors - 2 * 19);
    });

    it('still has gradients where autograd looks', () => {
      const [plain, fast] = [0, 1].map(() => backbone({}, below('bottleneck.weight'), true)) as [
        ResNetBackbone,
        ResNetBackbone,
      ];
      const pixels = torch.randn([1, 3, 40, 56]);
      for (const model of [plain, fast.optimizeForInference()])
        model.forward({ pixelValues: pixels }).featureMaps[0]!.sum().backward();
      fast.parameters().forEach((parameter, i) => assertSame(parameter.grad!, plain.parameters()[i]!.grad!));
    });
  });

  it('in bfloat16 takes float32 pixels', () => {
    const model = backbone({}, below('bottleneck.weight')).to('bfloat16');
    assert.equal(model.forward({ pixelValues: torch.zeros([1, 3, 32, 32]) }).featureMaps[0]!.dtype, 'bfloat16');
  });

  it('leaves nothing behind but the maps', async () => {
    const model = backbone({ outFeatures: ALL }, below('bottleneck.weight'), true);
    const before = await liveTensors();
    const { featureMaps } = model.forward({ pixelValues: golden.get('bottleneck.pixels') });
    assert.equal(torch.memory().tensors, before + 5);
    featureMaps.forEach((map) => map.dispose());
  });

  describe('refuses', () => {
    it('pixels with other channels', () => {
      const model = backbone({}, below('bottleneck.weight'));
      assert.throws(
        () => model.forward({ pixelValues: torch.zeros([1, 1, 32, 32]) }),
        new ShapeError('pixelValues: expected (B, 3, H, W), found [1, 1, 32, 32].'),
      );
    });

    it('maps that do not exist, twice or out of order', () => {
      const expected =
        'ResNetConfig: expected the maps to return out of stem, stage1, stage2, stage3, stage4, each once and in this order, found ';
      for (const outFeatures of [['stage5'], ['stage2', 'stage1'], ['stem', 'stem']]) {
        assert.throws(
          () => new ResNetConfig({ outFeatures }),
          new InputError(`${expected}${JSON.stringify(outFeatures)}.`),
        );
      }
      assert.throws(
        () => new ResNetConfig({ outFeatures: ['stem'], outIndices: [1] }),
        /differ; leave one of the two out/,
      );
      assert.deepEqual(new ResNetConfig({ outIndices: [1, -1] }).outFeatures, ['stage1', 'stage4']);
    });

    it('networks that are no plain ResNet', () => {
      assert.throws(
        () => timmShape('resnet50d'),
        new InputError(
          'ResNet: expected the backbone to be one of resnet18, resnet34, resnet50, resnet101, resnet152, found "resnet50d".',
        ),
      );
      assert.throws(
        () => new ResNetConfig({ depths: [1], hiddenSizes: [8, 8] }),
        /expected as many hiddenSizes as depths, found 2 and 1/,
      );
    });
  });

  it('FrozenBatchNorm2d is batch normalisation in evaluation, and forgets that batches were counted', () => {
    const frozen = new FrozenBatchNorm2d(2);
    frozen.loadStateDict({
      weight: torch.tensor([2, 1]),
      bias: torch.tensor([1, 0]),
      running_mean: torch.tensor([3, 0]),
      running_var: torch.tensor([4 - 1e-5, 1 - 1e-5]),
      num_batches_tracked: torch.tensor(7n),
    });
    assertClose(frozen.forward(torch.full([1, 2, 1, 1], 5)), torch.tensor([3, 5]).view([1, 2, 1, 1]));
    assert.deepEqual(frozen.parameters(), []);
    assert.equal(String(frozen), 'FrozenBatchNorm2d(2, eps=1e-05)');
  });
});
