import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { ViTForImageClassification } from '../../../ts/models';
import { FaceClassifier } from '../../../ts/tasks/facecls/classifier';
import * as torch from '../../../ts/tensor';
import { ImageProcessor } from '../../../ts/vision/processor';

export const attributes = ['Smiling', 'Eyeglasses', 'Wearing_Hat'];

/** A classifier with random weights, different for each image it sees. */
export function smallClassifier(): FaceClassifier {
  torch.manualSeed(0);
  const model = ViTForImageClassification.fromConfig({
    imageSize: 32,
    patchSize: 8,
    hiddenSize: 32,
    numHiddenLayers: 2,
    numAttentionHeads: 4,
    intermediateSize: 64,
    id2label: attributes,
    problemType: 'multi_label_classification',
    initializerRange: 0.3,
  });
  return new FaceClassifier(model.eval(), new ImageProcessor({ size: { height: 32, width: 32 } }));
}

/** A model of three layers, whose images are cut into 3 x 2 patches. */
export function patchModel(numLabels: number): ViTForImageClassification {
  torch.manualSeed(0);
  return ViTForImageClassification.fromConfig({
    imageSize: [24, 16],
    patchSize: 8,
    hiddenSize: 32,
    numHiddenLayers: 3,
    numAttentionHeads: 4,
    intermediateSize: 64,
    numLabels,
    problemType: 'multi_label_classification',
    initializerRange: 0.3,
  }).eval();
}

/** Writes such a classifier into `<root>/weights`. */
export async function smallWeights(root: string): Promise<string> {
  const folder = join(root, 'weights');
  mkdirSync(folder, { recursive: true });
  await smallClassifier().save(folder);
  return folder;
}

/** An image that is not like the others. */
export function image(number: number): Promise<Buffer> {
  const [width, height] = [20 + 3 * number, 30];
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * (7 + number) + 31 * number) % 256);
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg()
    .toBuffer();
}
