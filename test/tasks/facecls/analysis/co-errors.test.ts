import assert from 'node:assert/strict';
import { coErrorPairs, coErrors, confusedPairs } from '../../../../ts/tasks/facecls/analysis/co-errors';

/** One row of labels and answers for each image. */
function outputs(attributes: string[], ...images: readonly (readonly [labels: string, answers: string])[]) {
  return {
    attributes,
    labels: Uint8Array.from(images.flatMap(([labels]) => [...labels].map(Number))),
    logits: Float32Array.from(images.flatMap(([, answers]) => [...answers].map((answer) => (answer === '1' ? 1 : -1)))),
  };
}

describe('errors of pairs', () => {
  // Hat for Hair twice, both missed once, Hair alone claimed once, one image right.
  const errors = coErrors(
    outputs(['Hat', 'Hair', 'Young'], ['100', '010'], ['101', '011'], ['110', '000'], ['000', '010'], ['001', '001']),
  );

  it('are counted as missed and claimed, together and each for the other', () => {
    assert.deepEqual(errors.missed, [3, 1, 0]);
    assert.deepEqual(errors.claimed, [0, 3, 0]);
    assert.deepEqual(errors.both, [
      [3, 3, 0],
      [3, 4, 0],
      [0, 0, 0],
    ]);
    assert.deepEqual(errors.confused, [
      [0, 2, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
    assert.equal(errors.images, 5);
  });

  it('are correlated by the phi coefficient, which does not exist for one that is never wrong', () => {
    // n11 = 3, n10 = 0, n01 = 1, n00 = 1: (3 * 1 - 0 * 1) / sqrt(3 * 2 * 4 * 1).
    const phi = errors.correlation[0]![1]!;
    assert.ok(Math.abs(phi - 3 / Math.sqrt(24)) < 1e-12, String(phi));
    assert.equal(errors.correlation[0]![0], 1);
    assert.deepEqual(errors.correlation[2], [null, null, null]);
  });

  it('are listed once a pair, with as many as chance would have', () => {
    assert.deepEqual(coErrorPairs(errors, 1), [
      { attributes: ['Hat', 'Hair'], both: 3, expected: (3 * 4) / 5, correlation: errors.correlation[0]![1] },
    ]);
    assert.deepEqual(coErrorPairs(errors), [], 'fewer than five');
  });

  it('are listed as confusions where they are more frequent than elsewhere', () => {
    // Hair is claimed in two of three images without the Hat that is there, and in one of the two others.
    assert.deepEqual(confusedPairs(errors, 1), [
      { missed: 'Hat', claimed: 'Hair', images: 2, share: 2 / 3, otherwise: 1 / 2 },
    ]);
    assert.deepEqual(confusedPairs(errors, 3), []);
    const everywhere = coErrors(outputs(['A', 'B'], ['10', '01'], ['10', '11']));
    assert.deepEqual(confusedPairs(everywhere, 1), [], 'B is claimed wherever it is not');
  });

  it('put the strongest first', () => {
    const three = coErrors(
      outputs(['A', 'B', 'C'], ['100', '011'], ['100', '010'], ['000', '110'], ['000', '000'], ['000', '000']),
    );
    assert.deepEqual(
      confusedPairs(three, 1).map(({ claimed, images }) => [claimed, images]),
      [
        ['B', 2],
        ['C', 1],
      ],
    );
    const pairs = coErrorPairs(three, 1).map(({ correlation }) => correlation);
    assert.equal(pairs.length, 3);
    assert.deepEqual(
      pairs,
      [...pairs].sort((a, b) => b - a),
    );
  });
});
