import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openDetectionData } from '../../../../ts/tasks/vocdet/annotations/open';
import { writeZip } from '../../../data/zip-writer';
import { temporaryFolder, vocXml } from '../fixture';

const instances = {
  images: [
    { id: 7, file_name: 'a.jpg', width: 20, height: 10 },
    { id: 3, file_name: 'b.jpg', width: 30, height: 40 },
  ],
  annotations: [
    { id: 1, image_id: 3, category_id: 44, bbox: [1.5, 2, 10, 20], area: 90.5, iscrowd: 0, segmentation: [] },
    { id: 2, image_id: 3, category_id: 2, bbox: [0, 0, 30, 40], iscrowd: 1 },
  ],
  categories: [
    { id: 44, name: 'bottle', supercategory: 'kitchen' },
    { id: 2, name: 'bicycle' },
  ],
};
const json = JSON.stringify(instances);
const images = { 'val2017/a.jpg': 'A', 'val2017/b.jpg': 'B' };

describe('openCoco', () => {
  const folder = temporaryFolder();

  const layouts: Readonly<Record<string, () => string>> = {
    'the official folders': () => folder.write({ 'annotations/instances_val2017.json': json, ...images }),
    'images under images/': () =>
      folder.write({
        'annotations/instances_val2017.json': json,
        'images/val2017/a.jpg': 'A',
        'images/val2017/b.jpg': 'B',
      }),
    'images in a zip': () =>
      folder.write({ 'annotations/instances_val2017.json': json, 'val2017.zip': writeZip(images) }),
    'an exported folder for each split': () => folder.write({ 'val2017/_annotations.coco.json': json, ...images }),
    'one file': () =>
      join(
        folder.write({ 'annotations/instances_val2017.json': json, ...images }),
        'annotations/instances_val2017.json',
      ),
  };
  for (const [what, make] of Object.entries(layouts)) {
    it(`reads ${what}`, async () => {
      const data = await openDetectionData(make());
      assert.deepEqual(data.splits, ['val2017']);
      const split = await data.split('val2017');
      assert.deepEqual([split.ids, (await split.image(1)).toString(), split.hasImage(0)], [['7', '3'], 'B', true]);
      await data.close();
    });
  }

  it('gives boxes, crowds and segmented areas, and classes by their numbers', async () => {
    const data = await openDetectionData(folder.write({ 'annotations/instances_val2017.json': json, ...images }));
    const split = await data.split('val2017');
    const { size, objects } = await split.annotation(1);
    assert.deepEqual(size, { width: 30, height: 40 });
    assert.deepEqual(
      objects.map(({ name, box, crowd, area }) => [name, box, crowd, area]),
      [
        ['bottle', [1.5, 2, 11.5, 22], false, 90.5],
        ['bicycle', [0, 0, 30, 40], true, undefined],
      ],
    );
    assert.match(objects[1]!.location, /instances_val2017\.json annotations\.1$/);
    assert.deepEqual((await split.annotation(0)).objects, []);
    assert.deepEqual((await data.namedClasses())!.names, ['bicycle', 'bottle']);
  });

  it('takes images from the folder that it is told', async () => {
    const path = join(
      folder.write({ 'instances.json': json, 'elsewhere/a.jpg': 'A', 'elsewhere/b.jpg': 'B' }),
      'instances.json',
    );
    const data = await openDetectionData(path, join(path, '../elsewhere'));
    const split = await data.split('instances');
    assert.equal((await split.image(0)).toString(), 'A');
  });

  it('joins splits that name the same classes, and no others', async () => {
    const other = JSON.stringify({
      ...instances,
      categories: [
        { id: 44, name: 'airplane' },
        { id: 2, name: 'bicycle' },
      ],
    });
    const files = {
      'annotations/instances_train2017.json': json,
      'train2017/a.jpg': 'a',
      'annotations/instances_val2017.json': json,
      ...images,
    };
    const data = await openDetectionData(folder.write(files));
    assert.deepEqual((await data.split('train2017+val2017')).ids, [
      'train2017/7',
      'train2017/3',
      'val2017/7',
      'val2017/3',
    ]);
    const mixed = await openDetectionData(folder.write({ ...files, 'annotations/instances_val2017.json': other }));
    await assert.rejects(
      mixed.split('train2017+val2017'),
      /Expected the categories of .*instances_val2017\.json to be those of the other sets \(bicycle, bottle\), found bicycle, airplane\.$/,
    );
    const more = JSON.stringify({ ...instances, categories: [...instances.categories, { id: 5, name: 'airplane' }] });
    const longer = await openDetectionData(folder.write({ ...files, 'annotations/instances_val2017.json': more }));
    await longer.split('train2017+val2017');
    assert.deepEqual((await longer.namedClasses())!.names, ['bicycle', 'airplane', 'bottle']);
  });

  it('names the image and the set that are missing', async () => {
    const data = await openDetectionData(
      folder.write({ 'annotations/instances_val2017.json': json, 'val2017/a.jpg': 'A' }),
    );
    const split = await data.split('val2017');
    assert.equal(split.hasImage(1), false);
    await assert.rejects(split.image(1), /Expected the image .*val2017\/b\.jpg, found none\.$/);
    await assert.rejects(data.split('train2017'), /Expected a set train2017 in .*, found val2017\.$/);
    await assert.rejects(
      openDetectionData(folder.write({ 'x.txt': '' })),
      /Expected a dataset with boxes in .*, found x\.txt: neither images nor annotations\. vocdet reads annotations in the layout of Pascal VOC .* and in COCO's format/,
    );
  });

  it('takes numbers, marks and ids as tools write them, and the box around polygons', async () => {
    const loose = {
      images: [
        { id: '7', file_name: 'a.jpg', width: '20', height: '10' },
        { id: 3.0, file_name: 'b.jpg', width: null },
      ],
      annotations: [
        { id: 1, image_id: 7, category_id: '2', bbox: ['1', 2, 3.5, 4], iscrowd: true },
        {
          id: 2,
          image_id: '3',
          category_id: 44,
          iscrowd: '0',
          area: '8',
          bbox: [],
          segmentation: [[1, 1, 5, 1, 5, 4]],
        },
        {
          id: 3,
          image_id: 3,
          category_id: 44,
          bbox: [1, 1, 2, 2],
          iscrowd: false,
          segmentation: { size: [10, 20], counts: 'abc' },
        },
      ],
      categories: instances.categories,
    };
    const data = await openDetectionData(
      folder.write({ 'annotations/instances_val2017.json': `\ufeff${JSON.stringify(loose)}`, ...images }),
    );
    const split = await data.split('val2017');
    const [first, second] = [await split.annotation(0), await split.annotation(1)];
    assert.deepEqual([split.ids, first.size, second.size], [['7', '3'], { width: 20, height: 10 }, undefined]);
    assert.deepEqual(
      first.objects.map(({ name, box, crowd }) => [name, box, crowd]),
      [['bicycle', [1, 2, 4.5, 6], true]],
    );
    assert.deepEqual(
      second.objects.map(({ name, box, crowd, area }) => [name, box, crowd, area]),
      [
        ['bottle', [1, 1, 5, 4], false, 8],
        ['bottle', [1, 1, 3, 3], false, undefined],
      ],
    );
    assert.deepEqual(data.issues(), []);
  });

  it('leaves out what belongs to nothing, and says so', async () => {
    const odd = {
      images: [...instances.images, { id: 9, file_name: 'a.jpg' }],
      annotations: [
        { id: 1, image_id: 99, category_id: 2, bbox: [1, 2, 3, 4] },
        { id: 5, image_id: 3, category_id: 2, bbox: [1, 2, 3, 4] },
        { id: 5, image_id: 3, category_id: 8, bbox: [1, 2, 3, 4] },
        { id: 6, image_id: 3, category_id: 2, bbox: [1, 2, 3, 0] },
      ],
      categories: [
        { id: 0, name: 'bicycle', supercategory: 'none' },
        { id: 2, name: 'bicycle', supercategory: 'bicycle' },
      ],
    };
    const data = await openDetectionData(
      folder.write({ 'annotations/instances_val2017.json': JSON.stringify(odd), ...images }),
    );
    const { objects, issues } = await (await data.split('val2017')).annotation(1);
    assert.deepEqual(
      objects.map(({ name }) => name),
      ['bicycle', 'category_id 8'],
    );
    assert.deepEqual(
      issues!.map(({ kind }) => kind),
      ['empty box left out'],
    );
    assert.deepEqual(
      data.issues().map(({ kind }) => kind),
      ['grouping category left out', 'annotation without image', 'annotation id twice', 'image twice in one split'],
    );
    assert.deepEqual((await data.namedClasses())!.names, ['bicycle']);
  });

  it('opens the files that are named, whatever else lies beside them', async () => {
    const path = folder.write({
      'annotations/instances_val2017.json': json,
      ...images,
      'annotations/instances_minival.json': '{',
    });
    const data = await openDetectionData(path);
    assert.deepEqual((await data.split('val2017')).ids, ['7', '3']);
    assert.deepEqual((await data.namedClasses())!.names, ['bicycle', 'bottle']);
    await assert.rejects(data.split('minival'), /instances_minival\.json.*: expected well-formed JSON/);
  });

  const broken: Readonly<Record<string, readonly [string, RegExp]>> = {
    'broken JSON': ['{\n "images": [,]\n}', /val2017\.json.*: expected well-formed JSON, found: /],
    'no categories': [JSON.stringify({ ...instances, categories: undefined }), /val2017\.json: categories: /],
    'a box of three numbers': [
      JSON.stringify({ ...instances, annotations: [{ image_id: 3, category_id: 2, bbox: [1, 2, 3] }] }),
      /val2017\.json annotations\.0: bbox: expected four numbers \(left, top, width, height\), found \[1,2,3\]\.$/,
    ],
    'an id for two images': [
      JSON.stringify({ ...instances, images: [...instances.images, { id: '7', file_name: 'c.jpg' }] }),
      /images\.2: expected every image to have an id of its own, found 7 for c\.jpg and for a\.jpg\.$/,
    ],
    'an id for two categories': [
      JSON.stringify({ ...instances, categories: [...instances.categories, { id: 2, name: 'bus' }] }),
      /categories: expected every category to have an id of its own, found 2 for bus and bicycle\.$/,
    ],
  };
  for (const [what, [content, message]] of Object.entries(broken)) {
    it(`refuses ${what}`, async () => {
      const data = await openDetectionData(folder.write({ 'annotations/instances_val2017.json': content, ...images }));
      await assert.rejects(data.split('val2017'), { code: 'TTS_INPUT', message });
    });
  }

  it('leaves a folder in VOC layout to VOC', async () => {
    const data = await openDetectionData(folder.write({ 'Annotations/a.xml': vocXml(1, 1, []) }));
    assert.deepEqual(
      data.splits.map((name) => name.replace(/.*\//, '')),
      ['all'],
    );
  });
});
