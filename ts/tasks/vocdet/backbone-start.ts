/**
 * A start for a backbone from random weights: it learns which classes are in an image before it learns where. The paper
 * starts from ImageNet; here the images are those of the training itself, and every place of the map counts alike
 * (global average pooling; Zhou et al. 2016, arXiv 1512.04150).
 */
import * as nn from '../../nn';
import { AdamW, OneCycleLR } from '../../optim';
import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { type Listener, withBar } from '../../native/listener';
import type { Batches } from '../../data/loader';
import type { DetrForObjectDetection } from '../../models';
import { batchSeed } from '../../train/state';
import { releaseBatch, type DetectionBatch } from './batches';

export interface BackboneStart {
  readonly epochs: number;
  /** Peak learning rate. */
  readonly lr: number;
  readonly seed: number;
  readonly listener: Listener;
  readonly signal: AbortSignal | undefined;
}

/** Trains the backbone of `detector` to name the classes of its images. @throws the signal's reason when it aborts */
export async function startBackbone(
  { model, config, class_labels_classifier }: DetrForObjectDetection,
  batches: Batches<DetectionBatch>,
  options: BackboneStart,
): Promise<void> {
  const { epochs, lr, seed, listener, signal } = options;
  const { device } = class_labels_classifier.weight;
  const { backbone } = model;
  const head = new nn.Conv2d(backbone.channels, config.numLabels, 1, { device });
  const parameters = [...backbone.parameters().filter(({ requiresGrad }) => requiresGrad), ...head.parameters()];
  const optimizer = new AdamW(parameters, { lr, weightDecay: 1e-4 });
  const scheduler = new OneCycleLR(optimizer, lr, { totalSteps: epochs * batches.batches });
  const step = ({ pixelValues, labels }: DetectionBatch): void => {
    const scores = head.forward(backbone.model.forward(pixelValues.to(device))[0]!).mean([2, 3]); // (B, K, h, w) -> (B, K)
    nn.functional.binaryCrossEntropyWithLogits(scores, presence(labels, config.numLabels).to(device)).backward();
    optimizer.step();
    optimizer.zeroGrad();
    scheduler.step();
  };
  const pass = async (update: (done: number, all: number) => void) => {
    for (let epoch = 0, done = 0; epoch < epochs; epoch++) {
      for await (const batch of batches.epoch(epoch)) {
        signal?.throwIfAborted();
        torch.manualSeed(batchSeed(seed, epoch, done));
        torch.scoped(() => step(batch));
        releaseBatch(batch);
        update(++done, epochs * batches.batches);
      }
    }
  };
  backbone.train();
  await withBar(listener, 'starting the backbone', (bar) => pass((done, all) => bar.update(done, all)), 'steps');
  for (const parameter of head.parameters()) parameter.dispose();
}

/** 1 for each class that an image shows: (B, K). */
function presence(labels: DetectionBatch['labels'], classes: number): Tensor {
  const marks = new Float32Array(labels.length * classes);
  labels.forEach(({ classLabels }, image) => {
    for (const id of classLabels.data() as BigInt64Array) marks[image * classes + Number(id)] = 1;
  });
  return torch.fromTypedArray(marks, [labels.length, classes]);
}
