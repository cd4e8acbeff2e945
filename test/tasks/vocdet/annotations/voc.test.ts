import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { vocClasses } from '../../../../ts/tasks/vocdet/annotations/classes';
import { findClasses } from '../../../../ts/tasks/vocdet/annotations/dataset';
import { openVoc, type Voc } from '../../../../ts/tasks/vocdet/annotations/voc';
import { decodeImage } from '../../../../ts/vision/image';
import { writeTar } from '../../../data/tar-writer';
import { writeZip } from '../../../data/zip-writer';
import { gunzipTo, realData, temporaryFolder, vocXml } from '../fixture';

const xml = (...names: string[]) =>
  vocXml(
    20,
    10,
    names.map((name) => ({ name, pixels: [1, 2, 3, 4] })),
  );

/** The files of one root, `ids` being those of one set. */
function root(folder: string, set: string, ids: readonly string[]): Record<string, string> {
  const files = ids.flatMap((id) => [
    [`${folder}Annotations/${id}.xml`, xml('car')],
    [`${folder}JPEGImages/${id}.jpg`, `image ${id}`],
  ]);
  return Object.fromEntries([...files, [`${folder}ImageSets/Main/${set}.txt`, `${ids.join('\n')}\n`]]);
}

describe('openVoc', () => {
  const folder = temporaryFolder();
  const opened: Voc[] = [];
  const open = (path: string): Voc => {
    const voc = openVoc(path);
    opened.push(voc);
    return voc;
  };
  afterEach(() => opened.splice(0).forEach((voc) => voc.close()));

  const train = root('VOCdevkit/VOC2007/', 'train', ['000001', '000002']);
  const layouts: Readonly<Record<string, () => string>> = {
    'a devkit': () => folder.write(train),
    'one year': () => join(folder.write(train), 'VOCdevkit', 'VOC2007'),
    'a tar': () => join(folder.write({ 'a.tar': writeTar(train) }), 'a.tar'),
    'a zip': () => join(folder.write({ 'a.zip': writeZip(train) }), 'a.zip'),
    'a folder with a tar': () => folder.write({ 'VOCtrainval_06-Nov-2007.tar': writeTar(train), 'notes.txt': 'x' }),
    'a link to a devkit': () => {
      const path = folder.write({ 'other/notes.txt': 'x' });
      symlinkSync(join(folder.write(train), 'VOCdevkit'), join(path, 'VOCdevkit'));
      return path;
    },
    'the layout of 2011': () => folder.write(root('TrainVal/VOCdevkit/VOC2007/', 'train', ['000001', '000002'])),
  };
  for (const [what, make] of Object.entries(layouts)) {
    it(`reads ${what}`, async () => {
      const voc = open(make());
      assert.deepEqual(voc.splits, ['2007/train']);
      const split = await voc.split('train');
      assert.deepEqual(split.ids, ['000001', '000002']);
      assert.equal((await split.image(1)).toString(), 'image 000002');
      assert.equal((await split.annotation(0)).objects[0]!.name, 'car');
      assert.match(split.describe(0), /JPEGImages\/000001\.jpg/);
    });
  }

  it('has the twenty classes of the challenge where every root is called as a year of it is', () => {
    const classesOf = (...names: readonly string[]) =>
      open(folder.write(Object.assign({}, ...names.map((name) => root(`VOCdevkit/${name}/`, 'train', ['1'])))))
        .officialClasses?.length;
    assert.equal(classesOf('VOC2007', 'VOC2012'), 20);
    for (const other of ['myVOC2007', 'VOC2007b', 'VOC2006']) {
      assert.equal(classesOf(other), undefined, other);
      assert.equal(classesOf('VOC2012', other), undefined, `${other} beside one`);
    }
  });

  it('takes a link to nothing, and a pipe, for no image', async function () {
    if (process.platform === 'win32') return this.skip();
    const path = folder.write(root('', 'train', ['000001', '000002']));
    for (const id of ['000001', '000002']) rmSync(join(path, 'JPEGImages', `${id}.jpg`));
    symlinkSync('nowhere.jpg', join(path, 'JPEGImages', '000001.jpg'));
    execFileSync('mkfifo', [join(path, 'JPEGImages', '000002.jpg')]);
    const split = await open(path).split('train');
    assert.deepEqual(
      [0, 1].map((index) => split.hasImage(index)),
      [false, false],
    );
    await assert.rejects(split.image(0), { code: 'TTS_INPUT', message: /^Expected the image 000001\.jpg in / });
  });

  it('says that an annotation is a Git LFS pointer, or packed', async () => {
    const path = folder.write({
      ...root('', 'train', ['000001', '000002']),
      'Annotations/000001.xml': 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 700\n',
      'Annotations/000002.xml': gzipSync('<annotation/>'),
    });
    const split = await open(path).split('train');
    await assert.rejects(split.annotation(0), {
      code: 'TTS_INPUT',
      message: /000001\.xml is a Git LFS pointer, a text of \d+ bytes in place of the file of 700: run `git lfs pull`/,
    });
    await assert.rejects(split.annotation(1), {
      code: 'TTS_INPUT',
      message: /000002\.xml: expected text, found a file packed by gzip; unpack it first\.$/,
    });
  });

  it('joins a year that comes in two tars', async () => {
    const voc = open(
      folder.write({
        'trainval.tar': writeTar(train),
        'test.tar': writeTar(root('VOCdevkit/VOC2007/', 'test', ['000003'])),
      }),
    );
    assert.deepEqual(voc.splits, ['2007/test', '2007/train']);
    assert.equal((await (await voc.split('test')).image(0)).toString(), 'image 000003');
  });

  it('joins sets and years', async () => {
    const files = {
      ...root('VOCdevkit/VOC2007/', 'trainval', ['000001']),
      ...root('VOCdevkit/VOC2012/', 'trainval', ['2008_000002', '2008_000003']),
    };
    const voc = open(folder.write(files));
    assert.deepEqual((await voc.split('07+12')).ids, ['VOC2007/000001', 'VOC2012/2008_000002', 'VOC2012/2008_000003']);
    assert.equal((await (await voc.split('2012/trainval+VOC2007/trainval')).image(1)).toString(), 'image 2008_000003');
    await assert.rejects(
      voc.split('trainval'),
      /The set trainval is in 2 parts of .*: name one, as 2007\/trainval, or all, as 2007\/trainval\+2012\/trainval\.$/,
    );
    await assert.rejects(
      voc.split('2010/trainval'),
      /Expected a set 2010\/trainval in .*, found 2007\/trainval, 2012\/trainval\.$/,
    );
    await assert.rejects(
      voc.split('2007/trainval+2007/trainval'),
      /Expected every image once in the set .*, found 000001 twice\.$/,
    );
  });

  it('keeps the sets of single classes apart, and takes from them what shows the class', async () => {
    const files = { ...train, 'VOCdevkit/VOC2007/ImageSets/Main/car_train.txt': '000001 -1\n000002  1\n' };
    const voc = open(folder.write(files));
    assert.deepEqual(voc.splits, ['2007/train']);
    assert.deepEqual((await voc.split('car_train')).ids, ['000002']);
  });

  it('takes all annotated images where there are no sets, and the classes from the annotations', async () => {
    const voc = open(
      folder.write({
        'Annotations/b.xml': xml('wheel', 'bolt'),
        'Annotations/a.xml': xml('bolt'),
        'Annotations/._a.xml': 'junk',
        'JPEGImages/a.png': 'A',
      }),
    );
    assert.equal(voc.splits.length, 1);
    const split = await voc.split('all');
    assert.deepEqual(split.ids, ['a', 'b']);
    assert.deepEqual([split.hasImage(0), split.hasImage(1)], [true, false]);
    await assert.rejects(split.image(1), /Expected the image b\.jpg in .*JPEGImages, found none\.$/);
    assert.deepEqual((await findClasses(voc)).names, ['bolt', 'wheel']);
  });

  it('has the twenty classes for VOC itself, and their order for data that use no others', async () => {
    assert.equal(await findClasses(open(folder.write(train))), vocClasses);
    assert.deepEqual((await findClasses(open(folder.write({ 'Annotations/a.xml': xml('dog', 'cat') })))).names, [
      'cat',
      'dog',
    ]);
  });

  it('names the annotation that is missing, and the line of one that is broken', async () => {
    const files = {
      ...train,
      'VOCdevkit/VOC2007/ImageSets/Main/val.txt': '000009\n',
      'VOCdevkit/VOC2007/Annotations/000001.xml': '<annotation>\n<object>',
    };
    const voc = open(folder.write(files));
    await assert.rejects(
      (await voc.split('val')).annotation(0),
      /Expected the annotation 000009\.xml in .*VOC2007\/Annotations, found none\.$/,
    );
    await assert.rejects(
      (await voc.split('train')).annotation(0),
      /VOC2007\/Annotations\/000001\.xml line 2 column 8: expected well-formed XML/,
    );
  });

  it('says what is there when it is not VOC', async () => {
    assert.throws(
      () => openVoc(join(folder.path(), 'absent')),
      /Expected a folder, a \.tar, a \.zip or a \.json with a dataset at .*absent, found nothing\.$/,
    );
    assert.throws(() => openVoc(folder.write({ 'a.txt': '' })), /layout of Pascal VOC in .*, found a\.txt\.$/);
    assert.throws(() => openVoc(join(folder.write({ 'a.txt': '' }), 'a.txt')), /found a file of another kind\.$/);
    const empty = folder.write({ 'Annotations/a.xml': xml('car'), 'ImageSets/Main/train.txt': '\n' });
    assert.deepEqual((await open(empty).split('train')).ids, []);
  });

  it('reads the real sample in place', async function () {
    const voc = open(realData(this, 'voc/VOC2007-sample.tar'));
    const splits = await Promise.all(['train', 'val', 'test'].map((set) => voc.split(set)));
    assert.deepEqual(
      splits.map(({ ids }) => ids.length),
      [508, 488, 300],
    );
    const [annotation, image] = [await splits[2]!.annotation(7), await decodeImage(await splits[2]!.image(7))];
    assert.deepEqual(annotation.size, { width: image.width, height: image.height });
  });

  it('reads the annotations of all years as published', async function () {
    const files = ['voc/VOC2007_annotations.tar.gz', 'voc/VOC2012_annotations.tar.gz'].map((name) =>
      realData(this, name),
    );
    const path = folder.path();
    mkdirSync(path);
    files.forEach((file, index) => symlinkSync(gunzipTo(join(path, String(index)), file), join(path, `${index}.tar`)));
    const voc = open(path);
    const counts: Record<string, readonly number[]> = {};
    for (const name of ['2007/test', '2012/train', '2012/val']) {
      const split = await voc.split(name);
      const annotations = await Promise.all(split.ids.map((_, index) => split.annotation(index)));
      counts[name] = [
        annotations.length,
        annotations.flatMap(({ objects }) => objects.filter(({ difficult }) => !difficult)).length,
      ];
    }
    assert.deepEqual(counts, { '2007/test': [4952, 12_032], '2012/train': [5717, 13_609], '2012/val': [5823, 13_841] });
    assert.equal((await voc.split('07+12')).ids.length, 16_551);
  });
});
