import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rises } from '../leak/flatness';
import { generations } from '../native/generations-run';
import { seconds } from './minutes';

const folder = path.join(__dirname, '../../build/memory');

/** The long form of the test of generations in test/native/workers.test.ts. */
describe('worker_threads, for long', function () {
  this.timeout(0);

  it('generations of eight, some killed in the middle of their work, leave nothing behind', () => {
    const samples = generations('seconds', seconds(480));
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'workers.json'), JSON.stringify(samples));
    assert.deepEqual(rises(samples, { fewest: 4 }), []);
  });
});
