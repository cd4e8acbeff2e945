import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { cocoNames, DetrForObjectDetection, ResNetConfig, type DetrOptions } from '../../../ts/models';
import type { DetectionConfig } from '../../../ts/tasks/vocdet/config';
import { ObjectDetector } from '../../../ts/tasks/vocdet/detector';
import { presets } from '../../../ts/tasks/vocdet/presets';
import * as torch from '../../../ts/tensor';
import { DetectionProcessor } from '../../../ts/vision/detection-processor';
import { decodeImage } from '../../../ts/vision/image';
import { vocXml, type SceneObject } from './fixture';

/** The sizes of a detector that trains in seconds, as a configuration has them. */
export const smallSizes = {
  depths: [1, 1],
  widths: [8, 8, 16],
  dModel: 16,
  numQueries: 8,
  encoderLayers: 1,
  decoderLayers: 2,
  attentionHeads: 2,
  ffnDim: 32,
  dropout: 0.1,
} satisfies Partial<DetectionConfig['model']>;

/** A configuration to train it on a dataset, two batches an epoch with the images of `vocFiles`. */
export function smallConfig(folder: string): DetectionConfig {
  return {
    ...presets.tiny,
    epochs: 2,
    batchSize: 4,
    accumulate: 1,
    device: 'cpu',
    data: { ...presets.tiny.data, folder, prefetch: 2 },
    model: { ...presets.tiny.model, ...smallSizes, trainBatchNorm: true },
    shortestEdge: 48,
    longestEdge: 64,
    augment: { flip: 0.5, sizes: [40, 48], longestEdge: 64, crop: 0.5, cropFrom: [48], cropSize: [32, 48] },
    optimizer: { ...presets.tiny.optimizer, lr: 1e-3, backboneLr: 1e-3 },
    evaluate: { everyEpochs: 1, everySteps: 0, batchSize: 4, patience: 0 },
    checkpoint: { everyMinutes: 0, everySteps: 0, async: true, keep: 1 },
    log: { everySteps: 1 },
    backboneStart: { epochs: 1, lr: 1e-3 },
  };
}

/** The same where it starts from weights: these have their sizes already. */
export function tunedConfig(folder: string, from: string): DetectionConfig {
  const { from: _, ...nothing } = presets.r50.model;
  return {
    ...smallConfig(folder),
    backboneStart: presets.r50.backboneStart,
    model: { ...nothing, from },
    shortestEdge: null,
    longestEdge: null,
  };
}

/** A detector of that size with random weights. */
export function smallModel(options: DetrOptions = {}): DetrForObjectDetection {
  torch.manualSeed(0);
  const {
    depths,
    widths: [embeddingSize, ...hiddenSizes],
    attentionHeads,
    ffnDim,
    dropout: _,
    ...sizes
  } = smallSizes;
  return DetrForObjectDetection.fromConfig({
    ...sizes,
    encoderAttentionHeads: attentionHeads,
    decoderAttentionHeads: attentionHeads,
    encoderFfnDim: ffnDim,
    decoderFfnDim: ffnDim,
    backboneConfig: new ResNetConfig({ depths, embeddingSize, hiddenSizes, layerType: 'basic' }),
    // Weights so large that the answers to two images differ.
    initStd: 0.4,
    ...options,
  }).eval();
}

/** As it stands in a folder: with the processing of images. */
export function smallDetector(options: DetrOptions = {}): ObjectDetector {
  return new ObjectDetector(
    smallModel(options),
    new DetectionProcessor({ size: { shortestEdge: 48, longestEdge: 64 } }),
  );
}

/** Writes such a detector into a new folder, `<root>/<name>`. */
export async function smallWeights(root: string, name: string, options: DetrOptions = {}): Promise<string> {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  await smallDetector(options).save(folder);
  return folder;
}

/** One that has COCO's 91 classes, as the published ones. */
export const cocoClasses: DetrOptions = { id2label: [...cocoNames] };

/** An image that is not like those of other numbers: 64 wide, 48 high. */
export function drawnImage(number: number, width = 64, height = 48): Promise<Buffer> {
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * (7 + number) + 31 * number) % 256);
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/** Files of a dataset in VOC's layout: `counts` images of each set, with one or two objects in each. */
export async function vocFiles(
  counts: Readonly<Record<string, number>>,
  names: readonly string[] = ['car', 'dog'],
): Promise<Record<string, string | Uint8Array>> {
  const files: Record<string, string | Uint8Array> = {};
  let number = 0;
  for (const [set, count] of Object.entries(counts)) {
    const ids = Array.from({ length: count }, () => `p${++number}`);
    files[`ImageSets/Main/${set}.txt`] = ids.map((id) => `${id}\n`).join('');
    for (const id of ids) {
      const at = Number(id.slice(1));
      const objects: SceneObject[] = [
        { name: names[at % names.length]!, pixels: [5 + (at % 9), 4, 30, 40] },
        ...(at % 2 === 0
          ? [{ name: names[(at + 1) % names.length]!, pixels: [35, 10, 60, 30 + (at % 7)] as const }]
          : []),
      ];
      files[`Annotations/${id}.xml`] = vocXml(64, 48, objects);
      files[`JPEGImages/${id}.png`] = await drawnImage(at);
    }
  }
  return files;
}

/** The same with the surest answers of a detector as what is there to find, so that its figures are not 0. */
export async function filesOfDetections(
  weights: string,
  counts: Readonly<Record<string, number>>,
): Promise<Record<string, string | Uint8Array>> {
  const files = await vocFiles(counts);
  const detector = await ObjectDetector.load(weights);
  for (const name of Object.keys(files).filter((name) => name.endsWith('.png'))) {
    const image = await decodeImage(files[name] as Uint8Array);
    const {
      labels,
      boxes: { data },
    } = detector.detect([image], 0)[0]!;
    const inside = (row: number): SceneObject['pixels'] => [
      Math.max(0, data[4 * row]!) + 1,
      Math.max(0, data[4 * row + 1]!) + 1,
      Math.min(64, data[4 * row + 2]!),
      Math.min(48, data[4 * row + 3]!),
    ];
    const objects = Array.from(labels, (label, row): SceneObject => ({
      name: detector.names[label]!,
      pixels: inside(row),
    }));
    const usable = objects.filter(({ pixels: [left, top, right, bottom] }) => right > left && bottom > top);
    files[name.replace('JPEGImages', 'Annotations').replace('.png', '.xml')] = vocXml(64, 48, usable.slice(0, 3));
  }
  return files;
}
