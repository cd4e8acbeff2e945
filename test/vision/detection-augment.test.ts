import assert from 'node:assert/strict';
import { Rng } from '../../ts/data/rng';
import { detectionAugmentDefaults, planDetectionAugment } from '../../ts/vision/detection-augment';
import { extentAfter } from '../../ts/vision/steps';

const extent = { width: 500, height: 375 };
const plan = (index: number, options?: Parameters<typeof planDetectionAugment>[2]) =>
  planDetectionAugment(new Rng(3, 1, index), extent, options);

describe('planDetectionAugment', () => {
  const plans = Array.from({ length: 2000 }, (_, index) => plan(index));
  const share = (test: (steps: (typeof plans)[number]) => boolean) => plans.filter(test).length / plans.length;

  it('mirrors one half of the images and cuts a part out of one half, as the paper', () => {
    assert.ok(Math.abs(share((steps) => steps[0]!.kind === 'mirror') - 0.5) < 0.04);
    assert.ok(Math.abs(share((steps) => steps.some(({ kind }) => kind === 'crop')) - 0.5) < 0.04);
    assert.ok(
      Math.abs(share((steps) => steps[0]!.kind === 'mirror' && steps.some(({ kind }) => kind === 'crop')) - 0.25) <
        0.04,
    );
  });

  it('ends with each of the sizes, never longer than the limit', () => {
    const ends = plans.map((steps) => extentAfter(steps, extent));
    assert.ok(ends.every(({ width, height }) => Math.max(width, height) <= 1333));
    const whole = plans.flatMap((steps, index) =>
      steps.some(({ kind }) => kind === 'crop') ? [] : [ends[index]!.height],
    );
    assert.deepEqual(
      [...new Set(whole)].sort((a, b) => a - b),
      [...detectionAugmentDefaults.sizes],
    );
  });

  it('cuts parts of 384 to 600 pixels out of images made 400, 500 or 600 high', () => {
    const cut = plans.flatMap((steps) => {
      const at = steps.findIndex(({ kind }) => kind === 'crop');
      return at < 0
        ? []
        : [
            {
              before: extentAfter(steps.slice(0, at), extent),
              part: steps[at] as Extract<(typeof steps)[number], { kind: 'crop' }>,
            },
          ];
    });
    assert.deepEqual([...new Set(cut.map(({ before }) => before.height))].sort(), [400, 500, 600]);
    for (const { before, part } of cut) {
      assert.ok(part.width >= 384 && part.width <= 600 && part.height >= 384 && part.height <= 600);
      assert.ok(
        part.left >= 0 &&
          part.top >= 0 &&
          part.left + part.width <= before.width &&
          part.top + part.height <= before.height,
      );
    }
    assert.equal(Math.min(...cut.map(({ part }) => part.height)), 384);
    assert.equal(Math.max(...cut.map(({ part }) => part.width)), 600);
    assert.ok(
      cut.some(({ part }) => part.left === 0) &&
        cut.some(({ before, part }) => part.left === before.width - part.width),
    );
  });

  it('takes whole sides of an image that has no more', () => {
    const steps = planDetectionAugment(
      new Rng(0),
      { width: 50, height: 40 },
      { crop: 1, flip: 0, cropFrom: [40], sizes: [40] },
    );
    assert.deepEqual(steps[1], { kind: 'crop', left: 0, top: 0, width: 50, height: 40 });
  });

  it('follows from its random numbers alone, each option from its own', () => {
    assert.deepEqual(plan(7), plan(7));
    assert.notDeepEqual(plan(7), plan(8));
    for (let index = 0; index < 20; index++) {
      const [never, always] = [plan(index, { flip: 0, crop: 0 }), plan(index, { flip: 1, crop: 0 })];
      assert.deepEqual(always, [{ kind: 'mirror' }, ...never]);
    }
  });
});
