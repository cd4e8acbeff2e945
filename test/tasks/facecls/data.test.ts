import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { FaceData, type FaceBatch, type FaceDataOptions } from '../../../ts/tasks/facecls/data';
import type { Batches } from '../../../ts/data/loader';
import * as torch from '../../../ts/tensor';
import type { Tensor } from '../../../ts/tensor';
import { decodeImage } from '../../../ts/vision/image';
import { ImageProcessor } from '../../../ts/vision/processor';
import { liveTensors } from '../../live-tensors';
import { temporaryFolder } from './fixture';

const COUNT = 10;
const names = Array.from({ length: COUNT }, (_, index) => `00000${index}.jpg`);
/** Eight faces to train on, one to validate, one to test. */
const lists = {
  'list_attr_celeba.txt': `${COUNT}\nFirst Second\n${names.map((name, index) => `${name} ${index % 2 ? 1 : -1} ${index % 3 ? 1 : -1}\n`).join('')}`,
  'list_eval_partition.txt': names.map((name, index) => `${name} ${Math.max(0, index - 7)}\n`).join(''),
};

/** Images of noise, so that a pair that was mixed up cannot go unnoticed; two sizes. */
async function images(): Promise<Record<string, Buffer>> {
  const entries = names.map(async (name, index) => {
    const [width, height] = index % 4 ? [20, 24] : [26, 22];
    const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => ((at + 7 * index) * 2_654_435_761) >>> 23);
    return [
      `img_align_celeba/${name}`,
      await sharp(data, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: 95 })
        .toBuffer(),
    ] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

const values = (tensor: Tensor) => tensor.contiguous().data() as Float32Array;

async function collect(loader: Batches<FaceBatch>, epoch = 0, startBatch = 0): Promise<FaceBatch[]> {
  const batches: FaceBatch[] = [];
  for await (const batch of loader.epoch(epoch, { startBatch })) batches.push(batch);
  return batches;
}

/** The input of each image, by name. */
async function inputs(loader: Batches<FaceBatch>, epoch = 0): Promise<Map<string, Float32Array>> {
  const found = new Map<string, Float32Array>();
  for (const { names, pixelValues } of await collect(loader, epoch))
    names.forEach((name, row) => found.set(name, values(pixelValues.select(0, row))));
  return found;
}

describe('FaceData', () => {
  const folder = temporaryFolder();
  const processor = new ImageProcessor({ size: { height: 16, width: 16 } });
  let path: string;
  let cacheFolder: string;
  const opened: FaceData[] = [];
  before(async () => {
    path = folder.write({ ...lists, ...(await images()) });
    cacheFolder = folder.write({});
  });
  afterEach(() => Promise.all(opened.splice(0).map((data) => data.close())));

  function open(options: FaceDataOptions = {}, dataset = path): FaceData {
    const data = FaceData.open(dataset, processor, { batchSize: 3, evaluationBatchSize: 3, cacheFolder, ...options });
    opened.push(data);
    return data;
  }
  const uncached = { cacheBytes: 0 };

  for (const [kind, options] of Object.entries({ decoded: uncached, cached: {} })) {
    it(`pairs each image with its labels by name: ${kind}`, async () => {
      const batches = await collect(await open(options).train());
      assert.deepEqual(
        batches.map(({ pixelValues, labels }) => [pixelValues.shape, labels.shape]),
        [3, 3, 2].map((size) => [
          [size, 3, 16, 16],
          [size, 2],
        ]),
      );
      assert.deepEqual(batches.flatMap((batch) => batch.names).sort(), names.slice(0, 8));
      for (const { names: rows, pixelValues, labels } of batches) {
        for (const [row, name] of rows.entries()) {
          const index = names.indexOf(name);
          assert.deepEqual(labels.select(0, row).toArray(), [index % 2, index % 3 ? 1 : 0]);
          const alone = processor.preprocess(await decodeImage(readFileSync(join(path, 'img_align_celeba', name))));
          assert.deepEqual(values(pixelValues.select(0, row)), values(alone), name);
        }
      }
    });
  }

  it('gives evaluation the pixels that training without augmentation has, from disk or cache', async () => {
    const single = folder.write({
      ...lists,
      'list_eval_partition.txt': names.map((name) => `${name} 0\n`).join(''),
      ...(await images()),
    });
    const data = open({}, single);
    assert.deepEqual(
      await inputs(await data.evaluation('train')),
      new Map([...(await inputs(await data.train()))].sort()),
    );
    assert.deepEqual(
      await inputs(await open(uncached, single).evaluation('train')),
      await inputs(await data.evaluation('train')),
    );
  });

  it('refuses a batch of training without any image that can be read, by the names', async () => {
    const words = Object.fromEntries(names.map((name) => [`img_align_celeba/${name}`, 'words']));
    const data = open({ ...uncached, batchSize: 8 }, folder.write({ ...lists, ...words }));
    const told: string[] = [];
    await assert.rejects((async () => collect(await data.train((reason) => told.push(reason))))(), (error: Error) => {
      assert.equal(error.name, 'InputError');
      const [, listed] = /^Expected an image that can be read in a batch of training, found none among (.*)\.$/.exec(
        error.message,
      )!;
      assert.deepEqual(listed!.split(', ').sort(), names.slice(0, 8));
      return true;
    });
    assert.equal(told.length, 8);
  });

  it('keeps the order of the file in evaluation', async () => {
    const [batch] = await collect(await open().evaluation('val'));
    assert.deepEqual(batch!.names, [names[8]]);
    assert.deepEqual(
      (await collect(await open().evaluation('train'))).flatMap((each) => each.names),
      names.slice(0, 8),
    );
  });

  it('augments by seed and epoch, the same from disk and from the cache', async () => {
    const options = { augment: { flip: 0.5, cropArea: 0.5, colour: 0.3 }, seed: 3 };
    const cached = await inputs(await open(options).train(), 1);
    assert.deepEqual(await inputs(await open(options).train(), 1), cached);
    assert.deepEqual(await inputs(await open({ ...options, ...uncached }).train(), 1), cached);
    assert.deepEqual(
      new Map([...(await inputs(await open({ ...options, batchSize: 5 }).train(), 1))].sort()),
      new Map([...cached].sort()),
    );
    const other = await inputs(await open(options).train(), 2);
    assert.ok(
      names
        .slice(0, 8)
        .some((name) => !Buffer.from(other.get(name)!.buffer).equals(Buffer.from(cached.get(name)!.buffer))),
    );
  });

  it('resumes inside of an epoch as if it had gone on', async () => {
    const options = { augment: { flip: 0.5 } };
    const whole = await collect(await open(options).train(), 4);
    const rest = await collect(await open(options).train(), 4, 1);
    assert.deepEqual(
      rest.map((batch) => [batch.names, values(batch.pixelValues)]),
      whole.slice(1).map((batch) => [batch.names, values(batch.pixelValues)]),
    );
  });

  it('decodes for the cache once, and says how far it is', async () => {
    const told: [string, number, number][] = [];
    const options = {
      cacheFolder: folder.write({}),
      onCaching: (...progress: [string, number, number]) => told.push(progress),
    };
    await collect(await open(options).train());
    await collect(await open(options).train());
    assert.deepEqual(told, [['train', 8, 8]]);
  });

  it('keeps no cache over the limit', async () => {
    const empty = folder.write({});
    const bytes = COUNT * 16 * 16 * 3;
    await collect(await open({ cacheFolder: empty, cacheBytes: bytes - 1 }).train());
    assert.deepEqual(readdirSync(empty), []);
    await collect(await open({ cacheFolder: empty, cacheBytes: bytes }).train());
    assert.equal(readdirSync(empty).length, 2);
  });

  it('names the image that cannot be decoded, from disk and while caching', async () => {
    const broken = folder.write({ ...lists, ...(await images()), [`img_align_celeba/${names[5]}`]: 'words' });
    for (const options of [uncached, { cacheFolder: folder.write({}) }]) {
      await assert.rejects(async () => collect(await open(options, broken).train()), {
        code: 'TTS_INPUT',
        message:
          'Sample 000005.jpg cannot be loaded: Expected a JPEG, PNG, WebP, GIF, TIFF or AVIF image in 000005.jpg, found text.',
      });
    }
  });

  it('has no batches for a split without faces', async () => {
    const all = folder.write({
      ...lists,
      'list_eval_partition.txt': names.map((name) => `${name} 0\n`).join(''),
      ...(await images()),
    });
    assert.equal((await open({}, all).evaluation('test')).batches, 0);
  });

  it('leaves the batches to the caller and frees everything else', async () => {
    const before = await liveTensors();
    const data = open({ augment: { flip: 0.5, cropArea: 0.5 } });
    for (const batch of await collect(await data.train()))
      [batch.pixelValues, batch.labels].forEach((tensor) => tensor.dispose());
    await data.close();
    assert.equal(torch.memory().tensors, before);
  });
});
