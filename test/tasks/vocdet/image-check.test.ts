import assert from 'node:assert/strict';
import type { AnnotatedObject, Annotation } from '../../../ts/tasks/vocdet/annotations/annotation';
import { ClassList } from '../../../ts/tasks/vocdet/annotations/classes';
import { DatasetIssues, issueKinds } from '../../../ts/tasks/vocdet/annotations/issues';
import { checkImage, type ImageRecord } from '../../../ts/tasks/vocdet/image-check';
import { object } from './fixture';

type Box = AnnotatedObject['box'];

const classes = new ClassList(['car', 'dog']);
const size = { width: 20, height: 10 };
const sound: ImageRecord = {
  location: 'a.jpg',
  annotation: { size, location: 'a.xml', objects: [object({ name: 'car', box: [0, 0, 20, 10] })] },
  image: { size, digest: 'x' },
};

/** Kind and sentence of all that is found in an image. */
function found(record: Partial<ImageRecord>): [kind: string, message: string][] {
  const issues = new DatasetIssues();
  checkImage({ ...sound, ...record }, classes, issues);
  return issues.list().flatMap(({ kind, examples }) => examples.map((message): [string, string] => [kind, message]));
}

const withObjects = (...objects: AnnotatedObject[]): Partial<ImageRecord> => ({
  annotation: { size, location: 'a.xml', objects },
});
const ofBox = (...box: Box) => found(withObjects(object({ name: 'car', box })));

describe('the check of an image', () => {
  it('finds nothing where nothing is wrong', () => assert.deepEqual(found({}), []));

  it('says that an image is missing or damaged, and goes on with its annotation', () => {
    const objects = [object({ name: 'cow', box: [0, 0, 25, 5] })];
    const unknown = ['unknown class', 'a.xml line 1: cow is not one of the 2 classes.'];
    const outside = [
      'box outside of the image',
      'a.xml line 1: the box of cow spans 0 to 25 across and 0 to 5 down, the image 20 x 10.',
    ];
    assert.deepEqual(found({ ...withObjects(...objects), image: 'missing' }), [
      unknown,
      outside,
      ['missing image', 'a.jpg is not there.'],
    ]);
    assert.deepEqual(found({ ...withObjects(...objects), image: 'a.jpg is damaged.' }), [
      unknown,
      outside,
      ['damaged image', 'a.jpg is damaged.'],
    ]);
    assert.deepEqual(found({ annotation: { location: 'a.xml', objects }, image: 'missing' }), [
      unknown,
      ['missing image', 'a.jpg is not there.'],
    ]);
  });

  it('says why an annotation cannot be read, and no more', () => {
    assert.deepEqual(found({ annotation: 'a.xml is none.' }), [['broken annotation', 'a.xml is none.']]);
  });

  it('compares the annotated size with that of the image, where there are both', () => {
    const annotation = (given: Partial<Annotation>) => ({ annotation: { location: 'a.xml', objects: [], ...given } });
    const message = (width: number, height: number) =>
      `a.xml: expected an image of ${width} x ${height} as annotated, found one of 20 x 10.`;
    assert.deepEqual(found(annotation({ size: { width: 21, height: 10 } })), [
      ['size differs from the image', message(21, 10)],
    ]);
    assert.deepEqual(found(annotation({ size: { width: 20, height: 11 } })), [
      ['size differs from the image', message(20, 11)],
    ]);
    assert.deepEqual(found(annotation({})), []);
    assert.deepEqual(found({ ...annotation({ size: { width: 1, height: 1 } }), image: 'missing' }), [
      ['missing image', 'a.jpg is not there.'],
    ]);
  });

  it('passes on what the reader of the annotation has left out', () => {
    const issues = [{ kind: 'empty box left out', message: 'a.json annotations.3: …' }] as const;
    assert.deepEqual(found({ annotation: { location: 'a.json', objects: [], issues } }), [
      ['empty box left out', 'a.json annotations.3: …'],
    ]);
  });

  it('finds boxes without area', () => {
    const message = (across: string, down: string) => [
      ['box without area', `a.xml line 1: the box of car spans ${across} across and ${down} down.`],
    ];
    assert.deepEqual(ofBox(5, 2, 5, 6), message('5 to 5', '2 to 6'));
    assert.deepEqual(ofBox(5, 6, 8, 6), message('5 to 8', '6 to 6'));
    assert.deepEqual(ofBox(9, 2, 5, 6), message('9 to 5', '2 to 6'));
  });

  it('finds boxes below a pixel, but not of one', () => {
    assert.deepEqual(ofBox(5, 5, 6, 6), []);
    const below = (across: string, down: string) => [
      ['box below a pixel', `a.xml line 1: the box of car spans ${across} across and ${down} down.`],
    ];
    assert.deepEqual(ofBox(5, 5, 5.5, 6), below('5 to 5.5', '5 to 6'));
    assert.deepEqual(ofBox(5, 5, 6, 5.75), below('5 to 6', '5 to 5.75'));
  });

  it('finds boxes in shares of the image, and tells them from those in the first pixel', () => {
    assert.deepEqual(ofBox(0.25, 0.5, 0.75, 1), [
      [
        'box in shares of the image',
        'a.xml line 1: the box of car spans 0.25 to 0.75 across and 0.5 to 1 down, all of it in the first pixel of 20 x 10: boxes are in pixels, not in shares.',
      ],
    ]);
    assert.deepEqual(ofBox(0, 0, 1, 1), []);
    assert.deepEqual(
      ofBox(0.5, 0.5, 1.5, 1).map(([kind]) => kind),
      ['box below a pixel'],
    );
  });

  it('finds boxes that go over each border, by a pixel or by more', () => {
    const kinds = (...box: Box) => ofBox(...box).map(([kind]) => kind);
    const byAPixel: readonly Box[] = [
      [-1, 2, 5, 5],
      [2, -1, 5, 5],
      [2, 2, 21, 5],
      [2, 2, 5, 10.5],
    ];
    for (const box of byAPixel) assert.deepEqual(kinds(...box), ['box over the border by a pixel'], String(box));
    const byMore: readonly Box[] = [
      [-1.5, 2, 5, 5],
      [2, -2, 5, 5],
      [2, 2, 22, 5],
      [2, 2, 5, 11.5],
    ];
    for (const box of byMore) assert.deepEqual(kinds(...box), ['box outside of the image'], String(box));
    assert.deepEqual(ofBox(0, 0, 21, 10), [
      [
        'box over the border by a pixel',
        'a.xml line 1: the box of car spans 0 to 21 across and 0 to 10 down, the image 20 x 10.',
      ],
    ]);
  });

  it('finds objects that are there twice, of one class with one box', () => {
    const car = object({ name: 'car', box: [1, 2, 3, 4] });
    const twin = { ...car, location: 'a.xml line 9' };
    const others = [
      { ...twin, name: 'dog' },
      object({ name: 'car', box: [1, 2, 3, 5] }),
      object({ name: 'car', box: [12, 3, 14, 5] }),
    ];
    assert.deepEqual(found(withObjects(car, ...others)), []);
    assert.deepEqual(found(withObjects(car, ...others, twin)), [
      ['object twice', 'a.xml line 9: there is another car with the same box.'],
    ]);
  });
});

describe('what is found in a dataset', () => {
  it('is listed in the order of the kinds, with the number of all and the first ten of each', () => {
    const issues = new DatasetIssues();
    assert.deepEqual(issues.list(), []);
    issues.add('class without objects', 'last');
    for (let i = 0; i < 11; i++) issues.add('broken annotation', String(i));
    const examples = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
    assert.deepEqual(issues.list(), [
      { kind: 'broken annotation', severity: 'error', count: 11, examples },
      { kind: 'class without objects', severity: 'warning', count: 1, examples: ['last'] },
    ]);
  });

  it('is an error where a training could not use it, else a warning', () => {
    const errors = Object.entries(issueKinds).filter(([, severity]) => severity === 'error');
    assert.deepEqual(
      errors.map(([kind]) => kind),
      [
        'broken annotation',
        'unknown class',
        'box without area',
        'box in shares of the image',
        'box outside of the image',
        'missing image',
        'damaged image',
        'damaged shard',
        'size differs from the image',
        'image in two splits',
        'image twice in one split',
        'split that cannot be read',
      ],
    );
  });
});
