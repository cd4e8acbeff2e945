import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { inFlight } from '../../ts/data/in-flight';

describe('inFlight', () => {
  it('does the work of every index once, no more at a time than told', async () => {
    const done: number[] = [];
    let [now, most] = [0, 0];
    await inFlight(
      20,
      async (index) => {
        most = Math.max(most, ++now);
        await sleep(index % 3);
        now--;
        done.push(index);
      },
      4,
    );
    assert.deepEqual(
      done.sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, i) => i),
    );
    assert.equal(most, 4);
  });

  it('starts nothing after a failure, and waits for what is under way', async () => {
    const ended: number[] = [];
    const running = inFlight(
      100,
      async (index) => {
        if (index === 2) throw new Error('third');
        await sleep(5);
        ended.push(index);
      },
      3,
    );
    await assert.rejects(running, /^Error: third$/);
    assert.deepEqual(ended, [0, 1]);
  });

  it('does nothing for nothing', async () => {
    await inFlight(0, () => Promise.reject(new Error('called')));
  });
});
