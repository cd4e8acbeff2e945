import assert from 'node:assert/strict';
import { allByHand, allPublic, allRegistered, survive } from './survive';

/** The short form; test/stress/fuzz.test.ts is the long one. */
describe('random arguments', () => {
  it('give typed errors or results, at every registered operator', function () {
    this.timeout(300_000);
    assert.deepEqual(survive(allRegistered(), { seed: 1, calls: 1 }), []);
  });

  it('give typed errors or results, in the typed surface', function () {
    this.timeout(300_000);
    assert.deepEqual(survive(allPublic(), { seed: 2, calls: 3, way: 'surface' }), []);
  });

  it('give errors or results, in what is written by hand', function () {
    this.timeout(300_000);
    assert.deepEqual(survive(allByHand(), { seed: 3, calls: 10, way: 'hand' }), []);
  });

  it('an operator that ends the process would be named', () => {
    assert.deepEqual(survive(['aten::relu', 'test::crash', 'aten::neg'], { seed: 1, calls: 1 }), [
      'test::crash: SIGSEGV',
    ]);
  });
});
