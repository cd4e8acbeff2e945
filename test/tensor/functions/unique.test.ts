import assert from 'node:assert/strict';
import { torch } from '../../../ts';
import { InputError } from '../../../ts/errors';
import type { Tensor } from '../../../ts';

const x = torch.keep(torch.tensor([2, 1, 1, 2, 2]));
const lists = (tensors: Tensor | Tensor[]): unknown =>
  Array.isArray(tensors) ? tensors.map((tensor) => tensor.toArray()) : tensors.toArray();

describe("distinct elements, with PyTorch's arguments by position", () => {
  it('unique(input, sorted, returnInverse, returnCounts, dim)', () => {
    assert.deepEqual(lists(torch.unique(x, true)), [1, 2]);
    assert.deepEqual(lists(torch.unique(x, true, true)), [
      [1, 2],
      [1, 0, 0, 1, 1],
    ]);
    assert.deepEqual(lists(torch.unique(x, true, false, true)), [
      [1, 2],
      [2, 3],
    ]);
    assert.deepEqual(lists(x.unique(true, false, true)), [
      [1, 2],
      [2, 3],
    ]);
    assert.deepEqual(
      lists(
        torch.unique(
          torch.tensor([
            [1, 2],
            [1, 2],
            [0, 3],
          ]),
          true,
          false,
          false,
          0,
        ),
      ),
      [
        [0, 3],
        [1, 2],
      ],
    );
  });

  it('uniqueConsecutive(input, returnInverse, returnCounts, dim)', () => {
    assert.deepEqual(lists(torch.uniqueConsecutive(x, true, true)), [
      [2, 1, 2],
      [0, 1, 1, 2, 2],
      [1, 2, 2],
    ]);
    assert.deepEqual(lists(x.uniqueConsecutive(false, true)), [
      [2, 1, 2],
      [1, 2, 2],
    ]);
    assert.deepEqual(
      lists(
        torch.uniqueConsecutive(
          torch.tensor([
            [1, 2],
            [1, 2],
            [0, 3],
          ]),
          false,
          false,
          0,
        ),
      ),
      [
        [1, 2],
        [0, 3],
      ],
    );
    assert.deepEqual(lists(torch.uniqueConsecutive(x, { returnCounts: true })), [
      [2, 1, 2],
      [1, 2, 2],
    ]);
  });

  it('refuse what does not exist', () => {
    assert.throws(() => torch.unique(x, { counts: true } as never), InputError);
    assert.throws(() => torch.uniqueConsecutive(x, ...([false, false, 0, 1] as unknown as [boolean])), InputError);
  });
});
