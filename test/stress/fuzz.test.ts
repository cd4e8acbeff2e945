import assert from 'node:assert/strict';
import { allByHand, allPublic, allRegistered, survive } from '../tensor/fuzz/survive';
import { turns } from './minutes';

const SEED = Number(process.env['TORCHTS_FUZZ_SEED'] ?? '7');
const CALLS = turns(30);

describe('a hundred thousand random argument lists', function () {
  this.timeout(0);

  it(`at every registered operator (seed ${SEED})`, () => {
    assert.deepEqual(survive(allRegistered(), { seed: SEED, calls: CALLS }), []);
  });

  it(`in the typed surface (seed ${SEED})`, () => {
    assert.deepEqual(survive(allPublic(), { seed: SEED + 1, calls: CALLS, way: 'surface' }), []);
  });

  it(`in what is written by hand (seed ${SEED})`, () => {
    assert.deepEqual(survive(allByHand(), { seed: SEED + 2, calls: 4 * CALLS, way: 'hand' }), []);
  });
});
