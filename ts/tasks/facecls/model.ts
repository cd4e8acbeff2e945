import { ViTForImageClassification } from '../../models';
import * as torch from '../../tensor';
import type { LayerMap } from '../../train/groups';
import { cloneParameters } from '../../train/checkpoint';
import { weightsOf } from '../../train/run';
import { ImageProcessor } from '../../vision/processor';
import { loadProcessor } from '../processor';
import { FaceClassifier } from './classifier';
import type { FaceConfig } from './config';

/** The way from image to input for a new run: that of the checkpoint it starts from, else the plain one of ViT. */
export async function newProcessor({ model: { from, imageSize } }: FaceConfig): Promise<ImageProcessor> {
  const processor =
    from === null ? new ImageProcessor() : await loadProcessor(weightsOf(from), ImageProcessor.fromConfig);
  if (imageSize === null) return processor;
  return new ImageProcessor({ ...processor.options, size: { height: imageSize, width: imageSize } });
}

/**
 * The model that training starts from: random weights, or those of `model.from` with a new head.
 * @param attributes names of the outputs
 */
export async function newModel(
  config: FaceConfig,
  attributes: readonly string[],
  onWarning?: (message: string) => void,
): Promise<ViTForImageClassification> {
  const { from, ...sizes } = config.model;
  const given = Object.fromEntries(Object.entries(sizes).filter(([, value]) => value !== null));
  const options = { ...given, id2label: attributes, problemType: 'multi_label_classification' as const };
  torch.manualSeed(config.seed);
  if (from === null) return ViTForImageClassification.fromConfig(options);
  return cloneParameters(
    await ViTForImageClassification.fromPretrained(weightsOf(from), { ...options, dtype: 'float32', onWarning }),
  );
}

/** The classifier in a checkpoint of a run, in memory of its own. */
export async function savedClassifier(checkpoint: string): Promise<FaceClassifier> {
  const { model, processor } = await FaceClassifier.load(checkpoint);
  return new FaceClassifier(cloneParameters(model), processor);
}

/** Depth of each parameter: embeddings 0, then the blocks, the last normalization and the head at the end. */
export function layerMap({ config }: ViTForImageClassification): LayerMap {
  const layers = config.numHiddenLayers + 1;
  return {
    layers,
    layerOf: (name) => {
      const block = /^vit\.encoder\.layer\.(\d+)\./.exec(name)?.[1];
      if (block !== undefined) return Number(block) + 1;
      return name.startsWith('vit.embeddings.') ? 0 : layers;
    },
    isHead: (name) => name.startsWith('classifier.'),
  };
}
