import assert from 'node:assert/strict';
import * as z from 'zod';
import { faceSchema } from '../../../ts/tasks/facecls/config';
import { detectionSchema } from '../../../ts/tasks/vocdet/config';
import { resolveConfig } from '../../../ts/train/config/resolve';
import { group, trainShape } from '../../../ts/train/config/schema';

/** What a program cannot choose for its user. */
const REQUIRED = ['epochs', 'batchSize', 'optimizer.lr', 'optimizer.backboneLr'];

function leaves(schema: z.ZodType, prefix = ''): [string, z.ZodType][] {
  const inner = schema instanceof z.ZodPrefault ? (schema.unwrap() as z.ZodType) : schema;
  if (!(inner instanceof z.ZodObject)) return [[prefix, schema]];
  const shape = inner.shape as Record<string, z.ZodType>;
  return Object.entries(shape).flatMap(([key, value]) => leaves(value, prefix === '' ? key : `${prefix}.${key}`));
}

for (const [task, schema] of Object.entries({ facecls: faceSchema, vocdet: detectionSchema })) {
  describe(`the schema of ${task}`, () => {
    it('says of each key what it is for', () => {
      const silent = leaves(schema).filter(([, value]) => !/^.{10,}[.]$/.test(value.description ?? ''));
      assert.deepEqual(
        silent.map(([key]) => key),
        [],
      );
    });

    it('has a default for each key but those that no run can be without', () => {
      const required = leaves(schema)
        .filter(([, value]) => !value.safeParse(undefined).success)
        .map(([key]) => key);
      assert.deepEqual(
        required,
        REQUIRED.filter((key) => required.includes(key) || !key.includes('backbone')),
      );
    });
  });
}

describe('a configuration from before a key existed', () => {
  const schema = z.strictObject({ ...trainShape, added: group({ since: z.int().default(7) }) });
  const base = { epochs: 1, batchSize: 2, optimizer: { lr: 0.1 } };

  it('has the default of the key, also in a group that did not exist', () => {
    assert.deepEqual(resolveConfig(schema, { base }).added, { since: 7 });
    assert.equal(resolveConfig(schema, { base }).checkpoint.everyMinutes, 10);
  });

  it('takes the key over the base all the same', () => {
    const { added, log } = resolveConfig(schema, { base, set: ['added.since=8', 'log.everySteps=3'] });
    assert.deepEqual([added, log], [{ since: 8 }, { everySteps: 3 }]);
  });

  it('is refused where it lacks what has no default', () => {
    const { epochs: _, ...without } = base;
    assert.throws(() => resolveConfig(schema, { base: without }), /"epochs": .*undefined/);
  });

  it('is refused with a key that does not exist', () => {
    assert.throws(() => resolveConfig(schema, { base: { ...base, colour: 'red' } }), {
      message: 'The configuration does not hold: Unrecognized key: "colour".',
    });
    assert.throws(() => resolveConfig(schema, { base, set: ['added.sinc=8'] }), /did you mean "added.since"\?/);
  });
});
