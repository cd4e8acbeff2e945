import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClassList } from '../../../../ts/tasks/vocdet/annotations/classes';
import {
  DetectionEvaluator,
  type Detections,
  type ErrorType,
  errorTypes,
  type ErrorTypes,
  type Truths,
} from '../../../../ts/tasks/vocdet/evaluator';
import { boxes } from '../../../../ts/vision/boxes';
import { madeUpImages, noisyDetections, truthsOf } from './noise';

const TOLERANCE = 1e-9;

type Box = readonly [number, number, number, number];
type Found = readonly [label: number, score: number, box: Box];
type Thing = readonly [label: number, box: Box, difficult?: 1];

const detections = (found: readonly Found[]): Detections => ({
  labels: found.map(([label]) => label),
  scores: found.map(([, score]) => score),
  boxes: boxes(
    'xyxy',
    found.flatMap(([, , box]) => box),
  ),
});
const truths = (things: readonly Thing[]): Truths => ({
  labels: things.map(([label]) => label),
  boxes: boxes(
    'xyxy',
    things.flatMap(([, box]) => box),
  ),
  difficult: things.map(([, , difficult]) => difficult ?? 0),
});

/** A square of ten by ten pixels. */
const at = (x: number): Box => [x, 0, x + 10, 10];

/** The errors of one image with dogs (0) and cats (1). */
function errorsOf(found: readonly Found[], things: readonly Thing[]): ErrorTypes {
  const evaluator = new DetectionEvaluator(new ClassList(['dog', 'cat']));
  evaluator.add('1', detections(found), truths(things));
  return evaluator.result().errorTypes;
}

function assertGains(errors: ErrorTypes, expected: Partial<Record<ErrorType, number>>): void {
  for (const [type, gain] of Object.entries(expected) as [ErrorType, number][])
    close(errors.types[type].dAP, gain, `gain without ${type}`);
}

function close(actual: number | null, expected: number, what: string): void {
  assert.ok(
    actual !== null && Math.abs(actual - expected) <= TOLERANCE,
    `${what}: expected ${expected}, found ${actual}`,
  );
}

const counts = ({ types }: ErrorTypes) => errorTypes.map((type) => types[type].count);

describe('error types', () => {
  describe('of one of each kind', () => {
    const found = () =>
      errorsOf(
        [
          [0, 0.9, at(0)], // right
          [0, 0.8, [0, 0, 10, 9]], // the same dog
          [0, 0.7, at(100)], // a cat
          [0, 0.6, at(204)], // 60 of 140 square pixels of a dog
          [1, 0.55, at(204)], // the same, as a cat
          [0, 0.5, at(500)], // nothing
        ],
        [
          [0, at(0)],
          [1, at(100)],
          [0, at(200)],
          [0, at(300)], // nobody finds it
        ],
      );

    it('are counted, those with a score above one half apart, and by class', () => {
      const errors = found();
      assert.deepEqual(counts(errors), [1, 1, 1, 1, 1, 1]);
      assert.deepEqual(
        errorTypes.map((type) => errors.types[type].confident),
        [1, 1, 1, 1, 0, null],
      );
      assert.deepEqual(errors.perClass, {
        dog: { classification: 1, localization: 1, both: 0, duplicate: 1, background: 1, missed: 1 },
        cat: { classification: 0, localization: 0, both: 1, duplicate: 0, background: 0, missed: 0 },
      });
      assert.deepEqual(errors.confusions, [{ truth: 'cat', predicted: 'dog', count: 1, confident: 1 }]);
      assert.deepEqual([errors.foreground, errors.background], [0.5, 0.1]);
    });

    it('gain what repairing them gives', () => {
      const errors = found();
      // Dogs: one of three found, first: 34 of the 101 recalls at precision 1. Cats: none.
      close(errors.AP50, 34 / 101 / 2, 'AP50');
      assertGains(errors, {
        classification: 1 / 2, // the cat is found
        localization: (33 * 0.5) / 101 / 2, // a second dog, at a precision of 2 in 4
        both: 0,
        duplicate: 0,
        background: 0,
        missed: (51 - 34) / 101 / 2, // one dog of two
      });
      close(errors.falsePositives, 0, 'without wrong detections');
      // The dog is all that is asked for; of cats nothing is, and something is found.
      close(errors.falseNegatives, (1 - 34 / 101) / 2, 'only what is found');
    });
  });

  it('gain by what stands before right detections', () => {
    const errors = errorsOf(
      [
        [0, 0.9, at(500)],
        [0, 0.8, at(0)],
        [0, 0.7, [0, 0, 10, 9]],
        [0, 0.6, at(100)],
      ],
      [
        [0, at(0)],
        [0, at(100)],
      ],
    );
    // Wrong, right, wrong, right: one half everywhere.
    close(errors.AP50, 1 / 2, 'AP50');
    assertGains(errors, { background: (51 + 50 * (2 / 3)) / 101 - 1 / 2, duplicate: 2 / 3 - 1 / 2, missed: 0 });
    close(errors.falsePositives, 1 / 2, 'without wrong detections');
    close(errors.falseNegatives, 0, 'only what is found');
  });

  it('repair one detection an object, the surest; the others are left out', () => {
    const boxOff = errorsOf(
      [
        [0, 0.9, at(4)],
        [0, 0.8, at(5)],
      ],
      [[0, at(0)]],
    );
    assert.deepEqual(counts(boxOff), [0, 2, 0, 0, 0, 0]);
    assertGains(boxOff, { localization: 1 });
    // The surest is one with the wrong name: with the box put right instead, nothing is found.
    const wrongName = errorsOf(
      [
        [1, 0.9, at(0)],
        [0, 0.8, at(4)],
      ],
      [[0, at(0)]],
    );
    assertGains(wrongName, { classification: 1, localization: 0 });
  });

  it('of an object that is found already gain by being left out alone', () => {
    const errors = errorsOf(
      [
        [0, 0.9, at(4)],
        [1, 0.85, at(0)],
        [0, 0.8, at(0)],
      ],
      [
        [0, at(0)],
        [1, at(100)],
      ],
    );
    assert.deepEqual(counts(errors), [1, 1, 0, 0, 0, 1]);
    close(errors.AP50, 1 / 4, 'AP50');
    assertGains(errors, { localization: 1 / 4, classification: 0 });
  });

  it('begin at an overlap of a tenth, and end at one half', () => {
    const kinds = (box: Box) => counts(errorsOf([[0, 0.9, box]], [[0, at(0)]]));
    assert.deepEqual(kinds([0, 0, 10, 5]), [0, 0, 0, 0, 0, 0], 'one half is right');
    assert.deepEqual(kinds([0, 0, 10, 4.9]), [0, 1, 0, 0, 0, 0], 'below');
    assert.deepEqual(kinds([0, 0, 1, 10]), [0, 1, 0, 0, 0, 0], 'a tenth');
    assert.deepEqual(
      kinds([0, 0, 0.9, 10]),
      [0, 0, 0, 0, 1, 1],
      'below a tenth nothing is there, and the dog is missed',
    );
  });

  it('of what overlaps an object of another class begin at a tenth, and with one half the class alone is wrong', () => {
    const kinds = (box: Box) => counts(errorsOf([[1, 0.9, box]], [[0, at(0)]]));
    assert.deepEqual(kinds([0, 0, 10, 5]), [1, 0, 0, 0, 0, 0], 'one half: the class is wrong');
    assert.deepEqual(kinds([0, 0, 10, 4.9]), [0, 0, 1, 0, 0, 1], 'below: class and box');
    assert.deepEqual(kinds([0, 0, 1, 10]), [0, 0, 1, 0, 0, 1], 'a tenth');
    assert.deepEqual(kinds([0, 0, 0.9, 10]), [0, 0, 0, 0, 1, 1], 'below a tenth nothing is there');
    const twice: Found[] = [
      [0, 0.9, at(0)],
      [0, 0.8, [0, 0, 10, 5]],
    ];
    assert.deepEqual(counts(errorsOf(twice, [[0, at(0)]])), [0, 0, 0, 1, 0, 0], 'one half of what is found already');
  });

  it('ask for no difficult object', () => {
    const errors = errorsOf(
      [
        [0, 0.9, at(0)],
        [0, 0.8, at(100)],
        [0, 0.7, at(200)],
      ],
      [
        [0, at(0)],
        [0, at(100), 1],
        [1, at(200), 1],
        [0, at(300), 1],
      ],
    );
    assert.deepEqual(counts(errors), [0, 0, 0, 0, 1, 0]);
    assert.equal(errors.AP50, 1);
  });

  it('leave a class out of which nothing is left to find, unless something is found', () => {
    const quiet = errorsOf(
      [[0, 0.9, at(0)]],
      [
        [0, at(0)],
        [1, at(100)],
      ],
    );
    assertGains(quiet, { missed: 1 / 2 });
    const loud = errorsOf(
      [
        [0, 0.9, at(0)],
        [1, 0.9, at(500)],
      ],
      [
        [0, at(0)],
        [1, at(100)],
      ],
    );
    assertGains(loud, { missed: 0 });
    const nothing = errorsOf([], []);
    assert.deepEqual([nothing.AP50, nothing.types.missed.dAP, nothing.falsePositives], [null, null, null]);
  });

  it('put the most confident confusions first', () => {
    const evaluator = new DetectionEvaluator(new ClassList(['a', 'b', 'c']));
    const image = (id: string, predicted: number, truth: number, score: number) =>
      evaluator.add(id, detections([[predicted, score, at(0)]]), truths([[truth, at(0)]]));
    image('1', 0, 1, 0.4);
    image('2', 0, 1, 0.3);
    image('3', 2, 1, 0.6);
    image('4', 2, 0, 0.2);
    assert.deepEqual(
      evaluator.result().errorTypes.confusions.map((one) => Object.values(one).join()),
      ['b,c,1,1', 'b,a,2,0', 'a,c,1,0'],
    );
  });

  it('equal what pycocotools gives for repaired detections', () => {
    type Gain = { readonly dAP: number; readonly count: number };
    const golden = (
      JSON.parse(readFileSync(join(__dirname, '../../../golden/voc-eval.json'), 'utf8')) as {
        errors: Record<ErrorType, Gain> & Record<'AP50' | 'falsePositives' | 'falseNegatives', number>;
      }
    ).errors;
    const images = madeUpImages(3, 60, 6);
    const evaluator = new DetectionEvaluator(new ClassList(['a', 'b', 'c', 'd', 'e', 'f']));
    noisyDetections(images, { seed: 4, classes: 6, mostWrong: 12 }).forEach((found, i) => {
      // Without equal scores, as the script has it.
      const scores = Array.from(found.scores, (score, row) => score + 1e-6 * (row + 1) + 1e-9 * i);
      evaluator.add(images[i]!.id, { ...found, scores }, truthsOf(images[i]!));
    });
    const { errorTypes: errors } = evaluator.result();
    close(errors.AP50, golden.AP50, 'AP50');
    close(errors.falsePositives, golden.falsePositives, 'false positives');
    close(errors.falseNegatives, golden.falseNegatives, 'false negatives');
    for (const type of errorTypes) {
      assert.equal(errors.types[type].count, golden[type].count, type);
      close(errors.types[type].dAP, golden[type].dAP, type);
    }
  });
});
