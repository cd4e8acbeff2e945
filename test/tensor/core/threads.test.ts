import assert from 'node:assert/strict';
import * as torch from '../../../ts/tensor';

describe('threads of operators', () => {
  const before = torch.getNumThreads();
  beforeEach(() => torch.setNumThreads(3));
  after(() => torch.setNumThreads(before));

  it('are one inside of onOneThread, and as many as before after it', () => {
    assert.equal(
      torch.onOneThread(() => torch.getNumThreads()),
      1,
    );
    assert.equal(torch.getNumThreads(), 3);
  });

  it('come back when the body throws', () => {
    assert.throws(
      () =>
        torch.onOneThread(() => {
          throw new Error('no');
        }),
      /^Error: no$/,
    );
    assert.equal(torch.getNumThreads(), 3);
  });

  it('come back from nested calls', () => {
    torch.onOneThread(() => torch.onOneThread(() => {}));
    assert.equal(torch.getNumThreads(), 3);
  });
});
