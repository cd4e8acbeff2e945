import assert from 'node:assert/strict';
import type { DetectedImage } from '../../../ts/tasks/vocdet/rank-detections';
import { shownDetections, HardestImages } from '../../../ts/tasks/vocdet/rank-detections';
import { boxes } from '../../../ts/vision/boxes';

/** An image of one car, with detections of it or of nothing. */
function imageOf(index: number, scores: readonly number[], isRight: boolean): DetectedImage {
  const box = isRight ? [0, 0, 10, 10] : [50, 50, 60, 60];
  const truths = {
    labels: Uint16Array.of(0),
    boxes: boxes('xyxy', [0, 0, 10, 10]),
    difficult: Uint8Array.of(0),
    crowd: Uint8Array.of(0),
    areas: Float64Array.of(100),
  };
  return {
    index,
    original: { id: String(index), index, width: 64, height: 64, truths },
    detections: {
      labels: scores.map(() => 0),
      scores,
      boxes: boxes(
        'xyxy',
        scores.flatMap(() => box),
      ),
    },
  };
}

describe('the worst images', () => {
  it('are those with the most and surest mistakes, at most so many, without those that have none', () => {
    const worst = new HardestImages(3);
    const images = [
      imageOf(0, [0.9], true),
      imageOf(1, [], true),
      imageOf(2, [0.6], false),
      imageOf(3, [0.9, 0.8], false),
      imageOf(4, [0.9, 0.7], true),
      imageOf(5, [0.95], false),
    ];
    images.forEach((image) => worst.add(image));
    // 3: one missed and 1.7 wrong; 5: 1.95; 2: 1.6; then 1: 1, 4: 0.7 for a second answer to one object.
    assert.deepEqual(
      worst.images.map(({ index }) => index),
      [3, 5, 2],
    );
  });

  it('are judged by what is shown: above one half, the likeliest first', () => {
    const shown = shownDetections({
      labels: [0, 1, 2],
      scores: [0.6, 0.5, 0.9],
      boxes: boxes('xyxy', [0, 0, 1, 1, 0, 0, 2, 2, 0, 0, 3, 3]),
    });
    assert.deepEqual(
      [shown.labels, shown.scores, [...shown.boxes.data]],
      [
        [2, 0],
        [0.9, 0.6],
        [0, 0, 3, 3, 0, 0, 1, 1],
      ],
    );
  });
});
