import assert from 'node:assert/strict';
import sharp from 'sharp';
import { ClassList } from '../../../ts/tasks/vocdet/annotations/classes';
import {
  evaluationBatches,
  releaseBatch,
  trainBatches,
  type DetectionBatch,
  type DetectionInputs,
} from '../../../ts/tasks/vocdet/batches';
import { withPaddedParts } from '../../../ts/tasks/vocdet/padded-parts';
import { openDetectionData } from '../../../ts/tasks/vocdet/annotations/open';
import { DetectionEvaluator } from '../../../ts/tasks/vocdet/evaluator';
import { openVoc } from '../../../ts/tasks/vocdet/annotations/voc';
import * as torch from '../../../ts/tensor';
import { boxes, cxcywhToXyxy, scaleBoxes } from '../../../ts/vision/boxes';
import { DetectionProcessor } from '../../../ts/vision/detection-processor';
import { liveTensors } from '../../live-tensors';
import { temporaryFolder, vocXml, type SceneObject } from './fixture';

const classes = new ClassList(['car', 'dog']);
const processor = new DetectionProcessor({ size: { shortestEdge: 40, longestEdge: 70 } });
const augment = { sizes: [32, 40, 48], longestEdge: 70, cropFrom: [40, 60], cropSize: [20, 40] as const };

const noise = (width: number, height: number, seed: number) =>
  sharp(
    Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919 * seed) % 251),
    { raw: { width, height, channels: 3 } },
  )
    .png()
    .toBuffer();

/** All numbers of a batch. */
function numbers({ pixelValues, pixelMask, labels, originals }: DetectionBatch): unknown {
  return [
    pixelValues.shape,
    pixelValues.data(),
    pixelMask.data(),
    labels.map(({ classLabels, boxes }) => [classLabels.toArray(), boxes.toArray()]),
    originals,
  ];
}

async function collect(batches: AsyncIterable<DetectionBatch>): Promise<DetectionBatch[]> {
  const all: DetectionBatch[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

describe('batches for a detector', () => {
  const folder = temporaryFolder();
  const car: SceneObject = { name: 'car', pixels: [11, 6, 30, 25] };
  const dog: SceneObject = { name: 'dog', pixels: [1, 1, 50, 50], difficult: 1 };
  let inputs: DetectionInputs;

  const open = async (files: Record<string, string | Uint8Array>): Promise<DetectionInputs> => {
    const split = await openVoc(folder.write({ ...files, 'ImageSets/Main/train.txt': 'a\nb\nc\nd\ne\n' })).split(
      'train',
    );
    return { split, classes, processor };
  };
  const files = async (): Promise<Record<string, string | Uint8Array>> => ({
    'Annotations/a.xml': vocXml(100, 50, [car, dog]),
    'Annotations/b.xml': vocXml(40, 60, [car]),
    ...Object.fromEntries(
      ['c', 'd', 'e'].map((id) => [`Annotations/${id}.xml`, vocXml(60, 60, id === 'c' ? [] : [car])]),
    ),
    'JPEGImages/a.png': await noise(100, 50, 1),
    'JPEGImages/b.png': await noise(40, 60, 2),
    ...Object.fromEntries(
      await Promise.all(
        ['c', 'd', 'e'].map(async (id, i) => [`JPEGImages/${id}.png`, await noise(60, 60, 3 + i)] as const),
      ),
    ),
  });
  before(async () => (inputs = await open(await files())));

  it('hold padded images, boxes relative to the image without its padding, and what was there before', async () => {
    const [first] = await collect(evaluationBatches(inputs).epoch(0));
    const { pixelValues, pixelMask, labels, originals } = first!;
    // 100 x 50 is limited to 70 x 35, 40 x 60 is not.
    assert.deepEqual(
      [pixelValues.shape, pixelMask.shape],
      [
        [2, 3, 60, 70],
        [2, 60, 70],
      ],
    );
    assert.deepEqual(pixelMask.sum([1, 2]).toArray(), [70 * 35, 40 * 60]);
    assert.equal(Number(pixelValues.select(0, 1).narrow(2, 40, 30).abs().sum().item()), 0);
    assert.deepEqual(
      labels.map(({ classLabels }) => classLabels.toArray()),
      [[0, 1], [0]],
    );
    assert.deepEqual([labels[0]!.classLabels.dtype, labels[0]!.boxes.dtype], ['int64', 'float32']);
    assert.deepEqual(
      labels[0]!.boxes.toArray(),
      [
        [0.2, 0.3, 0.2, 0.4],
        [0.25, 0.5, 0.5, 1],
      ].map((row) => row.map(Math.fround)),
    );
    assert.deepEqual(
      originals.map(({ id, width, height }) => [id, width, height]),
      [
        ['a', 100, 50],
        ['b', 40, 60],
      ],
    );
    assert.deepEqual(originals[0]!.truths, {
      labels: Uint16Array.of(0, 1),
      boxes: boxes('xyxy', [10, 5, 30, 25, 0, 0, 50, 50]),
      difficult: Uint8Array.of(0, 1),
      crowd: Uint8Array.of(0, 0),
      areas: Float64Array.of(400, 2500),
    });
  });

  it('leave difficult objects out of what is to be found when told so, and never out of the truths', async () => {
    const [first] = await collect(evaluationBatches(inputs, { difficult: 'drop' }).epoch(0));
    assert.deepEqual([first!.labels[0]!.classLabels.toArray(), first!.originals[0]!.truths.labels.length], [[0], 2]);
  });

  it('hold images without objects', async () => {
    const [, second] = await collect(evaluationBatches(inputs).epoch(0));
    assert.deepEqual([second!.labels[0]!.classLabels.shape, second!.labels[0]!.boxes.shape], [[0], [0, 4]]);
  });

  it('come in the order of the split for evaluation, the last one not full', async () => {
    const batches = evaluationBatches(inputs);
    const ids = (await collect(batches.epoch(0))).map(({ originals }) => originals.map(({ id }) => id));
    assert.deepEqual([batches.batches, ids], [3, [['a', 'b'], ['c', 'd'], ['e']]]);
  });

  it('come shuffled and full for training, unless that leaves none', async () => {
    const batches = trainBatches(inputs, augment, { batchSize: 2 });
    assert.equal(batches.batches, 2);
    const order = async (epoch: number) =>
      (await collect(batches.epoch(epoch))).flatMap(({ originals }) => originals.map(({ id }) => id)).join('');
    assert.notEqual(new Set(await Promise.all([0, 1, 2, 3].map(order))).size, 1);
    assert.equal(trainBatches(inputs, augment, { batchSize: 8 }).batches, 1);
  });

  it('are padded in each of several processes to the largest image of all', async () => {
    const whole = (await collect(evaluationBatches(inputs).epoch(0)))[0]!;
    // The first image is the widest, the second the highest; of the last batch of one image the second process has no part.
    const asked: (readonly number[])[] = [];
    const parts: (DetectionBatch | null)[][] = [];
    for (const rank of [0, 1]) {
      const processes = { max: (own: readonly number[]) => (asked.push(own), Promise.resolve([60, 70])) };
      const passes = withPaddedParts(evaluationBatches(inputs), processes).shard!(rank, 2);
      const batches: (DetectionBatch | null)[] = [];
      for await (const batch of passes.epoch(0)) batches.push(batch);
      parts.push(batches);
    }
    for (const [rank, [first]] of parts.entries()) {
      const rows = (tensor: torch.Tensor) => tensor.narrow(0, rank, 1).toArray();
      assert.deepEqual(first!.pixelValues.toArray(), rows(whole.pixelValues));
      assert.deepEqual(first!.pixelMask.toArray(), rows(whole.pixelMask));
      assert.deepEqual(first!.labels[0]!.boxes.toArray(), whole.labels[rank]!.boxes.toArray());
    }
    assert.deepEqual(asked[0], [35, 70]);
    assert.deepEqual([asked[3], asked.at(-1), parts[1]!.at(-1)], [[60, 40], [0, 0], null]);
  });

  it('are the same for the same seed, epoch and image, also from the middle of a pass', async () => {
    const make = (seed: number) => trainBatches(inputs, augment, { batchSize: 2, seed });
    const whole = (await collect(make(5).epoch(3))).map(numbers);
    assert.deepEqual((await collect(make(5).epoch(3))).map(numbers), whole);
    assert.deepEqual((await collect(make(5).epoch(3, { startBatch: 1 }))).map(numbers), whole.slice(1));
    assert.notDeepEqual((await collect(make(6).epoch(3))).map(numbers), whole);
    assert.notDeepEqual((await collect(make(5).epoch(4))).map(numbers), whole);
  });

  it('change an image in the same way whatever batch it is in', async () => {
    const one = (await collect(trainBatches(inputs, augment, { batchSize: 1 }).epoch(0))).map(
      ({ originals, labels }) => [originals[0]!.id, labels[0]!.boxes.toArray()],
    );
    const all = (await collect(trainBatches(inputs, augment, { batchSize: 5 }).epoch(0)))[0]!;
    assert.deepEqual(
      all.originals.map(({ id }, i) => [id, all.labels[i]!.boxes.toArray()]),
      one,
    );
  });

  it('are for training what they are for evaluation when nothing is changed at random', async () => {
    const trained = (await collect(trainBatches(inputs, undefined, { batchSize: 5 }).epoch(0)))[0]!;
    const evaluated = (await collect(evaluationBatches(inputs, { batchSize: 5 }).epoch(0)))[0]!;
    const at = trained.originals.findIndex(({ id }) => id === 'a');
    assert.deepEqual(trained.labels[at]!.boxes.toArray(), evaluated.labels[0]!.boxes.toArray());
    assert.deepEqual(
      trained.pixelValues.select(0, at).contiguous().data(),
      evaluated.pixelValues.select(0, 0).contiguous().data(),
    );
  });

  it('bring labels back to the truths, so that a perfect detector has a perfect figure', async () => {
    const evaluator = new DetectionEvaluator(classes);
    for await (const { labels, originals } of evaluationBatches(inputs).epoch(0)) {
      originals.forEach(({ id, width, height, truths }, i) => {
        const found = cxcywhToXyxy(boxes('cxcywh', labels[i]!.boxes.data() as Float32Array));
        evaluator.add(
          id,
          {
            labels: labels[i]!.classLabels.toArray() as number[],
            scores: Array.from(truths.labels, () => 0.9),
            boxes: scaleBoxes(found, width, height),
          },
          truths,
        );
      });
    }
    const { voc07, coco } = evaluator.result();
    assert.deepEqual([voc07.perClass, coco.AP], [{ car: 1, dog: null }, 1]);
  });

  it('leave crowds out of what is to be found', async () => {
    const instances = {
      images: [{ id: 1, file_name: 'a.png', width: 100, height: 50 }],
      annotations: [0, 1].map((iscrowd) => ({ image_id: 1, category_id: 1, bbox: [10, 5, 20, 20], iscrowd })),
      categories: [
        { id: 1, name: 'car' },
        { id: 2, name: 'dog' },
      ],
    };
    const path = folder.write({
      'annotations/instances_val.json': JSON.stringify(instances),
      'val/a.png': await noise(100, 50, 1),
    });
    const [batch] = await collect(
      evaluationBatches({ ...inputs, split: await (await openDetectionData(path)).split('val') }).epoch(0),
    );
    assert.deepEqual(
      [batch!.labels[0]!.classLabels.toArray(), batch!.originals[0]!.truths.crowd],
      [[0], Uint8Array.of(0, 1)],
    );
  });

  it('name the image that cannot be used', async () => {
    const sound = await files();
    const faults: readonly (readonly [Record<string, string | Uint8Array>, RegExp])[] = [
      [
        { 'JPEGImages/b.png': 'words' },
        /^InputError: Sample .*b\.png cannot be loaded: Expected a JPEG.*b\.png, found text\.$/,
      ],
      [
        { 'Annotations/b.xml': '<annotation>' },
        /b\.png cannot be loaded: .*b\.xml line 1 column 12: expected well-formed XML/,
      ],
      [
        { 'Annotations/b.xml': vocXml(41, 60, []) },
        /b\.xml: expected an image of 41 x 60 as annotated, found one of 40 x 60\.$/,
      ],
      [
        { 'Annotations/b.xml': vocXml(40, 60, [{ ...car, name: 'cow' }]) },
        /b\.xml line 3: expected one of the 2 classes \(car, dog\), found cow/,
      ],
      [
        { 'Annotations/b.xml': vocXml(40, 60, [{ ...car, pixels: [50, 1, 60, 9] }]) },
        /b\.xml line 3: expected the box of car to have an area inside of the image of 40 x 60/,
      ],
    ];
    for (const [changes, message] of faults) {
      const bad = await open({ ...sound, ...changes });
      await assert.rejects(collect(evaluationBatches(bad).epoch(0)), message);
    }
  });

  it('hold nothing back when they are released', async () => {
    const before = await liveTensors();
    for await (const batch of trainBatches(inputs, augment).epoch(0)) releaseBatch(batch);
    assert.equal(torch.memory().tensors, before);
  });
});
