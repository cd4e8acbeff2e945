import assert from 'node:assert/strict';
import { averagePrecision, calibrationError, majorityLabels, splitMetrics } from '../../../ts/tasks/facecls/metrics';

const near = (actual: number | null, expected: number, tolerance = 1e-12) =>
  assert.ok(actual !== null && Math.abs(actual - expected) <= tolerance, `${actual}, expected ${expected}`);

/** The logit of a probability. */
const logit = (p: number) => Math.log(p / (1 - p));

describe('the figures of a split', () => {
  // Hat: three of four right, one of two positives found. Bald: never there, always denied.
  const outputs = {
    attributes: ['Hat', 'Bald'],
    logits: Float32Array.from([2, -1, -1, -2, -3, -1, -2, -2]),
    labels: Uint8Array.from([1, 0, 1, 0, 0, 0, 0, 0]),
  };
  const metrics = splitMetrics(outputs, Uint8Array.from([1, 0]));
  const [hat, bald] = metrics.perAttribute;

  it('are worked out for each attribute', () => {
    assert.equal(hat!.positives, 0.5);
    assert.equal(hat!.accuracy, 0.75);
    assert.equal(hat!.balancedAccuracy, (0.5 + 1) / 2);
    near(hat!.f1, (2 * 1 * 0.5) / 1.5);
    assert.equal(hat!.averagePrecision, 1);
  });

  it('take the majority of the training split as baseline, however the split at hand is made up', () => {
    assert.equal(hat!.majorityBaseline, 0.5);
    assert.equal(bald!.majorityBaseline, 1);
    assert.equal(metrics.majorityBaseline, 0.75);
    assert.equal(splitMetrics(outputs, Uint8Array.from([1, 1])).perAttribute[1]!.majorityBaseline, 0);
  });

  it('are defined for an attribute that never occurs', () => {
    assert.deepEqual([bald!.accuracy, bald!.balancedAccuracy, bald!.f1, bald!.averagePrecision], [1, 1, 0, null]);
  });

  it('have means over the attributes, average precision over those that occur', () => {
    assert.equal(metrics.images, 4);
    assert.equal(metrics.meanAccuracy, (0.75 + 1) / 2);
    assert.equal(metrics.meanAveragePrecision, 1);
    near(metrics.meanF1, hat!.f1 / 2);
  });

  it('have the mean cross entropy as loss', () => {
    const expected = [
      [2, 1],
      [-1, 0],
      [-1, 1],
      [-2, 0],
      [-3, 0],
      [-1, 0],
      [-2, 0],
      [-2, 0],
    ]
      .map(([x, y]) => -Math.log(y === 1 ? 1 / (1 + Math.exp(-x!)) : 1 - 1 / (1 + Math.exp(-x!))))
      .reduce((sum, term) => sum + term / 8, 0);
    near(metrics.loss, expected);
  });

  it('count a probability of one half as yes', () => {
    const split = splitMetrics(
      { attributes: ['Hat'], logits: Float32Array.from([0, 0]), labels: Uint8Array.from([1, 0]) },
      Uint8Array.from([0]),
    );
    assert.equal(split.meanAccuracy, 0.5);
    near(split.meanF1, 2 / 3);
  });

  it('do not overflow for sure answers', () => {
    const split = splitMetrics(
      { attributes: ['Hat'], logits: Float32Array.from([1000, -1000]), labels: Uint8Array.from([0, 0]) },
      Uint8Array.from([0]),
    );
    assert.equal(split.loss, 500);
  });
});

describe('average precision', () => {
  const ap = (scores: number[], labels: number[]) =>
    averagePrecision(Float32Array.from(scores), Uint8Array.from(labels));

  it('is that of the example of scikit-learn', () => near(ap([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]), 5 / 6));
  it('is 1 for a perfect order, whatever the scale', () => assert.equal(ap([-5, 3, 2], [0, 1, 1]), 1));
  it('is the share of positives when all scores are the same', () =>
    assert.equal(ap([1, 1, 1, 1], [0, 0, 0, 1]), 0.25));
  it('lets equal scores enter together, in any order', () => {
    near(ap([3, 2, 2, 1], [1, 0, 1, 1]), 1 / 3 + (1 / 3) * (2 / 3) + (1 / 3) * (3 / 4));
    assert.equal(ap([3, 2, 2, 1], [1, 0, 1, 1]), ap([3, 2, 2, 1], [1, 1, 0, 1]));
  });
  it('does not exist without positives', () => assert.equal(ap([1, 2], [0, 0]), null));
});

describe('the calibration error', () => {
  const error = (probabilities: number[], labels: number[]) =>
    calibrationError(Float32Array.from(probabilities, logit), Uint8Array.from(labels));

  it('is 0 when a stated probability is the frequency', () =>
    near(error([0.25, 0.25, 0.25, 0.25], [1, 0, 0, 0]), 0, 1e-7));
  it('is the gap between them', () => near(error([0.95, 0.95], [1, 0]), 0.45, 1e-7));
  it('weighs bins by their images', () => near(error([0.95, 0.95, 0.15], [1, 1, 0]), (2 * 0.05 + 0.15) / 3, 1e-7));
});

describe('the majority labels', () => {
  it('are the more frequent ones, no on a tie', () => {
    const rows = [
      [1, 1, 0],
      [1, 0, 0],
      [1, 1, 0],
      [0, 0, 0],
    ].map((row) => Uint8Array.from(row));
    assert.deepEqual([...majorityLabels(rows, 3)], [1, 0, 0]);
  });
});
