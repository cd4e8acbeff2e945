import assert from 'node:assert/strict';
import type { TrialEntry } from '../../../ts/train/sweep/journal';
import { sweepReport } from '../../../ts/train/sweep/report';
import { searchOf } from '../../../ts/train/sweep/search';

const search = searchOf({
  parameters: { x: [1, 2], lr: { min: 1e-4, max: 1e-1, scale: 'log' } },
  method: 'random',
  mode: 'min',
  trials: 5,
  startup: 10,
  seed: 0,
  halving: null,
});

const trial = (number: number, x: number, lr: number, value: number | null, error?: string): TrialEntry => ({
  ...{ trial: number, state: value === null ? 'failed' : 'done', parameters: { x, lr }, value, seconds: 1 },
  ...(error !== undefined && { error }),
});

const entries = [trial(0, 1, 1e-3, 4), trial(1, 2, 1e-1, 8), trial(2, 2, 1e-4, null, 'a <b> of memory')];

describe('the report of a sweep', () => {
  const { html, json } = sweepReport({ folder: 'models/sweep', metric: 'loss', config: { seed: 0 }, search, entries });

  it('has a line a trial across the axes, the best one marked', () => {
    // Axes at 90, 260 and 430, from 286 at the bottom to 34 at the top. Of two choices the middles are a quarter and three quarters
    // up; 1e-3 is a third up of 1e-4 to 1e-1.
    assert.match(html, /<polyline class="trial best" style="--merit:1\.000" points="90,223 260,202 430,286">/);
    assert.match(html, /<polyline class="trial" style="--merit:0\.000" points="90,97 260,34 430,34">/);
    assert.match(html, /<polyline class="trial failed" style="--merit:0\.000" points="90,97 260,286">/);
    assert.match(html, /<title>trial 2: a &#60;b&#62; of memory; x 2, lr 1e-4<\/title>/);
  });

  it('has a dot for each trial with a metric in a plot of each key', () => {
    assert.equal(html.match(/<circle class="dot/g)!.length, 4);
    assert.equal(html.match(/<circle class="dot best"/g)!.length, 2);
    assert.match(html, /aria-label="loss over lr"/);
  });

  it('has powers of ten beside an axis of factors', () => {
    for (const text of ['1e-4', '0.001', '0.01', '0.1'])
      assert.match(html, new RegExp(`text-anchor="end">${text}</text>`));
  });

  it('has columns of numbers that sort as numbers, in a few digits', () => {
    for (const key of ['x', 'lr'])
      assert.match(html, new RegExp(`<th[^>]*class="number"><button[^>]*>${key}</button>`));
    assert.match(html, /<td class="number" data-value="0\.0001">1e-4<\/td>/);
  });

  it('is data too', () => {
    assert.deepEqual(json, { metric: 'loss', mode: 'min', best: 0, settings: { seed: 0 }, trials: entries });
  });

  it('stands before the first trial has ended', () => {
    const { html: empty } = sweepReport({ folder: 'sweep', metric: 'loss', config: {}, search, entries: [] });
    assert.match(empty, /none yet/);
    const [, plots] = /<h2>All trials at once(.*?)<h2>On the way/s.exec(empty)!;
    assert.doesNotMatch(plots!.replace(/<style>.*?<\/style>/s, ''), /NaN|undefined|Infinity/);
  });
});
