import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Rng } from '../../ts/data/rng';
import { leftBy, trainKilled } from './kills';

describe('a training that is killed', () => {
  let root: string;
  before(() => (root = mkdtempSync(join(tmpdir(), 'kill-'))));
  after(() => rmSync(root, { recursive: true }));

  it('and resumed, three times, leaves the same files as one that was left alone', async function () {
    this.timeout(120_000);
    const seed = Math.floor(Math.random() * 2 ** 31);
    const rng = new Rng(seed);
    const settings = { epochs: 8, steps: 4, random: () => rng.uniform() };
    const [whole, broken] = [join(root, 'whole'), join(root, 'broken')];
    const [, { kills }] = await Promise.all([
      trainKilled({ ...settings, run: whole, kills: 0 }),
      trainKilled({ ...settings, run: broken, kills: 3 }),
    ]);
    assert.deepEqual(leftBy(broken), leftBy(whole), `with the seed ${seed}, after ${kills} kills`);
    assert.equal(kills, 3);
  });
});
