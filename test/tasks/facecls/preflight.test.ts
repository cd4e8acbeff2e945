import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { silent } from '../../../ts/native/listener';
import { FaceData } from '../../../ts/tasks/facecls/data';
import { openFaces, prepare } from '../../../ts/tasks/facecls/open';
import { presets } from '../../../ts/tasks/facecls/presets';
import { preflight } from '../../../ts/tasks/facecls/preflight';
import { ImageProcessor } from '../../../ts/vision/processor';
import { temporaryFolder } from './fixture';

const processor = new ImageProcessor({ size: { height: 8, width: 8 } });
/** Of each split, in order. */
const names = ['train', 'val', 'test'].map((split) =>
  ['a', 'b', 'c', 'd', 'e'].map((letter) => `${split}-${letter}.png`),
);

describe('what is looked at before a training on faces', () => {
  const folder = temporaryFolder();
  let png: Buffer;
  before(async () => {
    png = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
  });

  /** A dataset with so many images in each split, of which some files hold something else. */
  const dataset = (counts: readonly number[], files: Readonly<Record<string, Buffer | string>> = {}): string => {
    const chosen = names.map((all, split) => all.slice(0, counts[split]));
    return folder.write({
      'list_attr_celeba.csv': `image_id,Smiling\n${chosen
        .flat()
        .map((name) => `${name},1\n`)
        .join('')}`,
      'list_eval_partition.csv': `image_id,partition\n${chosen
        .flatMap((all, split) => all.map((name) => `${name},${split}\n`))
        .join('')}`,
      ...Object.fromEntries(chosen.flat().map((name) => [`images/${name}`, files[name] ?? png])),
    });
  };
  const said = async (path: string): Promise<string[]> => {
    const sentences: string[] = [];
    const data = FaceData.open(path, processor, { cacheFolder: folder.write({}) });
    try {
      await preflight(data, { ...silent, say: (one) => sentences.push(one) });
    } finally {
      await data.close();
    }
    return sentences;
  };
  const broken = (split: string, count: number) =>
    Object.fromEntries(['a', 'b', 'c', 'd', 'e'].slice(0, count).map((letter) => [`${split}-${letter}.png`, 'words']));
  const reasons = (split: string, count: number) =>
    ['a', 'b', 'c']
      .slice(0, count)
      .map((letter) => `Expected a JPEG, PNG, WebP, GIF, TIFF or AVIF image in ${split}-${letter}.png, found text.`)
      .join(' ');

  it('is said nothing of where all is well', async () => assert.deepEqual(await said(dataset([2, 1, 1])), []));

  it('are splits without images, of which that to test on may be missing', async () => {
    const refuses = (path: string, split: string, counts: string) =>
      assert.rejects(said(path), {
        code: 'TTS_INPUT',
        message: `Expected images in the ${split} split of ${path}, found none: ${counts}.`,
      });
    await refuses(dataset([0, 1, 2]), 'train', '0 in train, 1 in val, 2 in test');
    await refuses(dataset([1, 0, 2]), 'val', '1 in train, 0 in val, 2 in test');
    const untested = dataset([1, 1, 0]);
    assert.deepEqual(await said(untested), [
      `There will be no figures under "test": ${untested} has no images in that split.`,
    ]);
  });

  it('are images that cannot be read: an error among those to train and validate on, not among the others', async () => {
    await assert.rejects(said(dataset([5, 1, 1], broken('train', 2))), {
      code: 'TTS_INPUT',
      message: `2 of the 5 images of the train split cannot be read: ${reasons('train', 2)} Mend them, or take their rows out of the lists.`,
    });
    await assert.rejects(said(dataset([1, 3, 1], broken('val', 3))), {
      code: 'TTS_INPUT',
      message: `3 of the 3 images of the val split cannot be read: ${reasons('val', 3)} Mend them, or take their rows out of the lists.`,
    });
    assert.deepEqual(await said(dataset([1, 1, 5], broken('test', 4))), [
      `4 of the 5 images of the test split cannot be read: ${reasons('test', 3)} (And 1 more.) The figures under "test" will be without them.`,
    ]);
  });

  it('are the images to validate on as a whole, where only that shows the damage', async () => {
    const noise = await sharp(
      Uint8Array.from({ length: 30_000 }, (_, i) => (i * 2_654_435_761) >>> 23),
      { raw: { width: 100, height: 100, channels: 3 } },
    )
      .jpeg()
      .toBuffer();
    const cut = noise.subarray(0, 4000);
    await assert.rejects(said(dataset([1, 1, 1], { 'val-a.png': cut })), /val-a\.png/);
    assert.deepEqual(await said(dataset([1, 1, 1], { 'train-a.png': cut, 'test-a.png': cut })), []);
  });

  it('shows a bar while the images of a split are read for the first time, and what the lists leave out', async () => {
    const heard: unknown[] = [];
    const path = dataset([2, 1, 1]);
    const cacheFolder = folder.write({});
    const data = await openFaces(
      path,
      processor,
      { cacheFolder },
      {
        say: (sentence) => heard.push(sentence),
        bar: (label, unit) => {
          heard.push([label, unit]);
          return { update: (done, all) => heard.push([done, all]), stop: () => heard.push('stop') };
        },
      },
    );
    await data.evaluation('train');
    await data.evaluation('val');
    await data.evaluation('train');
    await data.close();
    assert.deepEqual(heard, [
      ['reading the train images', 'steps'],
      [2, 2],
      'stop',
      ['reading the val images', 'steps'],
      [1, 1],
      'stop',
    ]);
    const left = folder.write({
      'list_attr_celeba.csv': 'image_id,Smiling\na.png,1\n',
      'list_eval_partition.csv': 'image_id,partition\na.png,0\nb.png,0\n',
      'images/a.png': png,
    });
    const sentences: string[] = [];
    const other = await openFaces(left, processor, { cacheFolder }, { ...silent, say: (one) => sentences.push(one) });
    await other.close();
    assert.deepEqual(sentences, [`Left out of ${left}: 1 rows of splits without attributes.`]);
  });

  it('can be prepared: all splits that have images are read, and counted', async () => {
    const path = dataset([2, 1, 0]);
    const read: string[] = [];
    const before = process.cwd();
    const here = folder.write({});
    process.chdir(here);
    try {
      const listener = {
        ...silent,
        bar: (label: string) => {
          read.push(label);
          return { update() {}, stop() {} };
        },
      };
      assert.deepEqual(await prepare(presets.tiny, path, listener), { folder: path, images: 3 });
    } finally {
      process.chdir(before);
    }
    assert.deepEqual(read, ['reading the train images', 'reading the val images']);
    assert.ok(readdirSync(join(here, 'data', 'interim', 'faces')).length > 0);
  });
});
