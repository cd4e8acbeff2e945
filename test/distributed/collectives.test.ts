import assert from 'node:assert/strict';
import { node, results, runRanks } from './ranks';

interface Found {
  readonly calls: Record<string, unknown>;
  readonly groups: {
    readonly ranks: number[];
    readonly own: number[];
    readonly sum: number[];
    readonly refusals: Record<string, string>;
  };
  readonly overlap: { readonly sums: boolean; readonly large: number; readonly turned: boolean };
  readonly backward: { readonly mean: number; readonly turned: boolean };
  readonly initialized: boolean;
}

/** What both ranks find, or what each of them does. Rank r has [r + 1, 10 (r + 1)]. */
const EXPECTED: Record<string, { both: unknown } | { each: readonly [unknown, unknown] }> = {
  'allReduce sum': { both: [3, 30] },
  'allReduce product': { both: [2, 200] },
  'allReduce min': { both: [1, 10] },
  'allReduce max': { both: [2, 20] },
  'allReduce bxor': { both: [0b0110] },
  'allReduce complex': { both: [{ re: 1, im: 2 }] },
  broadcast: { both: [2, 20] },
  broadcastCoalesced: { both: [[2, 20], [200, 2000], [true], [{ re: 1, im: 1 }]] },
  reduce: { each: [[3, 30], null] },
  allGather: { both: [[1, 10], [2, 20]] },
  allGatherIntoTensor: { both: [1, 10, 2, 20] },
  gather: { each: [null, [[1, 10], [2, 20]]] },
  scatter: { each: [[1, 2], [3, 4]] },
  reduceScatter: { each: [[3, 30], [300, 3000]] },
  reduceScatterTensor: { each: [[3], [30]] },
  allToAll: { each: [[[1, 10], [2, 20]], [[-1, -10], [-2, -20]]] },
  allToAllSingle: { each: [[1, 2], [1, 1, 2, 2]] },
  'isend, irecv': { each: [[1, [2, 20]], [0, [1, 10]]] },
  'recv from any': { each: [undefined, [0, [1, 10]]] },
  allGatherObject: { both: [{ rank: 0, of: 1, text: '' }, { rank: 1, of: 1, text: 'é' }] },
  gatherObject: { each: [null, [[0], [1]]] },
  broadcastObjectList: { both: ['a', { b: 1 }, null] },
  scatterObjectList: { each: ['for 0', ['for', 1]] },
}; // prettier-ignore

describe('two processes', () => {
  let found: Found[];

  before(async () => {
    const program = node('collectives-program');
    found = results<Found>(await runRanks([program, program]));
  });

  for (const [call, wanted] of Object.entries(EXPECTED))
    it(`get of ${call} what PyTorch says`, () => {
      const expected = 'both' in wanted ? [wanted.both, wanted.both] : wanted.each;
      assert.deepEqual(
        found.map(({ calls }) => calls[call]),
        expected,
      );
    });

  it('make groups of some of them', () => {
    assert.deepEqual(
      found.map(({ groups }) => [groups.ranks, groups.own, groups.sum]),
      [
        [[0, 1], [0, -1, 2, 1], [1]],
        [[0, 1], [1, 0, 2, 1], [1]],
      ],
    );
  });

  it('are told what is wrong with a call before it begins', () => {
    const { refusals } = found[0]!.groups;
    assert.deepEqual(
      { ...refusals, 'a view that is not contiguous': refusals['a view that is not contiguous']!.split(':')[0] },
      {
        'of another group':
          'InputError: allReduce: expected a group that this process belongs to, found one of the ranks 1',
        'a rank that is not there': "InputError: broadcast: expected one of the group's ranks 0, 1 for src, found 2",
        'an average':
          'InputError: allReduce: expected an op that gloo has, found avg; use ReduceOp.SUM, and divide by getWorldSize()',
        'no bytes for a message':
          'InputError: broadcastCoalesced: expected a whole number of bytes for bufferSize, found 0',
        'no tensor': 'InputError: broadcastCoalesced: expected an iterable of tensors for tensors, found 1',
        'a short list': 'InputError: allGather: expected 2 tensors in tensorList, one for each process, found 1',
        'a misspelt option': "InputError: barrier: the option 'timeot' does not exist. Did you mean timeout?",
        'a second start':
          'InputError: initProcessGroup: expected one call, found a second; call destroyProcessGroup() before',
        'a disposed tensor': refusals['a disposed tensor'],
        'a view that is not contiguous': 'ShapeError',
        'of a destroyed group': 'InputError: barrier: the process group was destroyed',
      },
    );
    assert.match(refusals['a disposed tensor']!, /^DisposedTensorError: /);
  });

  it('call each other while the event loop turns, many calls at once', () => {
    for (const { overlap } of found) assert.deepEqual(overlap, { sums: true, large: 2, turned: true });
  });

  it('average gradients in the background while the event loop turns', () => {
    assert.deepEqual(found[0]!.backward, { mean: 1.5, turned: true });
    assert.equal(found[1]!.backward.mean, 1.5);
  });

  it('leave the group', () => {
    assert.deepEqual(
      found.map(({ initialized }) => initialized),
      [false, false],
    );
  });
});
