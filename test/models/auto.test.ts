import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../ts/errors';
import {
  AutoConfig,
  AutoImageProcessor,
  AutoModel,
  AutoModelClass,
  AutoModelForImageClassification,
  AutoModelForObjectDetection,
  DetrForObjectDetection,
  DetrModel,
  fields,
  modelConfig,
  PretrainedModel,
  ResNetBackbone,
  ResNetConfig,
  ViTConfig,
  ViTForImageClassification,
  ViTModel,
} from '../../ts/models';
import { Linear } from '../../ts/nn';
import type { Tensor } from '../../ts/tensor';
import { DetectionProcessor } from '../../ts/vision/detection-processor';
import { ImageProcessor } from '../../ts/vision/processor';
import { assertSame } from '../nn/golden';
import { temporaryFolder } from '../tasks/vocdet/fixture';

const golden = (name: string) => join(__dirname, '..', 'golden', name);
const quiet = { onWarning: () => {} };

class LineConfig extends modelConfig('line', { width: fields.count(3) }) {}

class Line extends PretrainedModel<LineConfig> {
  static readonly configClass = LineConfig;
  readonly line: Linear;

  constructor(config: LineConfig, factory?: object) {
    super(config);
    this.line = new Linear(config.width, 1, factory);
    this.postInit();
  }

  forward(input: Tensor): Tensor {
    return this.line.forward(input);
  }
}

describe('the auto classes', () => {
  const folder = temporaryFolder();
  const vit = golden('vit');
  const detr = golden('detr');

  it('find the class by model_type', async () => {
    assert.ok((await AutoModelForImageClassification.fromPretrained(vit)) instanceof ViTForImageClassification);
    assert.ok((await AutoModelForObjectDetection.fromPretrained(detr)) instanceof DetrForObjectDetection);
    assert.ok((await AutoModel.fromPretrained(vit, quiet)) instanceof ViTModel);
    assert.ok((await AutoModel.fromPretrained(detr, quiet)) instanceof DetrModel);
    assert.ok((await AutoConfig.fromPretrained(vit)) instanceof ViTConfig);
    assert.ok(AutoModel.fromConfig({ model_type: 'resnet', depths: [1], hidden_sizes: [4] }) instanceof ResNetBackbone);
    assert.ok(AutoModel.fromConfig(new ResNetConfig({ depths: [1], hiddenSizes: [4] })) instanceof ResNetBackbone);
  });

  it('give what the class itself gives, options of the configuration over the file', async () => {
    const found = await AutoModelForImageClassification.fromPretrained(vit, { dtype: 'float64', imageSize: 48 });
    const expected = await ViTForImageClassification.fromPretrained(vit, { dtype: 'float64', imageSize: 48 });
    assert.deepEqual(found.config.toJSON(), expected.config.toJSON());
    for (const [key, tensor] of Object.entries(expected.stateDict())) assertSame(found.stateDict()[key]!, tensor, key);
    const config = await AutoConfig.fromPretrained(vit, { numLabels: 2 });
    assert.equal(config.numLabels, 2);
    await assert.rejects(
      AutoConfig.fromPretrained(vit, { imageSise: 48 }),
      /config\.json: there is no option imageSise; /,
    );
  });

  it('read the files of authors that need no configuration', async () => {
    const file = golden('detr-authors-trained.pth');
    assert.ok((await AutoModelForObjectDetection.fromPretrained(file, quiet)) instanceof DetrForObjectDetection);
    await assert.rejects(AutoModelForImageClassification.fromPretrained(file, quiet), InputError);
  });

  it('find the processor by image_processor_type, with the names of older versions', async () => {
    const write = (content: object) => folder.write({ 'preprocessor_config.json': JSON.stringify(content) });
    assert.ok(
      (await AutoImageProcessor.fromPretrained(write(new DetectionProcessor().toJSON()))) instanceof DetectionProcessor,
    );
    const old = write({ feature_extractor_type: 'DetrFeatureExtractor' });
    assert.ok((await AutoImageProcessor.fromPretrained(old)) instanceof DetectionProcessor);
    assert.ok(
      (await AutoImageProcessor.fromPretrained(write({ image_processor_type: 'ViTImageProcessorFast' }))) instanceof
        ImageProcessor,
    );
    await assert.rejects(
      AutoImageProcessor.fromPretrained(write({ image_processor_type: 'SamImageProcessor' })),
      /expected image_processor_type to be .*, found SamImageProcessor\.$/,
    );
    await assert.rejects(AutoImageProcessor.fromPretrained(folder.write({})), /preprocessor_config\.json/);
  });

  it('take a kind of your own, which one call makes known', async () => {
    assert.throws(
      () => AutoModel.fromConfig({ model_type: 'line' }),
      new InputError(
        'AutoModel: expected model_type vit or resnet or detr, found "line": it belongs to another kind of model, or the file that registers it was not imported.',
      ),
    );
    AutoModel.register(Line);
    AutoModel.register(Line);
    assert.ok(AutoConfig.modelTypes.includes('line'));
    assert.deepEqual(AutoConfig.forModel('line', { width: 5 }).toJSON(), new LineConfig({ width: 5 }).toJSON());
    const made = AutoModel.fromConfig({ model_type: 'line', width: 5 });
    const saved = folder.path();
    made.savePretrained(saved);
    const found = await AutoModel.fromPretrained(saved);
    assert.ok(found instanceof Line);
    assertSame(found.line.weight, (made as Line).line.weight);
    assert.equal((JSON.parse(readFileSync(join(saved, 'config.json'), 'utf8')) as { width: number }).width, 5);
  });

  it('refuse a model_type that another model has, or that nobody has', async () => {
    class Other extends Line {}
    assert.throws(
      () =>
        new AutoModelClass<Line>('AutoOther').register(
          class extends Line {
            static override readonly configClass = class extends modelConfig(
              'vit',
              {},
            ) {} as unknown as typeof LineConfig;
          },
        ),
      /^InputError: AutoConfig: expected a model_type that no other model has, found "vit"/,
    );
    assert.throws(() => AutoModel.register(Other), /^InputError: AutoModel: .*found "line"/);
    const strange = folder.path();
    cpSync(vit, strange, { recursive: true });
    const file = join(strange, 'config.json');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), model_type: 'swin' }));
    for (const auto of [AutoModelForImageClassification, AutoModelForObjectDetection, AutoModel, AutoConfig])
      await assert.rejects(
        auto.fromPretrained(strange),
        /config\.json: expected model_type .*vit|detr.*, found "swin"/,
      );
  });

  it('take a classifier without model_type for a ViT', async () => {
    const untyped = folder.path();
    cpSync(vit, untyped, { recursive: true });
    const file = join(untyped, 'config.json');
    const { model_type: _, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify(rest));
    assert.ok((await AutoModelForImageClassification.fromPretrained(untyped)) instanceof ViTForImageClassification);
    await assert.rejects(AutoModel.fromPretrained(untyped), /found undefined/);
  });
});
