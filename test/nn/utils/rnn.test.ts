import assert from 'node:assert/strict';
import { InputError, ShapeError } from '../../../ts/errors';
import * as nn from '../../../ts/nn';
import * as torch from '../../../ts/tensor';
import { liveTensors } from '../../live-tensors';
import { assertSame, goldenTensors } from '../golden';

const { rnn } = nn.utils;

describe('packed sequences', () => {
  const golden = goldenTensors('nn-recurrent');
  const sequences = [torch.tensor([0, 1]), torch.tensor([10, 11, 12, 13]), torch.tensor([20, 21, 22])];

  it('are PyTorch’s, step by step, longest first', () => {
    const pack = rnn.packSequence(sequences, { enforceSorted: false });
    assertSame(pack.data, golden.get('pack.data'));
    assertSame(pack.batchSizes, golden.get('pack.batch_sizes'));
    assertSame(pack.sortedIndices!, golden.get('pack.sorted'));
    assertSame(pack.unsortedIndices!, golden.get('pack.unsorted'));
  });

  it('come back in the order in which they went', () => {
    const back = rnn.unpackSequence(rnn.packSequence(sequences, { enforceSorted: false }));
    assert.deepEqual(
      back.map((sequence) => sequence.toArray()),
      sequences.map((sequence) => sequence.toArray()),
    );
  });

  it('padSequence fills up at either side', () => {
    assertSame(
      rnn.padSequence(sequences, { batchFirst: true, paddingValue: -1, paddingSide: 'left' }),
      golden.get('pack.padded'),
    );
    assert.deepEqual(rnn.padSequence(sequences).shape, [4, 3]);
  });

  it('leave nothing behind but their tensors', async () => {
    const before = await liveTensors();
    const pack = rnn.packSequence(sequences, { enforceSorted: false });
    assert.equal(torch.memory().tensors, before + 4);
    const padded = rnn.padPackedSequence(pack);
    assert.equal(torch.memory().tensors, before + 4 + padded.length);
  });

  it('refuse lengths that do not fit', () => {
    const padded = torch.zeros([3, 5, 2]);
    const options = { batchFirst: true };
    assert.throws(() => rnn.packPaddedSequence(padded, [5, 3], options), ShapeError);
    assert.throws(() => rnn.packPaddedSequence(padded, [5, 3, 0], options), /lengths must lie between 1 and 5, got 0/);
    assert.throws(() => rnn.packPaddedSequence(padded, [5, 3, 6], { ...options, enforceSorted: false }), /got 6/);
    assert.throws(() => rnn.packPaddedSequence(padded, [3, 5, 2], options), InputError);
    const pack = rnn.packPaddedSequence(padded, [5, 3, 2], options);
    assert.throws(
      () => rnn.padPackedSequence(pack, { totalLength: 4 }),
      /totalLength must be at least 5, the longest length, got 4/,
    );
  });
});
