import assert from 'node:assert/strict';
import { hardestImages, sampleFiles } from '../../../ts/tasks/facecls/outputs';

describe('the images of a report', () => {
  it('the worst are those with the surest wrong answer; a yes at a logit of exactly 0 is one, a no is none', () => {
    const outputs = {
      attributes: ['a', 'b'],
      names: ['right', 'unsure', 'sure', 'missed'],
      logits: Float32Array.of(1, -9, 0, -5, 7, 1, 2, -3),
      labels: Uint8Array.of(1, 0, 0, 0, 0, 1, 1, 1),
    };
    assert.deepEqual(hardestImages(outputs, 9), [2, 3, 1]);
    assert.deepEqual(hardestImages(outputs, 1), [2]);
  });

  it('are written under names of their own', () => {
    assert.deepEqual(sampleFiles(['a.jpg', 'a.png', 'b/c d.jpeg', 'b_c_d.jpg', 'A.webp', 'a-2.jpg']), [
      'a.jpg',
      'a-2.jpg',
      'b_c_d.jpg',
      'b_c_d-2.jpg',
      'A-3.jpg',
      'a-2-2.jpg',
    ]);
  });
});
