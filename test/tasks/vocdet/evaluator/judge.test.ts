import assert from 'node:assert/strict';
import { verdictOfImage } from '../../../../ts/tasks/vocdet/evaluator';
import { boxes } from '../../../../ts/vision/boxes';

const squares = (...xs: number[]) =>
  boxes(
    'xyxy',
    xs.flatMap((x) => [x, 0, x + 10, 10]),
  );

describe('verdictOfImage', () => {
  const truths = { labels: [0, 0, 1, 0], boxes: squares(0, 100, 200, 300), difficult: [0, 0, 0, 1] };

  it('says of each detection whether it is right, and which objects are missed', () => {
    const detections = {
      labels: [0, 0, 1, 0, 1],
      scores: [0.5, 0.9, 0.8, 0.7, 0.6],
      boxes: squares(1, 0, 100, 300, 202),
    };
    // The first two are of one object, the better one is right; the third has the wrong name; the fourth is of a difficult object.
    assert.deepEqual(verdictOfImage(detections, truths), {
      detections: ['wrong', 'right', 'wrong', 'ignored', 'right'],
      missed: [1],
    });
  });

  it('misses all but difficult objects where nothing is detected, and nothing where nothing is', () => {
    assert.deepEqual(verdictOfImage({ labels: [], scores: [], boxes: squares() }, truths), {
      detections: [],
      missed: [0, 1, 2],
    });
    assert.deepEqual(
      verdictOfImage({ labels: [1], scores: [1], boxes: squares(0) }, { labels: [], boxes: squares() }),
      { detections: ['wrong'], missed: [] },
    );
  });
});
