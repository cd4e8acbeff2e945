import { UsageError } from '../../errors';
import { AutoConfig, AutoModelForImageClassification, type ImageClassificationModel } from '../../models';
import { heightWidth, type ImageSize } from '../../models/fields';
import * as torch from '../../tensor';
import type { LayerMap } from '../../train/groups';
import { cloneParameters } from '../../train/checkpoint';
import { weightsOf } from '../../train/run';
import type { Extent } from '../../vision/boxes';
import { ImageProcessor } from '../../vision/processor';
import { loadProcessor } from '../checkpoint';
import { FaceClassifier } from './classifier';
import type { FaceConfig } from './config';

/** The way from image to input for a new run: that of the checkpoint it starts from, else the plain one of ViT. */
export async function newProcessor(config: FaceConfig): Promise<ImageProcessor> {
  const { from, imageSize } = config.model;
  if (from === null) return new ImageProcessor({ size: inputSize(config) });
  const processor = await loadProcessor(weightsOf(from), ImageProcessor.fromConfig);
  if (imageSize === null) return processor;
  return new ImageProcessor({ ...processor.options, size: { height: imageSize, width: imageSize } });
}

/** What a model from random weights takes; 224 pixels where its configuration does not say. */
function inputSize({ model }: FaceConfig): Extent {
  const { imageSize = 224 } = AutoConfig.forModel(model.type ?? 'vit', givenOptions(model)) as {
    imageSize?: ImageSize;
  };
  const [height, width] = heightWidth(imageSize);
  return { height, width };
}

/** What the configuration says of the model, and not null. */
function givenOptions({
  from: _from,
  type: _type,
  options,
  ...sizes
}: FaceConfig['model']): Readonly<Record<string, unknown>> {
  return { ...Object.fromEntries(Object.entries(sizes).filter(([, value]) => value !== null)), ...options };
}

/**
 * The model that training starts from: random weights, or those of `model.from` with a new head.
 * @param attributes names of the outputs
 */
export async function newModel(
  { seed, model }: FaceConfig,
  attributes: readonly string[],
  onWarning?: (message: string) => void,
): Promise<ImageClassificationModel> {
  const { from, type } = model;
  if (from !== null && type !== null)
    throw new UsageError(
      'model.type belongs to a model from random weights: leave it null where model.from is given, whose checkpoint says it.',
    );
  const options = {
    ...givenOptions(model),
    id2label: attributes,
    problemType: 'multi_label_classification' as const,
  };
  torch.manualSeed(seed);
  if (from === null) return AutoModelForImageClassification.fromConfig(AutoConfig.forModel(type ?? 'vit', options));
  return cloneParameters(
    await AutoModelForImageClassification.fromPretrained(weightsOf(from), { ...options, dtype: 'float32', onWarning }),
  );
}

/** The classifier in a checkpoint of a run, in memory of its own. */
export async function savedClassifier(checkpoint: string): Promise<FaceClassifier> {
  const { model, processor } = await FaceClassifier.load(checkpoint);
  return new FaceClassifier(cloneParameters(model), processor);
}

/** Where each parameter lies, as the model says. */
export function layerMap(model: ImageClassificationModel): LayerMap {
  return {
    layers: model.config.layerCount + 1,
    layerOf: (name) => model.depthOf(name),
    isHead: (name) => model.headKeys?.test(name) ?? false,
  };
}
