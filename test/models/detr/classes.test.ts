import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InputError } from '../../../ts/errors';
import { show } from '../../../ts/options';
import {
  cocoNames,
  cocoToVoc,
  DetrForObjectDetection,
  labelled,
  labelSpaceOf,
  mapClasses,
  readClassMap,
  requireLabels,
} from '../../../ts/models';
import * as torch from '../../../ts/tensor';
import { assertNear } from '../near';
import { FOLDER, load, pixels } from './fixture';

const VOC = [
  'aeroplane',
  'bicycle',
  'bird',
  'boat',
  'bottle',
  'bus',
  'car',
  'cat',
  'chair',
  'cow',
  'diningtable',
  'dog',
  'horse',
  'motorbike',
  'person',
  'pottedplant',
  'sheep',
  'sofa',
  'train',
  'tvmonitor',
];
const quiet = { onWarning: () => {} };

describe('label spaces', () => {
  it('come from the configuration, "no object" behind the last class', async () => {
    assert.deepEqual(labelSpaceOf((await load()).config), { names: ['cat', 'dog', 'cow', 'hen'], noObject: 4 });
    assert.throws(
      () => labelSpaceOf({ id2label: { 0: 'cat', 2: 'dog' } }),
      new InputError('The model: expected id2label to name every class from 0 to 2, found no name for 1.'),
    );
  });

  it('that differ are an error that names the first class', async () => {
    const model = await load();
    assert.equal(labelled(model, { names: ['cat', 'dog', 'cow', 'hen'], noObject: 4 }), model);
    assert.throws(
      () => labelled(model, { names: ['cat', 'cow', 'dog', 'hen'], noObject: 4 }, FOLDER),
      new InputError(
        `${FOLDER} detects other classes: expected class 1 to be cow, found dog (4 classes expected, 4 found); map or retrain its class head.`,
      ),
    );
    assert.throws(
      () => labelled(model, { names: ['cat'], noObject: 1 }),
      /expected class 1 to be no class, found dog \(1 classes expected, 4 found\)/,
    );
    assert.throws(
      () => requireLabels({ names: ['a'], noObject: 0 }, { names: ['a'], noObject: 1 }),
      new InputError('The model has "no object" as number 0, expected 1.'),
    );
  });
});

describe('class maps', () => {
  it('from COCO to VOC name the 20 classes and the row behind all', () => {
    assert.deepEqual(
      cocoToVoc.classes.map(({ name }) => name),
      VOC,
    );
    assert.deepEqual(
      cocoToVoc.classes.map(({ row }) => row),
      [5, 2, 16, 9, 44, 6, 3, 17, 62, 21, 67, 18, 19, 4, 1, 64, 20, 63, 7, 72],
    );
    assert.equal(cocoToVoc.noObject, 91);
    for (const { from, row } of cocoToVoc.classes) assert.equal(cocoNames[row], from);
  });

  it('give a detector that says the same of the classes it keeps', async () => {
    const coco = await DetrForObjectDetection.fromPretrained(FOLDER, { id2label: cocoNames, ...quiet });
    const voc = mapClasses(coco, cocoToVoc);
    assert.deepEqual(Object.values(voc.config.id2label), VOC);
    assert.equal(voc.training, false);
    const [before, after] = [coco, voc].map((model) => model.forward({ pixelValues: pixels() })) as [
      ReturnType<typeof coco.forward>,
      ReturnType<typeof voc.forward>,
    ];
    const rows = torch.tensor([...cocoToVoc.classes.map(({ row }) => row), 91], { dtype: 'int64' });
    assertNear(after.logits, before.logits.indexSelect(2, rows));
    assertNear(after.predBoxes, before.predBoxes);
    assert.deepEqual(
      voc
        .namedParameters()
        .filter(([, { requiresGrad }]) => !requiresGrad)
        .map(([key]) => key),
      coco
        .namedParameters()
        .filter(([, { requiresGrad }]) => !requiresGrad)
        .map(([key]) => key),
    );
    assert.ok(coco.class_labels_classifier.weight.shape[0] === 92 && voc.class_labels_classifier.weight.requiresGrad);
  });

  it('go with files that have the count of classes and no names', async () => {
    const unnamed = await DetrForObjectDetection.fromPretrained(FOLDER, { numLabels: 91, ...quiet });
    assert.equal(mapClasses(unnamed, cocoToVoc).config.id2label[0], 'aeroplane');
  });

  it('refuse a detector of other classes', async () => {
    assert.throws(
      () => mapClasses({ config: { id2label: { 0: 'cat' } } } as unknown as DetrForObjectDetection, cocoToVoc),
      new InputError('The class map is for a detector whose row 91 says "no object", found one where it is row 1.'),
    );
    const turned = await DetrForObjectDetection.fromPretrained(FOLDER, {
      id2label: [...cocoNames].reverse(),
      ...quiet,
    });
    assert.throws(
      () => mapClasses(turned, cocoToVoc),
      /The class map expects row 5 to be airplane, found clock; it is for another detector/,
    );
  });

  it('are read from files, and a file of another form is refused', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'map-'));
    const file = path.join(folder, 'map.json');
    writeFileSync(file, JSON.stringify({ noObject: 4, classes: [{ name: 'bird', from: 'hen', row: 3 }] }));
    assert.equal(readClassMap(file).classes[0]!.name, 'bird');
    for (const content of [
      {},
      { noObject: 4, classes: [] },
      { noObject: 4, classes: [{ name: 'bird', row: 3 }] },
      { noObject: 4, classes: [{ name: 'a', from: 'b', row: -1 }] },
      null,
    ]) {
      writeFileSync(file, JSON.stringify(content));
      assert.throws(
        () => readClassMap(file),
        new InputError(
          `${file}: expected { "noObject": row, "classes": [{ "name", "from", "row" }, …] }, found ${show(content)}.`,
        ),
      );
    }
    writeFileSync(file, '{');
    assert.throws(() => readClassMap(file), /expected a class map in JSON, found none/);
    rmSync(folder, { recursive: true });
  });
});
