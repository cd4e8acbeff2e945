import assert from 'node:assert/strict';
import { join } from 'node:path';
import { findClasses, type DetectionData } from '../../../../ts/tasks/vocdet/annotations/dataset';
import { openDetectionData, registerFormat } from '../../../../ts/tasks/vocdet/annotations/open';
import { writeZip } from '../../../data/zip-writer';
import { temporaryFolder, vocXml } from '../fixture';

const xml = (name = 'cat') => vocXml(20, 10, [{ name, pixels: [1, 2, 3, 4] }]);
const coco = (names: readonly string[], more: object = {}): string =>
  JSON.stringify({
    images: names.map((file_name, id) => ({ id, file_name, width: 20, height: 10 })),
    annotations: names.map((_, id) => ({ id, image_id: id, category_id: 1, bbox: [1, 2, 3, 4] })),
    categories: [{ id: 1, name: 'cat' }],
    ...more,
  });

type Files = Readonly<Record<string, string | Uint8Array>>;

/** What a dataset has in its splits: the image of each annotation, by its content. */
async function contents(data: DetectionData): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const name of data.splits) {
    const split = await data.split(name);
    for (const index of split.ids.keys()) assert.equal((await split.annotation(index)).objects[0]!.name, 'cat');
    found[name.replace(/^.*\//, '')] = await Promise.all(
      [...split.ids.keys()].map(async (index) =>
        split.hasImage(index) ? (await split.image(index)).toString() : 'missing',
      ),
    );
  }
  return found;
}

describe('layouts of datasets with boxes', () => {
  const folder = temporaryFolder();

  const layouts: Readonly<Record<string, readonly [Files, Record<string, string[]>]>> = {
    'of LabelImg: annotations beside images': [
      { 'a.jpg': 'A', 'a.xml': xml(), 'b.JPG': 'B', 'b.xml': xml(), 'classes.txt': 'cat' },
      { all: ['A', 'B'] },
    ],
    'of Kaggle: images/ and annotations/': [{ 'images/a.png': 'A', 'annotations/a.xml': xml() }, { all: ['A'] }],
    'of Kaggle: a folder for each split': [
      {
        'train/images/a.png': 'A',
        'train/annotations/a.xml': xml(),
        'test/images/b.png': 'B',
        'test/annotations/b.xml': xml(),
      },
      { test: ['B'], train: ['A'] },
    ],
    'of Kaggle: unpacked one in the other': [
      {
        'fruit/train_zip/train/a.jpg': 'A',
        'fruit/train_zip/train/a.xml': xml(),
        'fruit/test_zip/test/b.jpg': 'B',
        'fruit/test_zip/test/b.xml': xml(),
      },
      { test_zip: ['B'], train_zip: ['A'] },
    ],
    'of the tutorials of TensorFlow': [
      { 'images/train/a.jpg': 'A', 'images/train/a.xml': xml(), 'images/test/b.jpg': 'B', 'images/test/b.xml': xml() },
      { test: ['B'], train: ['A'] },
    ],
    'of the Oxford pets': [
      { 'images/a.jpg': 'A', 'annotations/xmls/a.xml': xml(), 'annotations/trainval.txt': 'a 1 1 1' },
      { all: ['A'] },
    ],
    'of Roboflow as VOC': [
      { 'train/a.jpg': 'A', 'train/a.xml': xml(), 'valid/b.jpg': 'B', 'valid/b.xml': xml(), 'README.roboflow.txt': '' },
      { train: ['A'], valid: ['B'] },
    ],
    'of CVAT, with subfolders': [
      {
        'Annotations/s/a.xml': xml(),
        'JPEGImages/s/a.png': 'A',
        'ImageSets/Main/default.txt': 's/a\n',
        'labelmap.txt': 'cat:::\n',
      },
      { default: ['A'] },
    ],
    'with annotations in one folder and images in those of the splits': [
      { 'annotations/a.xml': xml(), 'annotations/b.xml': xml(), 'images/train/a.jpg': 'A', 'images/val/b.jpg': 'B' },
      { train: ['A'], val: ['B'] },
    ],
    'with the endings of images in the names of annotations': [
      { 'Annotations/a.jpg.xml': xml(), 'JPEGImages/a.jpg': 'A' },
      { all: ['A'] },
    ],
    'with lists beside the folders': [
      {
        'Annotations/a.xml': xml(),
        'JPEGImages/a.jpg': 'A',
        'train.txt': './JPEGImages/a.jpg ./Annotations/a.xml\n',
        'labels.txt': 'cat',
      },
      { train: ['A'] },
    ],
    'in other letters': [
      { 'ANNOTATIONS/A.XML': xml(), 'jpegimages/a.JPEG': 'A', 'imagesets/main/Train.txt': 'a\n' },
      { Train: ['A'] },
    ],
    'with what systems leave': [
      {
        'Annotations/a.xml': xml(),
        'Annotations/._a.xml': 'x',
        'JPEGImages/a.jpg': 'A',
        'JPEGImages/._a.jpg': 'x',
        'JPEGImages/Thumbs.db': '',
        '__MACOSX/Annotations/b.xml': 'x',
        '.DS_Store': '',
      },
      { all: ['A'] },
    ],
    'with masks of the same names': [
      { 'own/Annotations/a.xml': xml(), 'own/JPEGImages/a.jpg': 'A', 'own/SegmentationClass/a.png': 'M' },
      { all: ['A'] },
    ],
    'with decomposed letters, as macOS has them': [
      { 'Annotations/e\u0301.xml': xml(), 'JPEGImages/\u00e9.jpg': 'A', 'ImageSets/Main/train.txt': '\u00e9\n' },
      { train: ['A'] },
    ],
    'of COCO in a zip, as CVAT exports it': [
      { 'export.zip': writeZip({ 'annotations/instances_default.json': coco(['a.jpg']), 'images/a.jpg': 'A' }) },
      { default: ['A'] },
    ],
    'of COCO by Label Studio': [
      { 'result.json': coco(['images\\\\1a2b-a.jpg'.replace('\\\\', '\\')]), 'images/1a2b-a.jpg': 'A' },
      { result: ['A'] },
    ],
    'of COCO by Label Studio, with local files': [
      {
        'result.json': coco([
          '/data/local-files/?d=pets%5Ca%20b.jpg',
          '../../media/upload/3/c.jpg',
          's3://bucket/d.jpg',
        ]),
        'images/a b.jpg': 'A',
        'images/c.jpg': 'C',
        'images/d.jpg': 'D',
      },
      { result: ['A', 'C', 'D'] },
    ],
    'of COCO by Roboflow': [
      {
        'train/_annotations.coco.json': coco(['a.jpg']),
        'train/a.jpg': 'A',
        'valid/_annotations.coco.json': coco(['a.jpg']),
        'valid/a.jpg': 'V',
      },
      { train: ['A'], valid: ['V'] },
    ],
    'of COCO by FiftyOne': [
      {
        'train/labels.json': coco(['a.jpg']),
        'train/data/a.jpg': 'A',
        'validation/labels.json': coco(['a.jpg']),
        'validation/data/a.jpg': 'V',
      },
      { train: ['A'], validation: ['V'] },
    ],
    'of COCO in two files with images of the same names': [
      {
        'annotations/birds_train.json': coco(['1.jpg']),
        'annotations/birds_val.json': coco(['1.jpg', '2.jpg']),
        'images/train/1.jpg': 'A',
        'images/train/2.jpg': 'B',
        'images/val/1.jpg': 'V',
      },
      { train: ['A'], val: ['V', 'missing'] },
    ],
    'of COCO without endings of files': [
      { 'train.json': coco(['a', 'sub/b.png']), 'images/a.jpg': 'A', 'images/sub/b.jpg': 'B' },
      { train: ['A', 'B'] },
    ],
    'of COCO beside other JSON': [
      { 'package.json': '{"name":"x"}', 'broken.json': '{', 'train.json': coco(['a.jpg']), 'a.jpg': 'A' },
      { train: ['A'] },
    ],
    'of COCO as published, with captions': [
      {
        'annotations/instances_val2017.json': coco(['a.jpg']),
        'annotations/captions_val2017.json': '{"images":[],"annotations":[]}',
        'val2017.zip': writeZip({ 'val2017/a.jpg': 'A' }),
      },
      { val2017: ['A'] },
    ],
  };
  for (const [what, [files, expected]] of Object.entries(layouts)) {
    it(`are read: that ${what}`, async () => {
      const data = await openDetectionData(folder.write(files));
      assert.deepEqual(await contents(data), expected);
      assert.deepEqual((await findClasses(data)).names, ['cat']);
      await data.close();
    });
  }

  const READ =
    "vocdet reads annotations in the layout of Pascal VOC (Annotations/*.xml with JPEGImages/) and in COCO's format (a .json with its images)";
  const yolo = '0 0.5 0.5 0.1 0.2\n';
  const exportIt = 'export it as COCO or Pascal VOC';
  const images = { 'images/a.jpg': 'A' };

  /** What lies in a folder, and what is said of it. */
  const others: Readonly<Record<string, readonly [files: Files, found: string, guess: string]>> = {
    'labels of YOLO': [
      { ...images, 'labels/a.txt': '0  0.5 .5 0.1 1e-05\r\n\r\n 12 0.25 0.5 -0.1 2E2 1 0' },
      'images, labels',
      'labels/a.txt looks like a label of YOLO; export the dataset as COCO or Pascal VOC',
    ],
    'labels of YOLO beside other texts': [
      {
        'README.dataset.txt': 'x',
        'README.roboflow.txt': 'y',
        'classes.txt': 'cat',
        'notes.txt': '',
        ...images,
        'labels/a.TXT': yolo,
      },
      'README.dataset.txt, README.roboflow.txt, classes.txt, images, labels, notes.txt',
      'labels/a.TXT looks like a label of YOLO; export the dataset as COCO or Pascal VOC',
    ],
    'a long label of YOLO in an archive': [
      { 'a.zip': writeZip({ 'a.txt': yolo.repeat(300) }) },
      'a.zip',
      'a.txt looks like a label of YOLO; export the dataset as COCO or Pascal VOC',
    ],
    'a long label of YOLO': [
      { 'a.txt': yolo.repeat(300) },
      'a.txt',
      'a.txt looks like a label of YOLO; export the dataset as COCO or Pascal VOC',
    ],
    'texts that only begin like YOLO': [
      {
        'a.txt': '0 0.5 0.5 0.1\n',
        'b.txt': `${yolo}1\n`,
        'c.txt': `x ${yolo}`,
        'd.txt': '0 0.5 0.5 0.1 0.2 cat',
        'e.txt': '',
      },
      'a.txt, b.txt, c.txt, d.txt, e.txt',
      'neither images nor annotations',
    ],
    'annotations of LabelMe': [
      { 'a.jpg': 'A', 'a.json': '{"version":"5.0","shapes" : []}' },
      'a.jpg, a.json',
      `a.json looks like an annotation of LabelMe; ${exportIt}`,
    ],
    'a project of VIA': [
      { ...images, 'via.json': '{"_via_settings":{}}' },
      'images, via.json',
      `via.json looks like a project of the VGG Image Annotator; ${exportIt}`,
    ],
    'annotations of VIA': [
      { ...images, 'via.json': '{"a.jpg12":{"filename":"a.jpg","size":12,"regions":[]}}' },
      'images, via.json',
      `via.json looks like a project of the VGG Image Annotator; ${exportIt}`,
    ],
    "Create ML's format": [
      {
        ...images,
        'x.json': '[{"image": "a.jpg", "annotations" :[\n    {\n"label": "cat", "coordinates": {"x": 1, "y": 2}}]}]',
      },
      'images, x.json',
      `x.json looks like Create ML's format; ${exportIt}`,
    ],
    'JSON of Label Studio': [
      { ...images, 'x.json': '[{"id":1,"annotations" : [{"id":2,\n"result":[{"from_name":"label"}]}]}]' },
      'images, x.json',
      `x.json looks like Label Studio's own JSON; ${exportIt}`,
    ],
    'JSON of older versions of Label Studio': [
      { ...images, 'x.json': '[{"completions":[{"value":{"rectanglelabels":["cat"]}}]}]' },
      'images, x.json',
      `x.json looks like Label Studio's own JSON; ${exportIt}`,
    ],
    'JSON of another kind': [
      { ...images, 'x.json': '{"images": [], "coordinates": "shapes", "from_name": 1}' },
      'images, x.json',
      "none of its .json files has images, annotations and categories, as COCO's have",
    ],
    'JSON that shows its kind late only': [
      { 'a.zip': writeZip({ 'x.json': `{"x": "${'x'.repeat(5000)}", "shapes": []}` }) },
      'a.zip',
      "none of its .json files has images, annotations and categories, as COCO's have",
    ],
    'packed archives': [
      { ...images, 'birds.tar.gz': 'x' },
      'birds.tar.gz, images',
      'birds.tar.gz has to be unpacked or exported first',
    ],
    'a table': [
      { 'train.csv': 'image_id,bbox\n', 'train/a.jpg': 'A' },
      'train, train.csv',
      "train.csv is a table of its own kind; make COCO's format or Pascal VOC's of it",
    ],
    'a table of the hub': [
      { 'metadata.JSONL': '{}', 'a.jpg': 'A' },
      'a.jpg, metadata.JSONL',
      "metadata.JSONL is a table of its own kind; make COCO's format or Pascal VOC's of it",
    ],
    'a folder of annotations with something else': [
      { ...images, 'Annotations/a.yaml': 'x' },
      'Annotations, images',
      'the folder of annotations has no .xml, but Annotations/a.yaml',
    ],
    'files that only begin with the names of others': [
      { 'a.tar.gz.part': 'x', 'b.csv.bak': 'x', 'c.json.bak': '{"shapes":[]}', 'd.txt.bak': yolo, 'e.dat': yolo },
      'a.tar.gz.part, b.csv.bak, c.json.bak, d.txt.bak, e.dat',
      'neither images nor annotations',
    ],
    'images alone': [{ 'x/a.jpg': 'A', 'x/b.jpg': 'B', 'x/c.mp4': 'C' }, 'x', '2 images without annotations'],
    'one file': [{ 'a.mp4': 'A' }, 'a.mp4', 'neither images nor annotations'],
    nothing: [{}, 'nothing', 'neither images nor annotations'],
  };
  for (const [what, [files, found, guess]] of Object.entries(others)) {
    it(`are named when they are others: ${what}`, async () => {
      const path = folder.write(files);
      await assert.rejects(openDetectionData(path), {
        code: 'TTS_INPUT',
        message: `Expected a dataset with boxes in ${path}, found ${found}: ${guess}. ${READ}.`,
      });
    });
  }
  for (const name of ['a.tgz', 'a.tar.xz', 'a.RAR', 'a.7z', 'a.parquet', 'a.arrow', 'a.tfrecord']) {
    it(`are named when they are others: ${name}`, async () => {
      await assert.rejects(openDetectionData(folder.write({ [name]: 'x' })), ({ message }: Error) =>
        message.includes(`found ${name}: ${name} has to be unpacked or exported first. `),
      );
    });
  }

  it('cannot be of VOC where a folder of images is named, which is for COCO', async () => {
    const path = folder.write({ 'Annotations/a.xml': xml(), 'JPEGImages/a.jpg': 'A' });
    await assert.rejects(openDetectionData(path, path), {
      code: 'TTS_INPUT',
      message: `Expected a dataset with boxes in ${path}, found Annotations, JPEGImages: a folder of images is named, which is for COCO's format, and the annotations here are .xml; leave the images out. ${READ}.`,
    });
  });

  it('of COCO may have their images elsewhere, under whatever name the file has', async () => {
    const elsewhere = folder.write({ 'a.jpg': 'elsewhere' });
    const files = { 'a.jpg': 'here', 'Annotations/a.xml': xml() };
    for (const name of ['annotations/instances_train.json', 'boxes_train.json']) {
      const data = await openDetectionData(folder.write({ ...files, [name]: coco(['a.jpg']) }), elsewhere);
      assert.deepEqual(await contents(data), { train: ['elsewhere'] });
      await data.close();
    }
    await assert.rejects(
      openDetectionData(folder.write({ 'train.json': coco(['a.jpg']) }), 'nowhere'),
      /^InputError: Expected a folder, a \.tar, a \.zip or a \.json with a dataset at nowhere, found nothing\.$/,
    );
  });

  it('of COCO go before those of VOC by the usual names alone', async () => {
    const files = { 'Annotations/a.xml': xml(), 'JPEGImages/a.jpg': 'A' };
    const usual = await openDetectionData(
      folder.write({ ...files, 'annotations/instances_x.json': coco(['a.jpg', 'b.jpg']) }),
    );
    assert.deepEqual(await contents(usual), { x: ['A', 'missing'] });
    const two = await openDetectionData(
      folder.write({ 'a.jpg': 'A', 'annotations/instances_x.json': coco(['a.jpg']), 'y.json': coco(['a.jpg']) }),
    );
    assert.deepEqual(two.splits, ['x']);
    const other = await openDetectionData(folder.write({ ...files, 'x.json': coco(['a.jpg', 'b.jpg']) }));
    assert.deepEqual(await contents(other), { all: ['A'] });
  });

  it('of COCO may be one file under any name that ends as JSON', async () => {
    const path = join(folder.write({ 'BOXES.JSON': coco(['a.jpg']), 'a.jpg': 'A' }), 'BOXES.JSON');
    assert.deepEqual(await contents(await openDetectionData(path)), { BOXES: ['A'] });
    const inFolder = folder.write({ 'x.json/a.xml': xml(), 'x.json/a.jpg': 'A' });
    assert.deepEqual(await contents(await openDetectionData(join(inFolder, 'x.json'))), { all: ['A'] });
    await assert.rejects(openDetectionData('nowhere.json'), /at nowhere\.json, found nothing\.$/);
    await assert.rejects(openDetectionData(join(inFolder, 'x.json/a.jpg')), /found a file of another kind\.$/);
  });

  it('of COCO close the archives of their files and of their images', async () => {
    const zipped = folder.write({ 'a.zip': writeZip({ 'train.json': coco(['a.jpg']), 'val.json': coco(['a.jpg']) }) });
    const images = join(folder.write({ 'images.zip': writeZip({ 'a.jpg': 'A' }) }), 'images.zip');
    for (const named of [undefined, images]) {
      const data = await openDetectionData(zipped, named);
      const train = await data.split('train');
      assert.equal(train.hasImage(0), named !== undefined);
      await data.close();
      await assert.rejects(data.split('val'), /closed/);
      if (named !== undefined) await assert.rejects(train.image(0), /closed/);
    }
  });

  it('of your own are asked first, in their order, each once', async () => {
    const path = folder.write({ 'Annotations/a.xml': xml(), 'JPEGImages/a.jpg': 'A' });
    const asked: string[] = [];
    const voc = await openDetectionData(path);
    const format = (name: string) => (of: string) => {
      if (of !== path) return undefined;
      asked.push(name);
      return name === 'second' ? voc : undefined;
    };
    const first = format('first');
    registerFormat(first);
    registerFormat(first);
    registerFormat(async (of) => format('second')(of));
    registerFormat(format('third'));
    assert.equal(await openDetectionData(path), voc);
    assert.deepEqual(asked, ['first', 'second']);
  });

  it('are named by their annotations where these are of another kind', async () => {
    const data = await openDetectionData(
      folder.write({ 'images/a.jpg': 'A', 'annotations.xml': '<annotations><version>1.1</version></annotations>' }),
    );
    await assert.rejects(
      findClasses(data),
      /^InputError: Expected objects in the annotations of .*, found none: .*annotations\.xml line 1: expected an <annotation> of Pascal VOC, found <annotations>; export the task as Pascal VOC instead of CVAT for images\.$/,
    );
  });

  it('takes the classes of a folder that is called as the challenge from its annotations where they name others', async () => {
    const own = await openDetectionData(
      folder.write({ 'VOCdevkit/VOC2007/Annotations/a.xml': xml('robin'), 'VOCdevkit/VOC2007/JPEGImages/a.jpg': 'A' }),
    );
    assert.deepEqual((await findClasses(own)).names, ['robin']);
    const official = await openDetectionData(
      folder.write({ 'VOC2007/Annotations/a.xml': xml('cat'), 'VOC2007/JPEGImages/a.jpg': 'A' }),
    );
    assert.equal((await findClasses(official)).length, 20);
  });
});
