import assert from 'node:assert/strict';
import { Outbox, RefusedError } from '../../../ts/train/tracking/outbox';

describe('an outbox', () => {
  const told: [string, boolean][] = [];
  const outbox = () => {
    told.length = 0;
    return new Outbox({ pausesMs: [0], onFailure: ({ message }, isRefused) => void told.push([message, isRefused]) });
  };

  it('sends one thing after another, and tries again what fails, saying so once', async () => {
    const box = outbox();
    const sent: string[] = [];
    let failures = 0;
    box.push(() => (++failures < 4 ? Promise.reject(new Error('away')) : Promise.resolve(void sent.push('one'))));
    box.push(() => Promise.resolve(void sent.push('two')));
    assert.equal(await box.close(10_000), true);
    assert.deepEqual([sent, told], [['one', 'two'], [['away', false]]]);
  });

  it('says what is refused, after failures too, and sends nothing more', async () => {
    const box = outbox();
    let calls = 0;
    box.push(() => Promise.reject(++calls < 3 ? new Error('away') : new RefusedError('no')));
    box.push(() => Promise.resolve(assert.fail('it was sent')));
    assert.equal(await box.close(10_000), true);
    assert.deepEqual(told, [
      ['away', false],
      ['no', true],
    ]);
  });
});
