import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../../ts/errors';
import type { Outputs } from '../../../ts/tasks/facecls/metrics';
import {
  loadThresholds,
  metricsAtThresholds,
  saveThresholds,
  thresholdValues,
  tuneThresholds,
} from '../../../ts/tasks/facecls/thresholds';

describe('thresholds of attributes', () => {
  const logit = (probability: number) => Math.log(probability / (1 - probability));
  /** One attribute, or several, from their probabilities and labels. */
  const outputs = (columns: Readonly<Record<string, readonly (readonly [number, 0 | 1])[]>>): Outputs => {
    const attributes = Object.keys(columns);
    const rows = Object.values(columns)[0]!.length;
    const cells = Array.from({ length: rows }, (_, i) => attributes.map((name) => columns[name]![i]!)).flat();
    return {
      attributes,
      logits: Float32Array.from(cells, ([probability]) => logit(probability)),
      labels: Uint8Array.from(cells, ([, label]) => label),
    };
  };
  const close = (found: number, expected: number) => assert.ok(Math.abs(found - expected) < 1e-6, `${found}`);

  it('are those with the highest F1', () => {
    // From above: 1 of 1, 2 of 2, 2 of 3, 3 of 4, 3 of 5: F1 is 2/4, 4/5, 4/6, 6/7, 6/8.
    const { Hat } = tuneThresholds(
      outputs({
        Hat: [
          [0.9, 1],
          [0.3, 1],
          [0.25, 0],
          [0.2, 1],
          [0.1, 0],
        ],
      }),
    );
    close(Hat!.threshold, 0.15);
    assert.deepEqual([Hat!.precision, Hat!.recall], [3 / 4, 1]);
    close(Hat!.f1, 6 / 7);
  });

  it('are the nearest to one half where several are as good', () => {
    const { Hat } = tuneThresholds(
      outputs({
        Hat: [
          [0.9, 1],
          [0.8, 1],
          [0.1, 0],
        ],
      }),
    );
    assert.equal(Hat!.threshold, 0.5);
    assert.equal(Hat!.f1, 1);
  });

  it('do not part equal probabilities', () => {
    const { Hat } = tuneThresholds(
      outputs({
        Hat: [
          [0.7, 0],
          [0.7, 1],
          [0.7, 0],
          [0.2, 0],
        ],
      }),
    );
    assert.equal(Hat!.recall, 1);
    close(Hat!.precision!, 1 / 3);
  });

  it('are one half where no image has the attribute, or all have', () => {
    const tuned = tuneThresholds(
      outputs({
        Hat: [
          [0.4, 0],
          [0.6, 0],
        ],
        Young: [
          [0.6, 1],
          [0.7, 1],
        ],
      }),
    );
    assert.deepEqual(tuned['Hat'], { threshold: 0.5, precision: 0, recall: null, f1: 0 });
    assert.deepEqual(tuned['Young'], { threshold: 0.5, precision: 1, recall: 1, f1: 1 });
  });

  it('are never worse than one half on their own split, whatever it holds', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const value = (i: number) => ((i * 7919 * seed) % 97) / 97 + 0.005;
      const one = outputs({
        Hat: Array.from({ length: 30 }, (_, i) => [value(i), value(i + 50) > 0.6 ? 1 : 0] as const),
      });
      assert.ok(tuneThresholds(one)['Hat']!.f1 >= metricsAtThresholds(one, {})['Hat']!.f1, `seed ${seed}`);
    }
  });

  it('judge another split', () => {
    const other = outputs({
      Hat: [
        [0.4, 1],
        [0.35, 0],
        [0.2, 1],
        [0.1, 0],
      ],
    });
    const { Hat } = metricsAtThresholds(other, { Hat: 0.3 });
    assert.deepEqual([Hat!.threshold, Hat!.precision, Hat!.recall, Hat!.f1], [0.3, 0.5, 0.5, 0.5]);
    assert.deepEqual(metricsAtThresholds(other, {})['Hat'], { threshold: 0.5, precision: null, recall: 0, f1: 0 });
  });

  it('are kept beside the weights', () => {
    const folder = mkdtempSync(join(tmpdir(), 'thresholds-'));
    try {
      assert.equal(loadThresholds(folder), undefined);
      const tuned = tuneThresholds(
        outputs({
          Hat: [
            [0.9, 1],
            [0.3, 1],
            [0.1, 0],
          ],
          Young: [
            [0.6, 1],
            [0.7, 0],
            [0.1, 1],
          ],
        }),
      );
      saveThresholds(folder, tuned);
      assert.deepEqual(loadThresholds(folder), thresholdValues(tuned));
      for (const broken of ['words', '{"Hat":{"threshold":2}}', '{"Hat":{}}', '{"Hat":null}']) {
        writeFileSync(join(folder, 'thresholds.json'), broken);
        assert.throws(() => loadThresholds(folder), InputError, broken);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
