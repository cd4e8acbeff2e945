import assert from 'node:assert/strict';
import { nn } from '../../ts';
import { node, results, runRanks } from './ranks';

interface Found {
  /** By hook: the bits of the weights after each step. */
  readonly trainings: Record<string, readonly string[]>;
  readonly properties: {
    readonly plain: readonly string[];
    readonly own: readonly string[];
    readonly handedOver: readonly string[];
    /** Of gradients from those that travel as they are, over the largest of them. */
    readonly exact: number;
    readonly bf16: number;
    readonly rate: readonly [steps: number, rate: number];
  };
  readonly refusals: Record<string, string>;
}

describe('hooks of DistributedDataParallel', () => {
  let ours: Found[];
  before(async () => {
    const program = node('comm-hooks-program');
    ours = results<Found>(await runRanks([program, program]));
  });

  it('leave both processes with the same weights', () => {
    assert.deepEqual(ours[0]!.trainings, ours[1]!.trainings);
    const last = Object.values(ours[0]!.trainings).map((steps) => steps.at(-1));
    assert.equal(new Set(last).size, 6);
  });

  it('that average give what no hook gives, to the last bit, in one bucket or in many', () => {
    const { trainings, properties } = ours[0]!;
    assert.deepEqual(trainings['allreduce'], properties.plain);
    assert.deepEqual(properties.own, properties.plain);
  });

  it('lose of a gradient what the number of bits takes, or the rank of its product', () => {
    const { exact, bf16, rate } = ours[0]!.properties;
    assert.ok(bf16 > 0 && bf16 < 2 ** -7, `bfloat16: ${bf16}`);
    assert.ok(exact < 1e-5, `all columns: ${exact}`);
    // Weights of 16 by 24 three times, by one column each; of 3 by 16, by one column more than half; 59 numbers of biases.
    const [before, after] = [3 * 16 * 24 + 3 * 16 + 59, 3 * (16 + 24) + (3 + 16) + 59];
    assert.deepEqual(rate, [6, before / after]);
  });

  it('are called on the thread of JavaScript from any other', () => {
    for (const { properties, trainings } of ours) assert.deepEqual(properties.handedOver, trainings['powerSgd']);
  });

  it('begin PowerSGD after the steps that they were told', () => {
    const { powerSgd, allreduce } = ours[0]!.trainings;
    assert.deepEqual(
      powerSgd!.map((step, i) => step === allreduce![i]),
      [true, true, false, false, false, false],
    );
  });

  it('are refused what cannot stand for gradients, and throw what they throw', () => {
    for (const { refusals } of ours) {
      const { twice, nothing, double, short, itself, thrown, later } = refusals;
      assert.equal(twice, 'TorchError');
      assert.match(nothing!, /^DTypeError: .* the hook: expected to give a tensor, or a function .* found undefined/);
      assert.match(double!, /^DTypeError: .* expected gradients of float32 on cpu, found float64 on cpu/);
      assert.match(short!, /^ShapeError: .* of the shape \[1259\], found \[3\]/);
      assert.match(itself!, /^InputError: .* expected no call of the model inside of its hook/);
      assert.deepEqual([thrown, later], ['RangeError: of my own', 'RangeError: at the end']);
    }
  });

  it('refuse options of PowerSGD that it cannot begin with', () => {
    const { PowerSGDState } = nn.parallel;
    assert.throws(
      () => new PowerSGDState({ startPowerSGDIter: 1 }),
      /a number from 2 for startPowerSGDIter .* found 1/,
    );
    assert.throws(() => new PowerSGDState({ matrixApproximationRank: 0 }), /a whole number from 1 .* found 0/);
    const later = { startPowerSGDIter: 0, useErrorFeedback: false, warmStart: false };
    assert.equal(new PowerSGDState(later).compressionRate, 0);
  });
});
