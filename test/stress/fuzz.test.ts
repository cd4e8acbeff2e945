import assert from 'node:assert/strict';
import { allPublic, allRegistered, survive } from '../tensor/fuzz/survive';
import { turns } from './minutes';

const SEED = Number(process.env['TORCHTS_FUZZ_SEED'] ?? '7');
const CALLS = turns(30);

describe('a hundred thousand random argument lists', function () {
  this.timeout(0);

  it(`at every registered operator (seed ${SEED})`, () => {
    assert.deepEqual(survive(allRegistered(), { seed: SEED, calls: CALLS }), []);
  });

  it(`in the typed surface (seed ${SEED})`, () => {
    assert.deepEqual(survive(allPublic(), { seed: SEED + 1, calls: CALLS, surface: true }), []);
  });
});
