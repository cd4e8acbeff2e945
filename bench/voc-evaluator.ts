/** Figures of a detector from its detections, by our evaluator: those of VOC 2007, VOC 2012 and COCO at once. */
import { readFileSync } from 'node:fs';
import { vision } from 'torchts';
import { seconds } from './clock';
import { cocoMetricNames, DetectionEvaluator, vocClasses } from './internals';
import type { Scene, SceneObject, Scenes } from './scenes';
import { takeTurns } from './worker-protocol';

/** One image as the evaluator takes it: its id, what was found, what is there. */
type Input = Parameters<InstanceType<typeof DetectionEvaluator>['add']>;

void takeTurns(({ scenes: file, device }) => {
  const { source, scenes } = JSON.parse(readFileSync(file, 'utf8')) as Scenes;
  const all = scenes.map((scene, index) => input(scene, index, 0));
  const aboveThreshold = scenes.map((scene, index) => input(scene, index, 0.3));

  const evaluate = (images: readonly Input[]) => {
    const evaluator = new DetectionEvaluator(vocClasses);
    for (const image of images) evaluator.add(...image);
    return evaluator.result().coco;
  };
  const metrics = evaluate(aboveThreshold);
  return {
    facts: { images: `${scenes.length} of ${source}` },
    check: cocoMetricNames.map((name) => metrics[name] ?? -1),
    measures: {
      likely: () => seconds(device, () => evaluate(aboveThreshold)),
      all: () => seconds(device, () => evaluate(all)),
    },
  };
});

/** An image with its detections from a score on. */
function input({ objects, detections }: Scene, index: number, least: number): Input {
  const kept = detections.filter(({ score }) => score >= least);
  return [
    String(index).padStart(6, '0'),
    { labels: kept.map(({ label }) => label), scores: kept.map(({ score }) => score), boxes: corners(kept) },
    {
      labels: objects.map(({ label }) => label),
      boxes: corners(objects),
      difficult: objects.map(({ difficult }) => Number(difficult)),
    },
  ];
}

function corners(things: readonly Pick<SceneObject, 'box'>[]): vision.Boxes<'xyxy'> {
  return vision.boxes(
    'xyxy',
    things.flatMap(({ box }) => box),
  );
}
