import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Rng } from '../../ts/data/rng';
import { leftBy, trainKilled } from '../train/kills';

describe('a training that is killed fifty times', () => {
  it('leaves the same files as one that was left alone', async () => {
    const root = mkdtempSync(join(tmpdir(), 'kill-'));
    try {
      const seed = Math.floor(Math.random() * 2 ** 31);
      const rng = new Rng(seed);
      const settings = { epochs: 120, steps: 4, random: () => rng.uniform() };
      const [whole, broken] = [join(root, 'whole'), join(root, 'broken')];
      await trainKilled({ ...settings, run: whole, kills: 0 });
      const { kills, whileSaving } = await trainKilled({ ...settings, run: broken, kills: 50 });
      assert.deepEqual(leftBy(broken), leftBy(whole), `with the seed ${seed}`);
      assert.equal(kills, 50);
      assert.ok(whileSaving >= 5, `${whileSaving} kills met a step beside a checkpoint`);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
