import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { DetectionSplit } from '../../../../ts/tasks/vocdet/annotations/dataset';
import { drawnSplit, drawSplits, readDrawnSplits } from '../../../../ts/tasks/vocdet/splits/drawn-splits';
import { describeDrawn, type OpenDataset } from '../../../../ts/tasks/vocdet/splits/open-dataset';
import { temporaryFolder } from '../fixture';

const splitOf = (count: number): DetectionSplit =>
  ({
    name: 'all',
    ids: Array.from({ length: count }, (_, i) => `p${100 + i}`),
    describe: (index: number) => `file ${index}`,
  }) as Partial<DetectionSplit> as DetectionSplit;

describe('splits that are drawn', () => {
  const folder = temporaryFolder();
  const counts = (count: number, withTest = true) => {
    const { train, val, test } = drawSplits(splitOf(count), 0, withTest);
    assert.deepEqual([...train, ...val, ...test].sort(), splitOf(count).ids);
    return [train.length, val.length, test.length];
  };

  it('are a tenth of the images to validate and a tenth to test on, and of few images one', () => {
    assert.deepEqual(counts(100), [80, 10, 10]);
    assert.deepEqual(counts(25), [19, 3, 3]);
    assert.deepEqual(counts(24), [20, 2, 2]);
    assert.deepEqual(counts(4), [2, 1, 1]);
    assert.deepEqual(counts(3), [1, 1, 1]);
    assert.deepEqual(counts(2), [1, 1, 0]);
    assert.deepEqual(counts(100, false), [90, 10, 0]);
    assert.throws(() => drawSplits(splitOf(1), 0, true), {
      code: 'TTS_INPUT',
      message: 'Expected at least 2 images in all, to divide them into some to train and some to validate on, found 1.',
    });
  });

  it('follow from the seed, are in the order of their ids and no stretch of the images', () => {
    const drawn = drawSplits(splitOf(50), 7, true);
    assert.deepEqual(drawn, drawSplits(splitOf(50), 7, true));
    assert.deepEqual([drawn.from, drawn.seed], ['all', 7]);
    assert.notDeepEqual(drawn.val, drawSplits(splitOf(50), 8, true).val);
    for (const name of ['train', 'val', 'test'] as const) assert.deepEqual(drawn[name], [...drawn[name]].sort());
    const { ids } = splitOf(50);
    assert.notDeepEqual(drawn.val, ids.slice(ids.indexOf(drawn.val[0]!)).slice(0, 5));
  });

  it('are parts of the split that was divided, whatever is added to it', () => {
    const drawn = { from: 'all', seed: 0, train: ['p102', 'p100'], val: ['p101'], test: ['p9'] };
    const part = drawnSplit(splitOf(5), drawn, 'train');
    assert.deepEqual([part.name, part.ids, part.describe(0)], ['train of all', ['p102', 'p100'], 'file 2']);
    assert.throws(() => drawnSplit(splitOf(5), drawn, 'test'), {
      code: 'TTS_INPUT',
      message: 'Expected the image p9 in all, as when the splits were drawn, found none of that id.',
    });
  });

  it('are read from a file, which may be absent, not another', () => {
    const good = { from: 'all', seed: 0, train: [], val: [], test: [] };
    const read = (text: string) => {
      const path = join(folder.write({ 'splits.json': text }), 'splits.json');
      try {
        return readDrawnSplits(path);
      } catch (error) {
        return (error as Error).message.replace(path, 'FILE');
      }
    };
    assert.deepEqual(read(JSON.stringify(good)), good);
    const message = 'Expected FILE to hold the ids of train, val and test, found something else; start a new run.';
    for (const bad of [
      { ...good, from: 1 },
      { ...good, val: 'x' },
      { ...good, test: undefined },
    ])
      assert.equal(read(JSON.stringify(bad)), message);
    assert.equal(read('{'), message);
    assert.equal(read('null'), message);
    assert.equal(readDrawnSplits(join(folder.write({}), 'splits.json')), undefined);
  });

  it('are told with their numbers and their seed', () => {
    const drawn = drawSplits(splitOf(25), 7, true);
    const dataset = { data: { path: 'pets' }, drawn } as OpenDataset;
    assert.equal(
      describeDrawn(dataset),
      'pets does not say which images of all are to validate on: 19 to train, 3 to validate and 3 to test on were drawn by the seed 7.',
    );
    assert.equal(describeDrawn({ ...dataset, drawn: undefined }), undefined);
  });
});
