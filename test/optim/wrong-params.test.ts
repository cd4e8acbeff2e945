import assert from 'node:assert/strict';
import { data, optim } from '../../ts';
import { InputError } from '../../ts/errors';

describe('what cannot be iterated over', () => {
  for (const wrong of [undefined, null, 3, 'x', {}]) {
    it(`is named by optimizers and datasets: ${JSON.stringify(wrong)}`, () => {
      for (const make of [
        () => new optim.SGD(wrong as never, { lr: 0.1 }),
        () => new optim.Adam(wrong as never),
        () => new data.ConcatDataset(wrong as never),
      ]) {
        assert.throws(
          make,
          (error: Error) =>
            error instanceof InputError &&
            /^(SGD|Adam|ConcatDataset): expected (an iterable of .*|params), found/.test(error.message),
        );
      }
    });
  }
});
