import assert from 'node:assert/strict';
import { roleOf, shouldDiffer, usualSplits } from '../../../../ts/tasks/vocdet/annotations/names';

describe('split roles', () => {
  it('follow from the names of VOC, COCO and exports', () => {
    assert.deepEqual(
      ['2007/train', '2012/trainval', 'val2017', 'valid', 'test', 'testing', 'all', 'training_set'].map(roleOf),
      ['train', 'trainval', 'val', 'val', 'test', 'test', undefined, 'train'],
    );
  });

  it('say which splits should have no image in common', () => {
    assert.ok(
      shouldDiffer('2007/train', '2007/val') &&
        shouldDiffer('2007/test', '2012/trainval') &&
        shouldDiffer('train', 'test'),
    );
    assert.ok(
      !shouldDiffer('2007/train', '2007/trainval') &&
        !shouldDiffer('2007/trainval', '2007/val') &&
        !shouldDiffer('2007/train', '2012/train') &&
        !shouldDiffer('all', 'test'),
    );
  });

  it('choose what to train, validate and test on', () => {
    assert.deepEqual(usualSplits(['2007/test', '2007/train', '2007/trainval', '2007/val']), {
      train: '2007/train',
      val: '2007/val',
      test: '2007/test',
    });
    assert.deepEqual(usualSplits(['2007/test', '2007/train', '2007/val', '2012/train', '2012/val']), {
      train: '2007/train+2012/train',
      val: '2007/val+2012/val',
      test: '2007/test',
    });
    assert.deepEqual(usualSplits(['train2017', 'valid']), { train: 'train2017', val: 'valid', test: undefined });
  });
});
