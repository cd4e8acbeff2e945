import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkCelebA, expectedCounts } from '../../../ts/tasks/facecls/check';
import { writeZip } from '../../data/zip-writer';
import { lists, temporaryFolder } from './fixture';

const jpeg = readFileSync(join(__dirname, '../../golden/images/rgb.jpg'));
const images = {
  'img_align_celeba/000001.jpg': jpeg,
  'img_align_celeba/000002.jpg': jpeg.subarray(0, 900),
  'img_align_celeba/000003.jpg': 'words',
};

describe('checkCelebA', () => {
  const folder = temporaryFolder();

  it('counts images, splits and attributes beside the official numbers', async () => {
    const check = await checkCelebA(folder.write({ ...lists, ...images }));
    assert.deepEqual(check.images, { found: 3, official: 202_599 });
    assert.deepEqual(
      check.splits.map(({ split, found }) => [split, found]),
      [
        ['train', 1],
        ['val', 1],
        ['test', 1],
      ],
    );
    assert.deepEqual(check.attributes, [
      { name: 'Smiling', positiveRate: { train: 1, val: 0, test: 0 } },
      { name: 'Young', positiveRate: { train: 0, val: 1, test: 0 } },
    ]);
    assert.deepEqual(
      check.damaged.map(({ name }) => name),
      ['000003.jpg'],
    );
    assert.deepEqual(check.warnings, ['All images to train on agree on Smiling, Young: nothing can be learnt of it.']);
  });

  it('gives the md5 of each file and compares it with the official one', async () => {
    const zip = writeZip(images);
    const check = await checkCelebA(folder.write({ ...lists, 'img_align_celeba.zip': zip }));
    assert.deepEqual(
      check.files.map(({ isOfficial }) => isOfficial),
      [false, false, false],
    );
    assert.equal(check.files[2]!.md5, createHash('md5').update(zip).digest('hex'));
    assert.equal(check.files[2]!.bytes, zip.length);
  });

  it('compares nothing for files that are not official', async () => {
    const csv = {
      'list_attr_celeba.csv': 'image_id,Smiling\n000001.jpg,1\n000002.jpg,1\n000003.jpg,1\n',
      'list_eval_partition.csv': 'image_id,partition\n000001.jpg,0\n000002.jpg,0\n000003.jpg,0\n',
    };
    const check = await checkCelebA(folder.write({ ...csv, ...images }));
    assert.deepEqual(
      check.files.map(({ isOfficial }) => isOfficial),
      [null, null],
    );
    assert.deepEqual(check.attributes[0]!.positiveRate, { train: 1, val: null, test: null });
  });

  it('decodes every image when asked to, and names the damaged ones', async () => {
    const progress: number[] = [];
    const check = await checkCelebA(folder.write({ ...lists, ...images }), {
      decode: true,
      onProgress: (done) => progress.push(done),
    });
    assert.deepEqual(
      check.damaged.map(({ name }) => name),
      ['000002.jpg', '000003.jpg'],
    );
    assert.match(check.damaged[0]!.reason, /damaged or incomplete JPEG/);
    assert.deepEqual(progress, [1, 2, 3]);
  });

  it('knows the official splits to add up', () => {
    const { train, val, test } = expectedCounts.splits;
    assert.equal(train + val + test, expectedCounts.images);
  });
});
