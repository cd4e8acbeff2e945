import assert from 'node:assert/strict';
import { allByHand, allPublic, allRegistered, survive } from '../tensor/fuzz/survive';
import { turns } from './minutes';

/** TORCHTS_FUZZ_SEED runs one of them alone. */
const SEEDS = process.env['TORCHTS_FUZZ_SEED']
  ? [Number(process.env['TORCHTS_FUZZ_SEED'])]
  : Array.from({ length: 10 }, (_, i) => i + 1);
/** Calls an operator and seed: some 31,000 for each seed. */
const CALLS = turns(6);

describe('three hundred thousand random argument lists', function () {
  this.timeout(0);

  for (const seed of SEEDS) {
    it(`at every registered operator (seed ${seed})`, () => {
      assert.deepEqual(survive(allRegistered(), { seed, calls: CALLS }), []);
    });

    it(`in the typed surface (seed ${seed})`, () => {
      assert.deepEqual(survive(allPublic(), { seed, calls: CALLS, way: 'surface' }), []);
    });

    it(`in what is written by hand (seed ${seed})`, () => {
      assert.deepEqual(survive(allByHand(), { seed, calls: CALLS, way: 'hand' }), []);
    });
  }
});
