import assert from 'node:assert/strict';
import { allPublic, allRegistered, survive } from '../tensor/fuzz/survive';

const SEED = Number(process.env['TORCHTS_FUZZ_SEED'] ?? '7');

describe('a hundred thousand random argument lists', () => {
  it(`at every registered operator (seed ${SEED})`, () => {
    assert.deepEqual(survive(allRegistered(), { seed: SEED, calls: 30 }), []);
  });

  it(`in the typed surface (seed ${SEED})`, () => {
    assert.deepEqual(survive(allPublic(), { seed: SEED + 1, calls: 30, surface: true }), []);
  });
});
