import assert from 'node:assert/strict';
import { brierScore, calibration, reliabilityBins } from '../../../../ts/tasks/facecls/analysis/calibration';
import { calibrationError } from '../../../../ts/tasks/facecls/metrics';

/** Single precision of the logits. */
const TOLERANCE = 1e-6;

const logits = (...probabilities: number[]) => Float32Array.from(probabilities, (p) => Math.log(p / (1 - p)));

function assertNear(actual: number | null, expected: number | null, what: string): void {
  if (actual === null || expected === null) assert.equal(actual, expected, what);
  else assert.ok(Math.abs(actual - expected) < TOLERANCE, `${what}: expected ${expected}, found ${actual}`);
}

describe('calibration', () => {
  const stated = logits(0.85, 0.85, 0.15, 0.55);
  const labels = Uint8Array.from([1, 0, 0, 1]);

  it('has mean probability and frequency of each bin, and nothing of an empty one', () => {
    const bins = reliabilityBins(stated, labels);
    assert.deepEqual(
      bins.map(({ count }) => count),
      [0, 1, 0, 0, 0, 1, 0, 0, 2, 0],
    );
    assert.deepEqual([bins[8]!.from, bins[8]!.to, bins[9]!.to], [0.8, 0.9, 1]);
    for (const [bin, probability, frequency] of [
      [0, null, null],
      [1, 0.15, 0],
      [5, 0.55, 1],
      [8, 0.85, 0.5],
    ] as const) {
      assertNear(bins[bin]!.probability, probability, `probability in bin ${bin}`);
      assertNear(bins[bin]!.frequency, frequency, `frequency in bin ${bin}`);
    }
  });

  it('takes a probability of one into the last bin, and as many bins as it is told', () => {
    assert.deepEqual(
      reliabilityBins(Float32Array.from([100, -100]), Uint8Array.from([1, 0]), 2).map(({ count }) => count),
      [1, 1],
    );
  });

  it('weights the distances of the bins by their answers', () => {
    // 0.15 and 0.45 of one answer each, 0.35 of two.
    const error = (0.15 + 0.45 + 2 * 0.35) / 4;
    assertNear(calibrationError(stated, labels), error, 'from the answers');
    const { all } = calibration({ attributes: ['A'], logits: stated, labels });
    assertNear(all.error, error, 'of the analysis');
    const fromBins = all.bins.reduce(
      (sum, { count, probability, frequency }) => sum + (count / 4) * Math.abs((probability ?? 0) - (frequency ?? 0)),
      0,
    );
    assertNear(fromBins, error, 'from the bins');
  });

  it('has the mean squared distance as the Brier score', () => {
    assertNear(brierScore(stated, labels), (0.15 ** 2 + 0.85 ** 2 + 0.15 ** 2 + 0.45 ** 2) / 4, 'Brier');
  });

  it('lets errors in opposite directions cancel in the whole, not in the mean over the attributes', () => {
    // In two images A is there at 0.5, B is not: together one half, as stated.
    const outputs = {
      attributes: ['A', 'B'],
      logits: logits(0.5, 0.5, 0.5, 0.5),
      labels: Uint8Array.from([1, 0, 1, 0]),
    };
    const { all, meanError, meanBrier, perAttribute } = calibration(outputs);
    assertNear(all.error, 0, 'of all');
    assertNear(meanError, 0.5, 'mean');
    assertNear(meanBrier, 0.25, 'Brier');
    assertNear(perAttribute['A']!.bins[5]!.frequency, 1, 'of A');
    assertNear(perAttribute['B']!.error, 0.5, 'of B');
  });
});
