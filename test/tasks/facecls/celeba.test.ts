import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describeLeftOut, openCelebA } from '../../../ts/tasks/facecls/celeba';
import { decodeImage } from '../../../ts/vision/image';
import { writeZip } from '../../data/zip-writer';
import { imageNames, lists, temporaryFolder } from './fixture';

const inFolder = (folder: string, names = imageNames) =>
  Object.fromEntries(names.map((name) => [`${folder}/${name}`, `image ${name}`]));
const inZip = (folder: string, names = imageNames) => ({ 'img_align_celeba.zip': writeZip(inFolder(folder, names)) });
const csv = {
  'list_attr_celeba.csv': 'image_id,Smiling,Young\n000001.jpg,1,-1\n000002.jpg,-1,1\n000003.jpg,-1,-1\n',
  'list_eval_partition.csv': 'image_id,partition\n000001.jpg,0\n000002.jpg,1\n000003.jpg,2\n',
};

describe('openCelebA', () => {
  const folder = temporaryFolder();

  const layouts: Record<string, Record<string, string | Uint8Array>> = {
    'lists and a folder of images': { ...lists, ...inFolder('img_align_celeba') },
    'lists and the zip': { ...lists, ...inZip('img_align_celeba') },
    'the folders of the official download': {
      'Anno/list_attr_celeba.txt': lists['list_attr_celeba.txt'],
      'Eval/list_eval_partition.txt': lists['list_eval_partition.txt'],
      'Img/img_align_celeba.zip': writeZip(inFolder('img_align_celeba')),
    },
    "the Kaggle copy's CSV files and doubled folder": { ...csv, ...inFolder('img_align_celeba/img_align_celeba') },
    'splits in a column of the attribute file, by name': {
      'list_attr_celeba.csv':
        'image_id,split,Smiling,Young\n000001.jpg,train,1,-1\n000002.jpg,valid,-1,1\n000003.jpg,test,-1,-1\n',
      ...inFolder('images'),
    },
    'splits in a column of the attribute file, by number and at the end': {
      'list_attr_celeba.csv':
        'image_id,Smiling,Young,partition\n000001.jpg,1,-1,0\n000002.jpg,-1,1,1\n000003.jpg,-1,-1,2\n',
      ...inFolder('images'),
    },
    'splits in both files, of which the own one holds': {
      ...csv,
      'list_attr_celeba.csv':
        'image_id,split,Smiling,Young\n000001.jpg,2,1,-1\n000002.jpg,2,-1,1\n000003.jpg,2,-1,-1\n',
      ...inFolder('images'),
    },
    'a zip with a doubled folder and what macOS adds': {
      ...csv,
      'img_align_celeba.zip': writeZip({
        ...inFolder('img_align_celeba/img_align_celeba'),
        '__MACOSX/img_align_celeba/000001.jpg': 'resource',
        'img_align_celeba/.DS_Store': '',
      }),
    },
  };
  for (const [layout, files] of Object.entries(layouts)) {
    it(`opens ${layout}`, async () => {
      const data = openCelebA(folder.write(files));
      assert.deepEqual(data.attributes, ['Smiling', 'Young']);
      const parts = (['train', 'val', 'test'] as const).map((split) =>
        data.split(split).map(({ name, labels }) => [name, ...labels]),
      );
      assert.deepEqual(parts, [[['000001.jpg', 1, 0]], [['000002.jpg', 0, 1]], [['000003.jpg', 0, 0]]]);
      for (const name of imageNames) assert.equal(String(await data.read(name)), `image ${name}`);
      await data.close();
    });
  }

  it('pairs images, labels and splits by name, whatever their order', async () => {
    const data = openCelebA(
      folder.write({
        'list_attr_celeba.txt': '3\nSmiling Young\n000003.jpg -1 -1\n000001.jpg 1 -1\n000002.jpg -1 1\n',
        'list_eval_partition.txt': '000002.jpg 1\n000003.jpg 0\n000001.jpg 0\n',
        ...inZip('img_align_celeba', [...imageNames].reverse()),
      }),
    );
    assert.deepEqual(
      data.split('train').map(({ name, labels }) => [name, ...labels]),
      [
        ['000003.jpg', 0, 0],
        ['000001.jpg', 1, 0],
      ],
    );
    assert.deepEqual(
      data.split('val').map(({ name, labels }) => [name, ...labels]),
      [['000002.jpg', 0, 1]],
    );
    assert.equal(String(await data.read('000003.jpg')), 'image 000003.jpg');
    await data.close();
  });

  const counted: Record<string, [files: Record<string, string>, leftOut: number[], sentence: RegExp]> = {
    'images without a row': [
      { 'img_align_celeba/000009.jpg': '' },
      [1, 0, 0],
      /^Left out of .*: 1 images without a row in both lists\.$/,
    ],
    'rows in no split': [
      { 'list_eval_partition.txt': '000001.jpg 0\n' },
      [2, 2, 0],
      /2 images without a row in both lists, 2 rows of attributes without a split\.$/,
    ],
    'splits for images without attributes': [
      { 'list_eval_partition.txt': `${lists['list_eval_partition.txt']}000004.jpg 0\n` },
      [0, 0, 1],
      /: 1 rows of splits without attributes\.$/,
    ],
  };
  for (const [what, [files, leftOut, sentence]] of Object.entries(counted)) {
    it(`counts ${what}, and leaves them out`, () => {
      const data = openCelebA(folder.write({ ...lists, ...inFolder('img_align_celeba'), ...files }));
      assert.deepEqual(Object.values(data.leftOut), leftOut);
      assert.match(describeLeftOut(data)!, sentence);
      assert.deepEqual(
        data.split('train').map(({ name }) => name),
        ['000001.jpg'],
      );
    });
  }

  it('passes over what macOS leaves beside images, and finds images in subfolders, in other letters and with other endings', async () => {
    const images = {
      'img_align_celeba/._000001.jpg': 'x',
      'img_align_celeba/a/000001.JPG': '1',
      'img_align_celeba/b/000002.png': '2',
      'img_align_celeba/Thumbs.db': '',
      'img_align_celeba/000003.jpg': '3',
    };
    const data = openCelebA(folder.write({ ...lists, ...images }));
    assert.deepEqual(Object.values(data.leftOut), [0, 0, 0]);
    const names = (['train', 'val', 'test'] as const).flatMap((split) => data.split(split).map(({ name }) => name));
    assert.deepEqual(names, ['000001.JPG', '000002.png', '000003.jpg']);
    assert.deepEqual(await Promise.all(names.map(async (name) => String(await data.read(name)))), ['1', '2', '3']);
  });

  it('counts how often each attribute is positive', () => {
    const files = { ...lists, 'list_eval_partition.txt': imageNames.map((name) => `${name} 0\n`).join('') };
    const data = openCelebA(folder.write({ ...files, ...inFolder('img_align_celeba') }));
    assert.deepEqual(data.positiveRates('train'), [1 / 3, 1 / 3]);
    assert.equal(data.positiveRates('val'), undefined);
  });

  it('has another fingerprint when an image has changed', () => {
    const print = (files: Record<string, string | Uint8Array>) => {
      const { images } = openCelebA(folder.write({ ...lists, ...files }));
      const fingerprint = images.fingerprint();
      void images.close();
      return fingerprint;
    };
    const same = inZip('img_align_celeba');
    assert.equal(print(same), print(same));
    const changed = {
      'img_align_celeba.zip': writeZip({ ...inFolder('img_align_celeba'), 'img_align_celeba/000002.jpg': 'other' }),
    };
    assert.notEqual(print(changed), print(same));
    const unpacked = inFolder('img_align_celeba');
    assert.notEqual(print({ ...unpacked, 'img_align_celeba/000002.jpg': 'longer than before' }), print(unpacked));
  });

  describe('refuses', () => {
    const good = { ...lists, ...inFolder('img_align_celeba') };
    const without = (name: string) => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name));
    const cases: Record<string, [files: Record<string, string | Uint8Array>, message: RegExp]> = {
      'a row without image': [
        without('img_align_celeba/000002.jpg'),
        /list_attr_celeba\.txt line 4: 000002\.jpg has no image in .*img_align_celeba \(1 of 3 rows lack theirs\)\.$/,
      ],
      'lists that are about other images': [
        { ...good, 'list_eval_partition.txt': '1.png 0\n' },
        /Expected images that have a row in .*list_attr_celeba\.txt and one in .*list_eval_partition\.txt, found none in both: the names are like 000001\.jpg in one and like 1\.png in the other\.$/,
      ],
      'two rows for one image': [
        {
          ...good,
          'list_attr_celeba.txt': '2\nSmiling\n000001.jpg 1\n000001.png -1\n',
          'list_eval_partition.txt': '000001.jpg 0\n000001.png 1\n',
        },
        /list_attr_celeba\.txt line 4: expected each image once, found 000001\.jpg for 000001\.png and for 000001\.jpg in line 3\.$/,
      ],
      'a quota page saved as the zip': [
        { ...lists, 'img_align_celeba.zip': '<!DOCTYPE html><html>Quota exceeded</html>' },
        /^Expected a zip in .*img_align_celeba\.zip, found a web page/,
      ],
      'a zip without images': [
        { ...lists, 'img_align_celeba.zip': writeZip({ 'readme.txt': '' }) },
        /found no \.jpg or \.png file in it\.$/,
      ],
      'two images of one name': [
        { ...lists, 'img_align_celeba.zip': writeZip({ ...inFolder('img_align_celeba'), 'more/000001.jpg': '' }) },
        /holds two images named 000001\.jpg: img_align_celeba\/000001\.jpg and more\/000001\.jpg\.$/,
      ],
      'no images': [
        lists,
        /^Expected the images of CelebA in .*, as img_align_celeba\/ or img_align_celeba\.zip, found neither\.$/,
      ],
      'no attribute list': [
        without('list_attr_celeba.txt'),
        /^Expected list_attr_celeba\.txt or list_attr_celeba\.csv of CelebA in .*, found img_align_celeba, list_eval_partition\.txt\.$/,
      ],
      'a list that is a Git LFS pointer': [
        { ...good, 'list_attr_celeba.txt': 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 700\n' },
        /list_attr_celeba\.txt is a Git LFS pointer/,
      ],
      'a list that is packed': [
        { ...good, 'list_attr_celeba.txt': gzipSync('3') },
        /list_attr_celeba\.txt: expected text, found a file packed by gzip; unpack it first\.$/,
      ],
      'a column of splits with something else': [
        { ...inFolder('images'), 'list_attr_celeba.csv': 'image_id,split,Smiling\n000001.jpg,9,1\n' },
        /list_attr_celeba\.csv line 2: expected 0 \(train\), 1 \(val\) or 2 \(test\) after the file name, found '9'\.$/,
      ],
      'no partition': [
        without('list_eval_partition.txt'),
        /^Expected list_eval_partition\.txt or list_eval_partition\.csv/,
      ],
      'an empty folder': [{}, /^Expected list_attr_celeba\.txt .* found nothing\.$/],
    };
    for (const [what, [files, message]] of Object.entries(cases)) {
      it(what, () => {
        assert.throws(() => openCelebA(folder.write(files)), { code: 'TTS_INPUT', message });
      });
    }

    it('a pipe and a link to nothing in place of images', function () {
      if (process.platform === 'win32') return this.skip();
      const path = folder.write({ ...lists, 'img_align_celeba/000002.jpg': '' });
      symlinkSync('nowhere.jpg', join(path, 'img_align_celeba', '000001.jpg'));
      execFileSync('mkfifo', [join(path, 'img_align_celeba', '000003.jpg')]);
      assert.throws(() => openCelebA(path), {
        code: 'TTS_INPUT',
        message: /000001\.jpg has no image in .* \(2 of 3 rows lack theirs\)\.$/,
      });
    });

    it('a path that is no folder', () => {
      const path = folder.write({ 'a.txt': '' });
      assert.throws(
        () => openCelebA(join(path, 'none')),
        /^InputError: Expected a folder with CelebA at .*none, found nothing\.$/,
      );
      assert.throws(() => openCelebA(join(path, 'a.txt')), /found a file\.$/);
    });
  });

  it('opens a sample of the real CelebA and decodes faces from its zip', async function () {
    const path = join(process.env.TORCHTS_DATA ?? resolve(__dirname, '../../../../shared/data'), 'celeba');
    if (!existsSync(path)) {
      this.test!.title += ` (skipped: no ${path})`;
      this.skip();
    }
    const data = openCelebA(path);
    assert.equal(data.attributes.length, 40);
    assert.deepEqual(
      (['train', 'val', 'test'] as const).map((split) => data.split(split).length),
      [8000, 502, 498],
    );
    const faces = data.split('test').slice(0, 20);
    const images = await Promise.all(faces.map(async ({ name }) => decodeImage(await data.read(name), name)));
    for (const { width, height } of images) assert.deepEqual([width, height], [89, 109]);
    await data.close();
  });
});
