import assert from 'node:assert/strict';
import {
  boxAreas,
  boxes,
  clipBoxes,
  countBoxes,
  cxcywhToXyxy,
  intersection,
  mirrorBoxes,
  nonEmptyBoxes,
  scaleBoxes,
  takeBoxes,
  translateBoxes,
  xywhToXyxy,
  xyxyToCxcywh,
  xyxyToXywh,
} from '../../ts/vision/boxes';

const two = boxes('xyxy', [0, 0, 10, 20, 5, 6, 9, 7]);

describe('boxes', () => {
  it('come in fours', () => {
    assert.equal(countBoxes(two), 2);
    assert.throws(() => boxes('xyxy', [1, 2, 3]), /expected four numbers for each box, found \[1, 2, 3\]/);
  });

  it('change their format there and back', () => {
    assert.deepEqual(xyxyToCxcywh(two), boxes('cxcywh', [5, 10, 10, 20, 7, 6.5, 4, 1]));
    assert.deepEqual(xyxyToXywh(two), boxes('xywh', [0, 0, 10, 20, 5, 6, 4, 1]));
    assert.deepEqual(cxcywhToXyxy(xyxyToCxcywh(two)), two);
    assert.deepEqual(xywhToXyxy(xyxyToXywh(two)), two);
  });

  it('move, stretch and mirror with their image', () => {
    assert.deepEqual(translateBoxes(two, 1, -2), boxes('xyxy', [1, -2, 11, 18, 6, 4, 10, 5]));
    assert.deepEqual(scaleBoxes(two, 2, 0.5), boxes('xyxy', [0, 0, 20, 10, 10, 3, 18, 3.5]));
    assert.deepEqual(mirrorBoxes(two, 12), boxes('xyxy', [2, 0, 12, 20, 3, 6, 7, 7]));
  });

  it('end at the border, without area when they lie beyond it', () => {
    const clipped = clipBoxes(boxes('xyxy', [-3, 2, 50, 9, 12, 2, 15, 9, 1, 1, 2, 2]), { width: 10, height: 8 });
    assert.deepEqual(clipped, boxes('xyxy', [0, 2, 10, 8, 10, 2, 10, 8, 1, 1, 2, 2]));
    assert.deepEqual(nonEmptyBoxes(clipped), [0, 2]);
  });

  it('can be taken one by one, in any order', () => {
    assert.deepEqual(takeBoxes(two, [1, 0, 1]).data, Float64Array.of(5, 6, 9, 7, 0, 0, 10, 20, 5, 6, 9, 7));
    assert.equal(countBoxes(takeBoxes(two, [])), 0);
  });

  it('have areas, alone and in common', () => {
    assert.deepEqual(boxAreas(two), Float64Array.of(200, 4));
    assert.equal(intersection(two, 0, boxes('xyxy', [8, 15, 30, 40]), 0), 10);
    assert.equal(intersection(two, 1, boxes('xyxy', [9, 6, 12, 7]), 0), 0);
    assert.equal(intersection(two, 0, boxes('xyxy', [20, 30, 25, 35]), 0), 0);
  });
});
