import assert from 'node:assert/strict';
import { constants } from 'node:buffer';
import { join } from 'node:path';
import { jit } from '../../ts';
import { DTypeError } from '../../ts/errors';

// Takes 1.5 GB for a moment.
describe('a string of TorchScript', () => {
  const script = jit.load(join(__dirname, '../golden/script-unwritable.pt'));
  const text = (length: number): unknown => script.call('text', length);

  it('is one of JavaScript', () => assert.equal(text(8), 'xxxxxxxx'));

  it('is refused where it is longer than those can be', () =>
    assert.throws(
      () => text(constants.MAX_STRING_LENGTH + 1),
      (error: Error) => error instanceof DTypeError && /longer than strings of JavaScript can be/.test(error.message),
    ));
});
