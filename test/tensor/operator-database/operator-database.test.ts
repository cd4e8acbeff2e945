import assert from 'node:assert/strict';
import { readDatabase } from './cases';
import { EXCEPTIONS } from './exceptions';
import { replay } from './replay';

const database = readDatabase();

/** The first thing that goes wrong in any case of an operator. */
function failureOf(op: string): string | null {
  for (const [i, stored] of database.cases.get(op)!.entries()) {
    try {
      replay(stored, database.seed, i % 2 === 0 ? 'function' : 'method');
    } catch (error) {
      return `${stored.dtype}, ${stored.kind}: ${(error as Error).message}`;
    }
  }
  return null;
}

describe(`the operators of PyTorch's own database (${database.torch}), forward and gradient`, () => {
  for (const op of database.cases.keys()) {
    if (op in EXCEPTIONS) {
      it(`${op} still differs: ${EXCEPTIONS[op]}`, () => {
        assert.notEqual(failureOf(op), null, 'it passes now: take it out of exceptions.ts');
      });
    } else {
      it(op, () => assert.equal(failureOf(op), null));
    }
  }

  it('a wrong number, type or gradient would be seen', () => {
    const stored = database.cases.get('mul')!.find(({ gradients }) => gradients && gradients.of.length > 0)!;
    const other = database.cases
      .get('add')!
      .find(({ expected }) => expected[0]!.shape.join() === stored.expected[0]!.shape.join())!;
    const wrong = [
      { expected: other.expected },
      { expected: [{ ...stored.expected[0]!, dtype: 'int32' as const }] },
      { gradients: { ...stored.gradients!, expected: [null, null] } },
    ];
    for (const change of wrong)
      assert.throws(() => replay({ ...stored, ...change }, database.seed, 'function'), assert.AssertionError);
  });

  it('at least 97 of 100 entries pass, those counted that a CPU cannot run', () => {
    const failing = Object.keys(EXCEPTIONS).length + Object.keys(database.silent).length;
    assert.ok(1 - failing / database.operators >= 0.97, `${failing} of ${database.operators} do not`);
  });
});
