import assert from 'node:assert/strict';
import { attentionStrip } from '../../../../ts/tasks/facecls/analysis/attention';
import { imageFormat } from '../../../../ts/vision/image';
import { attributes, smallClassifier } from '../small-model';

describe('where a classifier looks', () => {
  const image = { width: 20, height: 24, data: Uint8Array.from({ length: 3 * 20 * 24 }, (_, i) => (7 * i) % 256) };

  it('is shown for the two surest yeses, the surest first', async () => {
    const predictions = [0.2, 0.6, 0.93].map((probability, i) => ({ attribute: attributes[i]!, probability }));
    const { title, panels } = await attentionStrip(smallClassifier(), { name: 'a.jpg', image, predictions });
    assert.equal(title, 'a.jpg');
    assert.deepEqual(
      panels.map((panel) => panel.title),
      ['image', 'attention rollout', 'Wearing Hat 93\u00a0%', 'Eyeglasses 60\u00a0%'],
    );
    assert.ok(panels.every(({ jpeg }) => imageFormat(jpeg) === 'jpeg'));
    assert.deepEqual(
      predictions.map(({ probability }) => probability),
      [0.2, 0.6, 0.93],
      'the list itself stays as it is',
    );
  });
});
