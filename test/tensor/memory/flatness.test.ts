import assert from 'node:assert/strict';
import { courseOf } from '../../leak/course';
import { rises } from '../../leak/flatness';
import { ENOUGH, FLAT, LEAKING } from '../../leak/loops';

const STEPS: Readonly<Record<keyof typeof FLAT, number>> = {
  'synchronous, with scopes': 10_000,
  'synchronous, without any explicit call': 10_000,
  'async scopes that interleave': 1000,
  'JavaScript in backward passes': 2000,
  'JavaScript in backward passes, without scopes': 2000,
  'JavaScript in backward passes, on threads of autograd’s': 2000,
  'a data loader': 1000,
  'memory that JavaScript lends': 4000,
  'large tensors, nothing else': 4000,
  'small tensors, nothing else': 40_000,
  'memory that runs out': 2000,
  'the leak finder': 48,
};

/** What may live at once of all that was made, where only the collector frees. */
const MOST: Readonly<Partial<Record<string, number>>> = {
  'synchronous, without any explicit call': 10_000,
  'small tensors, nothing else': 8_000,
  'large tensors, nothing else': 1_500,
};

/** The short form of test/leak/memory.test.ts. */
describe('memory over the steps of a loop', function () {
  this.timeout(300_000);

  for (const [loop, steps] of Object.entries(STEPS)) {
    it(`stays flat: ${loop}`, () => {
      const { samples, left } = courseOf(loop, { steps });
      assert.deepEqual(rises(samples), []);
      const most = Math.max(...samples.map(({ tensors }) => tensors));
      assert.ok(most <= (MOST[loop] ?? Infinity), `${most} tensors lived at once`);
      assert.ok(left < 500, `${left} tensors after a collection`);
    });
  }

  for (const loop of Object.keys(LEAKING)) {
    it(`is found to rise: ${loop}`, () => assert.notDeepEqual(rises(courseOf(loop, { steps: ENOUGH }).samples), []));
  }
});
