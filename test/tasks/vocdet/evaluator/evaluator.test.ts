import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { boxes } from '../../../../ts/vision/boxes';
import { ClassList, vocClasses } from '../../../../ts/tasks/vocdet/annotations/classes';
import {
  cocoMetricNames,
  DetectionEvaluator,
  type DetectionResult,
  type Detections,
  type EvaluatorOptions,
  type Truths,
} from '../../../../ts/tasks/vocdet/evaluator';
import { openVoc } from '../../../../ts/tasks/vocdet/annotations/voc';
import { gunzipTo, realData, temporaryFolder } from '../fixture';
import { madeUpImages, noisyDetections, truthsOf, type Image } from './noise';

interface Golden {
  readonly detections: number;
  readonly voc07: { mAP: number; perClass: (number | null)[] };
  readonly voc12: { mAP: number; perClass: (number | null)[] };
  readonly coco: Record<
    'ignore' | 'keep',
    Record<string, number | null> & { perClass: { AP: number | null; AP50: number | null }[] }
  >;
}

const golden = JSON.parse(readFileSync(join(__dirname, '../../../golden/voc-eval.json'), 'utf8')) as Record<
  string,
  Golden
>;
const letters = new ClassList(['a', 'b', 'c', 'd', 'e', 'f']);
const TOLERANCE = 1e-9;

function evaluate(
  images: readonly Image[],
  found: readonly Detections[],
  classes: ClassList,
  options?: EvaluatorOptions,
): DetectionResult {
  const evaluator = new DetectionEvaluator(classes, options);
  images.forEach((image, i) => evaluator.add(image.id, found[i]!, truthsOf(image)));
  return evaluator.result();
}

function assertClose(actual: number | null, expected: number | null, what: string): void {
  if (actual === null || expected === null) assert.equal(actual, expected, what);
  else assert.ok(Math.abs(actual - expected) <= TOLERANCE, `${what}: expected ${expected}, found ${actual}`);
}

function assertGolden(
  images: readonly Image[],
  found: readonly Detections[],
  classes: ClassList,
  expected: Golden,
): void {
  assert.equal(
    found.reduce((sum, { scores }) => sum + scores.length, 0),
    expected.detections,
  );
  for (const difficult of ['ignore', 'keep'] as const) {
    const result = evaluate(images, found, classes, { difficult });
    for (const name of cocoMetricNames)
      assertClose(result.coco[name], expected.coco[difficult][name]!, `${name}, difficult: ${difficult}`);
    for (const [size, letter] of [
      ['small', 's'],
      ['medium', 'm'],
      ['large', 'l'],
    ] as const) {
      const { AP, AP50, AR } = result.bySize[size];
      const { [`AP${letter}`]: ap, [`AP50${letter}`]: ap50, [`AR${letter}`]: ar } = expected.coco[difficult];
      assertClose(AP, ap as number | null, `AP of ${size} objects`);
      assertClose(AR, ar as number | null, `AR of ${size} objects`);
      // Of the whole VOC2007 test set the golden file has no more than COCO's twelve.
      if (ap50 !== undefined) assertClose(AP50, ap50 as number | null, `AP50 of ${size} objects`);
    }
    assertClose(result.errorTypes.AP50, expected.coco[difficult]['AP50']!, 'what the gains are on top of');
    for (const protocol of ['voc07', 'voc12'] as const)
      assertClose(result[protocol].mAP, expected[protocol].mAP, protocol);
    classes.names.forEach((name, id) => {
      assertClose(result.voc07.perClass[name]!, expected.voc07.perClass[id]!, `voc07 of ${name}`);
      assertClose(result.voc12.perClass[name]!, expected.voc12.perClass[id]!, `voc12 of ${name}`);
      assertClose(result.coco.perClass[name]!.AP, expected.coco[difficult].perClass[id]!.AP, `AP of ${name}`);
      assertClose(result.coco.perClass[name]!.AP50, expected.coco[difficult].perClass[id]!.AP50, `AP50 of ${name}`);
    });
  }
}

describe('DetectionEvaluator', () => {
  const folder = temporaryFolder();
  const images = madeUpImages(3, 60, 6);
  const found = noisyDetections(images, { seed: 4, classes: 6, mostWrong: 40 });

  describe('equals pycocotools and the devkit', () => {
    it('on made-up images with difficult objects, crowds, given areas, equal scores and absent classes', () => {
      assertGolden(images, found, letters, golden['madeUp']!);
    });

    it('with more detections of a class in an image than COCO looks at', () => {
      const few = images.slice(0, 3);
      assertGolden(few, noisyDetections(few, { seed: 5, classes: 6, mostWrong: 2500 }), letters, golden['crowded']!);
    });

    it('on the whole VOC2007 test set', async function () {
      const data = openVoc(gunzipTo(folder.path(), realData(this, 'voc/VOC2007_annotations.tar.gz')));
      const split = await data.split('test');
      const annotations = await Promise.all(split.ids.map((_, index) => split.annotation(index)));
      data.close();
      const scenes = annotations.map(({ size, objects }, index) => ({
        id: split.ids[index]!,
        ...size!,
        objects: objects.map(({ name, box, difficult }) => ({
          label: vocClasses.idOf(name)!,
          box,
          difficult: Number(difficult),
          crowd: 0,
        })),
      }));
      assertGolden(
        scenes,
        noisyDetections(scenes, { seed: 7, classes: 20, mostWrong: 4 }),
        vocClasses,
        golden['voc2007Test']!,
      );
    });
  });

  const square = (label: number, x: number, score: number) => ({ label, score, box: [x, 0, x + 10, 10] as const });
  const detections = (...all: readonly ReturnType<typeof square>[]): Detections => ({
    labels: all.map(({ label }) => label),
    scores: all.map(({ score }) => score),
    boxes: boxes(
      'xyxy',
      all.flatMap(({ box }) => box),
    ),
  });
  const truths = (xs: readonly number[], difficult?: readonly number[]): Truths => ({
    labels: xs.map(() => 0),
    boxes: boxes(
      'xyxy',
      xs.flatMap((x) => [x, 0, x + 10, 10]),
    ),
    ...(difficult ? { difficult } : {}),
  });

  it('gives hand-worked values: right, wrong, right over two objects', () => {
    const evaluator = new DetectionEvaluator(new ClassList(['thing']));
    evaluator.add('1', detections(square(0, 0, 0.9), square(0, 50, 0.8), square(0, 100, 0.7)), truths([0, 100]));
    const { voc07, voc12, coco, curves } = evaluator.result();
    // Precision 1 up to recall 0.5, then 2/3: six levels of eleven at 1, five at 2/3.
    assertClose(voc07.mAP, (6 + 5 * (2 / 3)) / 11, 'voc07');
    assertClose(voc12.mAP, 0.5 + 0.5 * (2 / 3), 'voc12');
    assertClose(coco.AP50, (51 + 50 * (2 / 3)) / 101, 'AP50');
    assert.deepEqual([coco.AR1, coco.AR10], [0.5, 1]);
    assert.deepEqual([coco.APs, coco.APm, coco.APl], [coco.AP, null, null]);
    const { small, large } = evaluator.result().bySize;
    assert.deepEqual(small, {
      area: [0, 1024],
      objects: 2,
      AP: coco.AP,
      AP50: coco.AP50,
      AR: 1,
      perClass: { thing: { objects: 2, AP: coco.AP } },
    });
    const none = { objects: 0, AP: null };
    assert.deepEqual(large, { area: [9216, null], ...none, AP50: null, AR: null, perClass: { thing: none } });
    assert.deepEqual(curves['thing']!.score.slice(49, 53), [0.9, 0.9, 0.7, 0.7]);
    assertClose(curves['thing']!.precision[100]!, 2 / 3, 'precision at the end');
  });

  it('counts a second detection of an object as wrong, and one of a difficult object not at all', () => {
    const evaluator = new DetectionEvaluator(new ClassList(['thing']));
    evaluator.add(
      '1',
      detections(square(0, 200, 0.95), square(0, 0, 0.9), square(0, 1, 0.8), square(0, 100, 0.7)),
      truths([0, 100, 200], [0, 0, 1]),
    );
    // Ignored, right, wrong, right.
    assertClose(evaluator.result().voc12.mAP, 0.5 + 0.5 * (2 / 3), 'voc12');
  });

  it('needs an overlap above one half for VOC and of one half for COCO', () => {
    const evaluator = new DetectionEvaluator(new ClassList(['thing']));
    evaluator.add('1', { labels: [0], scores: [1], boxes: boxes('xyxy', [0, 0, 10, 5]) }, truths([0]));
    const { voc12, coco } = evaluator.result();
    assert.deepEqual([voc12.mAP, coco.AP50, coco.AP75], [0, 1, 0]);
  });

  it('has no figure for a class without objects, and none at all without any', () => {
    const evaluator = new DetectionEvaluator(new ClassList(['thing', 'absent']));
    evaluator.add('1', detections(square(0, 0, 0.9), square(1, 50, 0.9)), truths([0]));
    assert.deepEqual(evaluator.result().voc12, { mAP: 1, perClass: { thing: 1, absent: null } });
    const empty = new DetectionEvaluator(new ClassList(['thing'])).result();
    assert.deepEqual([empty.images, empty.voc07.mAP, empty.coco.AP, empty.coco.AR100], [0, null, null, null]);
  });

  it('gives the same whatever the order of the images', () => {
    const reversed = evaluate([...images].reverse(), [...found].reverse(), letters);
    assert.deepEqual(reversed, evaluate(images, found, letters));
  });

  it('goes on after a result', () => {
    const evaluator = new DetectionEvaluator(letters);
    images.forEach((image, i) => {
      evaluator.add(image.id, found[i]!, truthsOf(image));
      if (i === 20) evaluator.result();
    });
    assert.deepEqual(evaluator.result(), evaluate(images, found, letters));
  });

  it('states what became of difficult objects', () => {
    assert.equal(evaluate(images, found, letters).difficult, 'ignore');
    assert.equal(evaluate(images, found, letters, { difficult: 'keep' }).difficult, 'keep');
  });

  it('gives bootstrap intervals around the figures that follow from their seed', () => {
    const evaluator = new DetectionEvaluator(letters);
    images.forEach((image, i) => evaluator.add(image.id, found[i]!, truthsOf(image)));
    const result = evaluator.result({ bootstrap: { samples: 100, seed: 1 } });
    const { voc07, coco } = result.confidence!;
    for (const [interval, metric] of [
      [voc07!, result.voc07.mAP!],
      [coco.AP!, result.coco.AP!],
      [coco.AP50!, result.coco.AP50!],
    ] as const) {
      assert.ok(
        interval[0] < metric && metric < interval[1] && interval[1] - interval[0] < 0.3,
        `${interval.join(' to ')} around ${metric}`,
      );
    }
    const again = new DetectionEvaluator(letters);
    [...images].reverse().forEach((image) => again.add(image.id, found[images.indexOf(image)]!, truthsOf(image)));
    assert.deepEqual(again.result({ bootstrap: { samples: 100, seed: 1 } }).confidence, result.confidence);
    assert.notDeepEqual(evaluator.result({ bootstrap: { samples: 100, seed: 2 } }).confidence!.voc07, voc07);
    const [narrow, wide] = [0.5, 0.99].map(
      (level) => evaluator.result({ bootstrap: { samples: 100, level } }).confidence!.voc12!,
    );
    assert.ok(wide![0] < narrow![0] && narrow![1] < wide![1]);
  });

  it('has intervals of no width for images that are all alike', () => {
    const evaluator = new DetectionEvaluator(new ClassList(['thing']));
    for (let i = 0; i < 5; i++) evaluator.add(String(i), detections(square(0, 0, 0.9)), truths([0]));
    assert.deepEqual(evaluator.result({ bootstrap: { samples: 10 } }).confidence!.coco.AP, [1, 1]);
  });

  it('refuses an image twice, labels that are no class, scores that are no numbers, columns of different lengths', () => {
    const evaluator = new DetectionEvaluator(new ClassList(['thing']));
    evaluator.add('1', detections(), truths([0]));
    assert.throws(() => evaluator.add('1', detections(), truths([])), /Image 1 was added to the evaluation before/);
    assert.throws(
      () => evaluator.add('2', detections(square(1, 0, 0.5)), truths([])),
      /Image 2: expected a class from 0 to 0, found 1\.$/,
    );
    assert.throws(
      () => evaluator.add('2', detections(square(0, 0, NaN)), truths([])),
      /Image 2: expected the score of a detection to be a finite number, found NaN\.$/,
    );
    assert.throws(
      () => evaluator.add('2', { ...detections(square(0, 0, 1)), scores: [] }, truths([])),
      /as many scores as boxes, found 0 and 1\.$/,
    );
    assert.throws(
      () => evaluator.add('2', detections(), truths([0, 1], [0])),
      /the objects of image 2 to have as many difficult as boxes, found 1 and 2\.$/,
    );
    assert.equal(evaluator.result().images, 1);
  });
});
