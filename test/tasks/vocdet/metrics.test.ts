import assert from 'node:assert/strict';
import { ClassList } from '../../../ts/tasks/vocdet/annotations/classes';
import { splitMetrics, separate } from '../../../ts/tasks/vocdet/metrics';
import { openVoc } from '../../../ts/tasks/vocdet/annotations/voc';
import type { DetectionSplit } from '../../../ts/tasks/vocdet/annotations/dataset';
import { onOneThread } from '../../one-thread';
import { temporaryFolder } from './fixture';
import { smallDetector, vocFiles } from './small-detector';

describe('the figures of a split', () => {
  onOneThread();
  const folder = temporaryFolder();
  const classes = new ClassList(['car', 'dog']);
  let split: DetectionSplit;
  before(async () => (split = await openVoc(folder.write(await vocFiles({ test: 5 }))).split('test')));

  it('come with every image in its place, with all answers', async () => {
    const seen: [number, string, number][] = [];
    const metrics = await splitMetrics(smallDetector({ id2label: classes.names }), split, classes, {
      batchSize: 2,
      onImage: ({ index, original, detections }) => seen.push([index, original.id, detections.scores.length]),
    });
    assert.deepEqual(
      seen,
      [1, 2, 3, 4, 5].map((id, index) => [index, `p${id}`, 8]),
    );
    assert.deepEqual([metrics.images, Object.keys(metrics.curves)], [5, ['car', 'dog']]);
    const { metrics: written, analysis } = separate(metrics);
    assert.deepEqual(Object.keys(written), ['loss', 'images', 'difficult', 'voc07', 'voc12', 'coco']);
    assert.deepEqual(analysis, { errorTypes: metrics.errorTypes, bySize: metrics.bySize, curves: metrics.curves });
    assert.ok(Number.isFinite(metrics.loss));
  });

  it('weigh the loss of a batch by its images', async () => {
    const detector = smallDetector({ id2label: classes.names });
    const lossOf = async (ids: number[]) => (await splitMetrics(detector, part(ids), classes, { batchSize: 2 })).loss;
    const part = (indices: number[]): DetectionSplit => ({
      ...split,
      ids: indices.map((index) => split.ids[index]!),
      annotation: (i) => split.annotation(indices[i]!),
      image: (i) => split.image(indices[i]!),
      describe: (i) => split.describe(indices[i]!),
    });
    const [whole, pair, single] = [await lossOf([0, 1, 2]), await lossOf([0, 1]), await lossOf([2])];
    assert.ok(Math.abs(whole - (2 * pair + single) / 3) < 1e-5 * whole && Math.abs(pair - single) > 1e-3);
  });

  it('stop with the reason of the signal', async () => {
    const controller = new AbortController();
    const onImage = () => controller.abort(new Error('enough'));
    await assert.rejects(
      splitMetrics(smallDetector({ id2label: classes.names }), split, classes, {
        batchSize: 1,
        signal: controller.signal,
        onImage,
      }),
      /^Error: enough$/,
    );
  });

  it('are refused for other classes, and for a split without images', async () => {
    await assert.rejects(
      splitMetrics(smallDetector({ id2label: ['dog', 'car'] }), split, classes),
      /expected class 0 to be car, found dog/,
    );
    await assert.rejects(
      splitMetrics(smallDetector({ id2label: classes.names }), { ...split, ids: [] }, classes),
      /^InputError: Expected images in the split test, found none\.$/,
    );
  });
});
