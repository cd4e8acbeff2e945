import assert from 'node:assert/strict';
import { compareSlices, sliceMetrics } from '../../../../ts/tasks/facecls/analysis/slices';

/** So many images with these labels, of which the first so many have the second attribute right. */
interface Group {
  readonly labels: readonly [number, number];
  readonly images: number;
  readonly right: number;
}

/** The first attribute is always right. */
function outputs(groups: readonly Group[]) {
  const rows = groups.flatMap(({ labels: [slice, label], images, right }) =>
    Array.from({ length: images }, (_, i) => [slice, label, i < right === (label === 1) ? 1 : 0] as const),
  );
  return {
    attributes: ['Male', 'Hat'],
    labels: Uint8Array.from(rows.flatMap(([slice, label]) => [slice, label])),
    logits: Float32Array.from(rows.flatMap(([slice, , answer]) => [slice === 1 ? 2 : -2, answer === 1 ? 2 : -2])),
  };
}

describe('slices', () => {
  const groups: Group[] = [
    { labels: [1, 1], images: 20, right: 18 },
    { labels: [1, 0], images: 10, right: 10 },
    { labels: [0, 1], images: 10, right: 3 },
    { labels: [0, 0], images: 40, right: 30 },
  ];

  it('compare the recalls of both halves, with the margin of the difference', () => {
    const { gaps, compared } = compareSlices(outputs(groups));
    const [gap] = gaps;
    assert.deepEqual([gap!.slice, gap!.attribute], ['Male', 'Hat']);
    const close = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 1e-12, String(actual));
    close(gap!.yes, (0.9 + 1) / 2);
    close(gap!.no, (0.3 + 0.75) / 2);
    close(gap!.gap, 0.425);
    // One right and one wrong answer more for each recall: 19 of 22, 11 of 12, 4 of 12, 31 of 42.
    const variance = [19 / 22 / 22, 11 / 12 / 12, 4 / 12 / 12, 31 / 42 / 42].map(
      (share, i) => share * (1 - [19 / 22, 11 / 12, 4 / 12, 31 / 42][i]!),
    );
    close(gap!.margin, 1.96 * Math.sqrt(variance.reduce((sum, value) => sum + value, 0) / 4));
    // Male by Hat has no gap: it is always right.
    assert.deepEqual([gaps.length, compared], [1, 2]);
  });

  it('sum up each attribute as the one that divides, the largest gap first', () => {
    const [male, hat] = compareSlices(outputs(groups)).summaries;
    assert.deepEqual([male!.slice, male!.compared, male!.yes.images, male!.no.images], ['Male', 1, 30, 50]);
    assert.ok(Math.abs(male!.yes.accuracy! - 28 / 30) < 1e-12 && Math.abs(male!.no.accuracy! - 33 / 50) < 1e-12);
    assert.ok(Math.abs(male!.gap! - 0.425) < 1e-12);
    assert.deepEqual([hat!.slice, hat!.gap, hat!.yes.images], ['Hat', 0, 30]);
  });

  it('compare nothing with fewer than ten images for a recall', () => {
    const few = groups.map((group) => (group.labels.join() === '1,0' ? { ...group, images: 9, right: 9 } : group));
    const { gaps, compared, summaries } = compareSlices(outputs(few));
    assert.deepEqual([gaps, compared], [[], 0]);
    assert.deepEqual(
      summaries.map(({ compared, gap, yes }) => [compared, gap, yes.accuracy]),
      [
        [0, null, null],
        [0, null, null],
      ],
    );
  });

  it('are measured as splits are, by any division', () => {
    const all = outputs(groups);
    const members = Uint8Array.from({ length: 80 }, (_, image) => (image < 30 ? 1 : 0));
    const { yes, no } = sliceMetrics(all, members, Uint8Array.from([0, 0]));
    assert.deepEqual([yes!.images, no!.images], [30, 50]);
    assert.deepEqual(
      yes!.perAttribute.map(({ accuracy }) => accuracy),
      [1, 28 / 30],
    );
    assert.equal(no!.perAttribute[1]!.accuracy, 33 / 50);
    assert.equal(no!.perAttribute[1]!.majorityBaseline, 0.8);
    assert.equal(sliceMetrics(all, new Uint8Array(80), Uint8Array.from([0, 0])).yes, null);
  });
});
