import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openCoco } from '../../../ts/tasks/vocdet/coco';
import { openDetectionData } from '../../../ts/tasks/vocdet/open';
import { writeZip } from '../../data/zip-writer';
import { temporaryFolder, vocXml } from './fixture';

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
const pictures = { 'val2017/a.jpg': 'A', 'val2017/b.jpg': 'B' };

describe('openCoco', () => {
  const folder = temporaryFolder();

  const layouts: Readonly<Record<string, () => string>> = {
    'the official folders': () => folder.write({ 'annotations/instances_val2017.json': json, ...pictures }),
    'pictures under images/': () => folder.write({ 'annotations/instances_val2017.json': json, 'images/val2017/a.jpg': 'A', 'images/val2017/b.jpg': 'B' }),
    'pictures in a zip': () => folder.write({ 'annotations/instances_val2017.json': json, 'val2017.zip': writeZip(pictures) }),
    'an exported folder for each split': () => folder.write({ 'val2017/_annotations.coco.json': json, ...pictures }),
    'one file': () => join(folder.write({ 'annotations/instances_val2017.json': json, ...pictures }), 'annotations/instances_val2017.json'),
  };
  for (const [what, make] of Object.entries(layouts)) {
    it(`reads ${what}`, async () => {
      const data = openDetectionData(make());
      assert.deepEqual(data.splits, ['val2017']);
      const split = await data.split('val2017');
      assert.deepEqual([split.ids, (await split.picture(1)).toString(), split.hasPicture(0)], [['7', '3'], 'B', true]);
      assert.equal(data.fingerprint(), data.fingerprint());
      data.close();
    });
  }

  it('gives boxes, crowds and segmented areas, and classes by their numbers', async () => {
    const data = openCoco(folder.write({ 'annotations/instances_val2017.json': json, ...pictures }));
    const split = await data.split('val2017');
    const { size, objects } = await split.annotation(1);
    assert.deepEqual(size, { width: 30, height: 40 });
    assert.deepEqual(objects.map(({ name, box, crowd, area }) => [name, box, crowd, area]), [['bottle', [1.5, 2, 11.5, 22], false, 90.5], ['bicycle', [0, 0, 30, 40], true, undefined]]);
    assert.match(objects[1]!.place, /instances_val2017\.json annotations\.1$/);
    assert.deepEqual((await split.annotation(0)).objects, []);
    assert.deepEqual(data.namedClasses().names, ['bicycle', 'bottle']);
  });

  it('takes pictures from the folder that it is told', async () => {
    const path = join(folder.write({ 'instances.json': json, 'elsewhere/a.jpg': 'A', 'elsewhere/b.jpg': 'B' }), 'instances.json');
    const split = await openDetectionData(path, join(path, '../elsewhere')).split('instances');
    assert.equal((await split.picture(0)).toString(), 'A');
    await assert.rejects(openDetectionData(path).split('instances'), /Expected the pictures of .*instances\.json in .*, but none of these has a\.jpg\.$/);
  });

  it('joins splits that name the same classes, and no others', async () => {
    const other = JSON.stringify({ ...instances, categories: [...instances.categories, { id: 5, name: 'airplane' }] });
    const files = { 'annotations/instances_train2017.json': json, 'train2017/a.jpg': 'a', 'annotations/instances_val2017.json': json, ...pictures };
    const data = openCoco(folder.write(files));
    assert.deepEqual((await data.split('train2017+val2017')).ids, ['train2017/7', 'train2017/3', 'val2017/7', 'val2017/3']);
    const mixed = openCoco(folder.write({ ...files, 'annotations/instances_val2017.json': other }));
    await assert.rejects(mixed.split('train2017+val2017'), /Expected the categories of .*instances_val2017\.json to be those of the other sets \(bicycle, bottle\), found bicycle, airplane, bottle\.$/);
  });

  it('names the picture and the set that are missing', async () => {
    const data = openCoco(folder.write({ 'annotations/instances_val2017.json': json, 'val2017/a.jpg': 'A' }));
    const split = await data.split('val2017');
    assert.equal(split.hasPicture(1), false);
    await assert.rejects(split.picture(1), /Expected the picture .*val2017\/b\.jpg, found none\.$/);
    await assert.rejects(data.split('train2017'), /Expected a set train2017 in .*, found val2017\.$/);
    assert.throws(() => openCoco(folder.write({ 'x.txt': '' })), /Expected a dataset in COCO's format at/);
  });

  const broken: Readonly<Record<string, readonly [string, RegExp]>> = {
    'broken JSON': ['{\n "images": [,]\n}', /val2017\.json.*: expected well-formed JSON, found: /],
    'no categories': [JSON.stringify({ ...instances, categories: undefined }), /val2017\.json: categories: /],
    'a box of three numbers': [JSON.stringify({ ...instances, annotations: [{ image_id: 3, category_id: 2, bbox: [1, 2, 3] }] }), /val2017\.json: annotations\.0\.bbox: /],
    'an unknown category': [JSON.stringify({ ...instances, annotations: [{ image_id: 3, category_id: 9, bbox: [1, 2, 3, 4] }] }), /annotations\.0: expected category_id to be one of the 2 categories, found 9\.$/],
    'an unknown image': [JSON.stringify({ ...instances, annotations: [{ image_id: 9, category_id: 2, bbox: [1, 2, 3, 4] }] }), /annotations\.0: expected image_id to be one of the 2 images, found 9\.$/],
  };
  for (const [what, [content, message]] of Object.entries(broken)) {
    it(`refuses ${what}`, async () => {
      const data = openCoco(folder.write({ 'annotations/instances_val2017.json': content, ...pictures }));
      await assert.rejects(data.split('val2017'), { code: 'TTS_INPUT', message });
    });
  }

  it('leaves a folder in VOC layout to VOC', () => {
    assert.deepEqual(openDetectionData(folder.write({ 'Annotations/a.xml': vocXml(1, 1, []) })).splits.map((name) => name.replace(/.*\//, '')), ['all']);
  });
});
