import assert from 'node:assert/strict';
import { join } from 'node:path';
import { ClassList } from '../../../ts/tasks/vocdet/annotations/classes';
import { ObjectDetector } from '../../../ts/tasks/vocdet/detector';
import * as torch from '../../../ts/tensor';
import { decodeImage } from '../../../ts/vision/image';
import { liveTensors } from '../../live-tensors';
import { assertNumber } from '../../nn/golden';
import { onOneThread } from '../../one-thread';
import { temporaryFolder } from './fixture';
import { drawnImage, smallDetector, smallWeights } from './small-detector';

describe('a detector', () => {
  onOneThread();
  const folder = temporaryFolder();
  let weights: string;
  before(async () => (weights = await smallWeights(folder.write({}), 'own', { id2label: ['car', 'dog'] })));

  it('answers the same after it was saved and loaded', async () => {
    const image = await decodeImage(await drawnImage(1));
    const loaded = await ObjectDetector.load(weights, { onWarning: assert.fail });
    assert.deepEqual(loaded.processor.options, smallDetector().processor.options);
    assert.deepEqual(loaded.names, ['car', 'dog']);
    const [one, other] = [smallDetector({ id2label: ['car', 'dog'] }), loaded].map(
      (detector) => detector.detect([image], 0)[0]!,
    );
    assert.deepEqual(other!.labels, one!.labels);
    one!.scores.forEach((score, row) => assertNumber(other!.scores[row]!, score));
    one!.boxes.data.forEach((side, i) =>
      assert.ok(Math.abs(other!.boxes.data[i]! - side) < 1e-3, 'a thousandth of a pixel'),
    );
  });

  it('leaves no tensors behind', async () => {
    const [detector, image] = [await ObjectDetector.load(weights), await decodeImage(await drawnImage(1))];
    detector.detect([image], 0);
    const before = await liveTensors();
    detector.detect([image, image], 0);
    assert.ok(torch.memory().tensors <= before);
  });

  it('names the first class that it does not share with a dataset', () => {
    const detector = smallDetector({ id2label: ['car', 'dog'] });
    detector.requireClasses(new ClassList(['car', 'dog']));
    assert.throws(
      () => detector.requireClasses(new ClassList(['car', 'cat'])),
      /expected class 1 to be cat, found dog/,
    );
  });

  it('says what it is not loaded from', async () => {
    await assert.rejects(
      ObjectDetector.load(join(weights, 'absent.pth')),
      /^InputError: Expected a \.pth file at .*absent\.pth, found none\.$/,
    );
    await assert.rejects(
      ObjectDetector.load('weights/absent.pth'),
      /^InputError: Expected a \.pth file at weights\/absent\.pth, found none\.$/,
    );
    await assert.rejects(
      ObjectDetector.load(folder.write({ 'a.txt': '' })),
      /which has neither config\.yaml nor config\.json/,
    );
  });
});
