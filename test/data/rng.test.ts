import assert from 'node:assert/strict';
import { philox4x32, Rng } from '../../ts/data/rng';

const draw = (rng: Rng, count: number) => Array.from({ length: count }, () => rng.uint32());

describe('Rng', () => {
  // The known answers published with the paper's reference code (Random123, kat_vectors).
  const known = [
    { counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
    {
      counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      key: [0xffffffff, 0xffffffff],
      words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ] as const;
  for (const { counter, key, words } of known) {
    it(`gives the published answer for counter ${counter[0].toString(16)}`, () => {
      const out = new Uint32Array(4);
      philox4x32(out, counter, key);
      assert.deepEqual([...out], [...words]);
    });
  }

  it('repeats a stream from its name alone', () => {
    assert.deepEqual(draw(new Rng(7, 3, 5), 9), draw(new Rng(7, 3, 5), 9));
  });

  it('gives other numbers for another seed, epoch or index, and for the high bits of a seed', () => {
    const first = [
      new Rng(7, 3, 5),
      new Rng(8, 3, 5),
      new Rng(7, 4, 5),
      new Rng(7, 3, 6),
      new Rng(7 + 2 ** 40, 3, 5),
    ].map((rng) => rng.uint32());
    assert.equal(new Set(first).size, 5);
  });

  it('fills [0, 1) evenly', () => {
    const rng = new Rng(1);
    const bins = new Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) bins[Math.floor(rng.uniform() * 10)]!++;
    for (const count of bins) assert.ok(Math.abs(count - 2000) < 200, `a tenth of the interval was hit ${count} times`);
  });

  it('draws each integer below a bound, and none at it', () => {
    const rng = new Rng(2);
    const seen = new Set(Array.from({ length: 400 }, () => rng.integer(7)));
    assert.deepEqual([...seen].sort(), [0, 1, 2, 3, 4, 5, 6]);
  });

  it('permutes: every number once, the same order for the same name', () => {
    const order = new Rng(3, 1).permutation(1000);
    assert.deepEqual(
      [...order].sort((x, y) => x - y),
      Array.from({ length: 1000 }, (_, i) => i),
    );
    assert.deepEqual(order, new Rng(3, 1).permutation(1000));
    assert.notDeepEqual(order, new Rng(3, 2).permutation(1000));
  });

  it('permutes nothing and one thing', () => {
    assert.deepEqual([...new Rng(0).permutation(0)], []);
    assert.deepEqual([...new Rng(0).permutation(1)], [0]);
  });

  for (const seed of [-1, 0.5, NaN, 2 ** 53]) {
    it(`refuses the seed ${seed}`, () => {
      assert.throws(() => new Rng(seed), /Rng: expected an integer from 0 to 9007199254740991 for seed/);
    });
  }
});
