import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { seconds } from '../stress/minutes';
import { courseOf } from './course';
import { rises } from './flatness';
import { ENOUGH, FLAT, LEAKING } from './loops';

/** The samples stay here, for whoever looks into a failure. */
const folder = path.join(__dirname, '../../build/memory');

/** The long form of test/tensor/memory/flatness.test.ts: the same loops, for minutes. */
describe('memory, for long', function () {
  this.timeout(0);
  before(() => mkdirSync(folder, { recursive: true }));

  for (const loop of Object.keys(FLAT)) {
    it(`stays flat: ${loop}`, () => {
      const course = courseOf(loop, { seconds: seconds(loop.startsWith('synchronous') ? 120 : 45) });
      writeFileSync(path.join(folder, `${loop}.json`), JSON.stringify(course));
      assert.deepEqual(rises(course.samples), []);
      assert.ok(course.left < 500, `${course.left} tensors after a collection`);
    });
  }

  for (const loop of Object.keys(LEAKING)) {
    it(`is found to rise: ${loop}`, () => assert.notDeepEqual(rises(courseOf(loop, { steps: ENOUGH }).samples), []));
  }
});
