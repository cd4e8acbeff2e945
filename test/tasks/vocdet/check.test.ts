import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { checkDetectionData, type DetectionCheck } from '../../../ts/tasks/vocdet/check';
import { ClassList } from '../../../ts/tasks/vocdet/annotations/classes';
import type { IssueKind } from '../../../ts/tasks/vocdet/annotations/issues';
import { realData, temporaryFolder, vocXml, type SceneObject } from './fixture';

const blank = (width: number, height: number, grey: number) =>
  sharp({ create: { width, height, channels: 3, background: { r: grey, g: grey, b: grey } } })
    .jpeg()
    .toBuffer();

describe('checkDetectionData', () => {
  const folder = temporaryFolder();
  let images: readonly Buffer[];
  before(async () => (images = await Promise.all([10, 60, 110, 160, 210].map((grey) => blank(20, 10, grey)))));

  const scene = (...objects: SceneObject[]) => vocXml(20, 10, objects);
  const car = (pixels: SceneObject['pixels'] = [2, 3, 9, 8], difficult = 0): SceneObject => ({
    name: 'car',
    pixels,
    difficult,
  });
  const dog: SceneObject = { name: 'dog', pixels: [1, 1, 20, 10] };

  /** A dataset without fault: two images to train, one each to validate and to test. */
  const sound = (): Record<string, string | Uint8Array> => ({
    'Annotations/a.xml': scene(car(), dog),
    'Annotations/b.xml': scene(car([1, 1, 1, 1], 1)),
    'Annotations/c.xml': scene(),
    'Annotations/d.xml': scene(dog),
    ...Object.fromEntries(['a', 'b', 'c', 'd'].map((id, index) => [`JPEGImages/${id}.jpg`, images[index]!])),
    'ImageSets/Main/train.txt': 'a\nb\n',
    'ImageSets/Main/val.txt': 'c\n',
    'ImageSets/Main/trainval.txt': 'a\nb\nc\n',
    'ImageSets/Main/test.txt': 'd\n',
  });
  const check = (changes: Record<string, string | Uint8Array>, options?: Parameters<typeof checkDetectionData>[1]) =>
    checkDetectionData(folder.write({ ...sound(), ...changes }), options);
  const kinds = ({ findings }: DetectionCheck) => findings.map(({ kind, count }) => [kind, count]);

  it('misses objects in a split that has images, and not where all are difficult', async () => {
    const empty = async (changes: Record<string, string>) => {
      const { findings } = await check(changes);
      const found = findings.find(({ kind }) => kind === 'split without objects');
      return (found?.examples ?? []).map((text) => /\/(\w+) has no objects to find\.$/.exec(text)?.[1]);
    };
    assert.deepEqual(await empty({ 'Annotations/c.xml': scene(car([2, 3, 9, 8], 1)) }), [], 'a difficult one');
    assert.deepEqual(await empty({ 'ImageSets/Main/val.txt': '' }), [], 'no image');
    assert.deepEqual(await empty({}), ['val']);
  });

  it('counts images, objects and classes of each split, and finds no fault where there is none', async () => {
    const progress: string[] = [];
    const report = await check({}, { onProgress: (done, all) => progress.push(`${done}/${all}`) });
    assert.deepEqual([report.errors, kinds(report)], [0, [['split without objects', 1]]]);
    assert.match(report.findings[0]!.examples[0]!, /\/val has no objects to find\.$/);
    assert.deepEqual(
      report.splits.map(({ split }) => split.replace(/^.*\//, '')),
      ['test', 'train', 'trainval', 'val'],
    );
    const { split: _, ...train } = report.splits[1]!;
    assert.deepEqual(train, {
      images: { found: 2, official: null },
      objects: { found: 2, official: null },
      difficult: 1,
      crowds: 0,
      empty: 0,
      classes: [
        { name: 'car', images: 2, objects: 2 },
        { name: 'dog', images: 1, objects: 1 },
      ],
    });
    assert.equal(report.splits[3]!.empty, 1);
    assert.deepEqual(progress.at(-1), '4/4');
  });

  const faults: Readonly<Record<string, readonly [() => Record<string, string | Uint8Array>, IssueKind, RegExp]>> = {
    'broken XML': [
      () => ({ 'Annotations/b.xml': '<annotation>\n<object>' }),
      'broken annotation',
      /b\.xml line 2 column 8: expected well-formed XML/,
    ],
    'an id without annotation': [
      () => ({ 'ImageSets/Main/val.txt': 'e\n' }),
      'broken annotation',
      /Expected the annotation e\.xml in .*Annotations, found none\.$/,
    ],
    'a box without area': [
      () => ({ 'Annotations/b.xml': scene(car([9, 3, 2, 8])) }),
      'box without area',
      /b\.xml line 3: the box of car spans 8 to 2 across and 2 to 8 down\.$/,
    ],
    'a box outside': [
      () => ({ 'Annotations/b.xml': scene(car([9, 3, 30, 8])) }),
      'box outside of the image',
      /b\.xml line 3: the box of car spans 8 to 30 across and 2 to 8 down, the image 20 x 10\.$/,
    ],
    'a box over the border by a pixel': [
      () => ({ 'Annotations/b.xml': scene(car([0, 0, 9, 8])) }),
      'box over the border by a pixel',
      /spans -1 to 9 across/,
    ],
    'a size that is not that of the image': [
      () => ({ 'Annotations/d.xml': vocXml(21, 10, [dog]) }),
      'size differs from the image',
      /d\.xml: expected an image of 21 x 10 as annotated, found one of 20 x 10\.$/,
    ],
    'an image that is none': [
      () => ({ 'JPEGImages/c.jpg': 'words' }),
      'damaged image',
      /Expected a JPEG.* in .*c\.jpg, found text\.$/,
    ],
    'an image cut in its header': [
      () => ({ 'JPEGImages/c.jpg': images[0]!.subarray(0, 100) }),
      'damaged image',
      /c\.jpg is a damaged or incomplete image: /,
    ],
    'an image in two splits': [
      () => ({ 'ImageSets/Main/test.txt': 'd\na\n' }),
      'image in two splits',
      /a\.jpg is in .*\/test and in .*\/train\.$/,
    ],
    'an image copied to another split': [
      () => ({ 'JPEGImages/d.jpg': images[2]! }),
      'same image under two names',
      /c\.jpg of .*\/trainval has the content of .*d\.jpg of .*\/test\.$/,
    ],
  };
  for (const [what, [changes, kind, message]] of Object.entries(faults)) {
    it(`finds ${what}`, async () => {
      const report = await check(changes());
      const found = report.findings.find((finding) => finding.kind === kind);
      assert.match(found?.examples[0] ?? `only ${JSON.stringify(kinds(report))}`, message);
      const counted = found!.severity === 'error' ? report.errors : report.warnings;
      assert.ok(counted >= found!.count);
    });
  }

  it('finds images that are missing, and images that only decoding shows to be damaged', async () => {
    const noise = await sharp(randomBytes(60_000), { raw: { width: 200, height: 100, channels: 3 } })
      .jpeg()
      .toBuffer();
    const { 'JPEGImages/a.jpg': _, ...others } = sound();
    const files = { ...others, 'Annotations/b.xml': vocXml(200, 100, []), 'JPEGImages/b.jpg': noise.subarray(0, 8000) };
    const path = folder.write(files);
    assert.deepEqual(kinds(await checkDetectionData(path)), [
      ['missing image', 1],
      ['split without objects', 1],
    ]);
    const decoded = await checkDetectionData(path, { decode: true });
    assert.deepEqual(kinds(decoded), [
      ['missing image', 1],
      ['damaged image', 1],
      ['split without objects', 1],
    ]);
    assert.match(decoded.findings[1]!.examples[0]!, /b\.jpg is a damaged or incomplete JPEG image/);
  });

  it('measures objects and splits by the class list that it is given', async () => {
    const report = await check({}, { classes: new ClassList(['car', 'cow']) });
    assert.deepEqual(kinds(report), [
      ['unknown class', 2],
      ['split without objects', 1],
      ['class without objects', 1],
    ]);
    assert.match(report.findings[0]!.examples[0]!, /xml line \d+: dog is not one of the 2 classes\.$/);
    assert.equal(report.findings[2]!.examples[0], 'No split has an object of the class cow.');
  });

  it('keeps the first ten of many findings and counts them all', async () => {
    const ids = Array.from({ length: 25 }, (_, i) => `x${i}`);
    const report = await check({ 'ImageSets/Main/test.txt': ids.join('\n') });
    assert.deepEqual([report.findings[0]!.count, report.findings[0]!.examples.length], [25, 10]);
  });

  it('compares the sets of VOC with the official ones', async () => {
    const path = folder.write(
      Object.fromEntries(Object.entries(sound()).map(([name, content]) => [`VOCdevkit/VOC2007/${name}`, content])),
    );
    const report = await checkDetectionData(path);
    assert.deepEqual(report.splits[0]!.images, { found: 1, official: 4952 });
    assert.match(
      report.findings.find(({ kind }) => kind === 'count differs from the official one')!.examples[0]!,
      /^2007\/test has 1 images, the official set 4952\.$/,
    );
  });

  it('checks COCO too', async () => {
    const instances = {
      images: [{ id: 1, file_name: 'a.jpg', width: 20, height: 10 }],
      annotations: [{ image_id: 1, category_id: 1, bbox: [5, 5, 100, 2], iscrowd: 1 }],
      categories: [{ id: 1, name: 'car' }],
    };
    const report = await checkDetectionData(
      folder.write({ 'annotations/instances_val.json': JSON.stringify(instances), 'val/a.jpg': images[0]! }),
    );
    assert.deepEqual([report.splits[0]!.crowds, report.splits[0]!.objects.found], [1, 0]);
    assert.match(
      report.findings[0]!.examples[0]!,
      /instances_val\.json annotations\.0: the box of car spans 5 to 105 across/,
    );
  });

  it('finds no error in the real sample', async function () {
    const report = await checkDetectionData(realData(this, 'voc/VOC2007-sample.tar'));
    assert.deepEqual([report.errors, report.splits.map(({ images }) => images.found)], [0, [300, 508, 996, 488]]);
  });
});
