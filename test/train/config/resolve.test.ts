import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { UsageError } from '../../../ts/errors';
import { resolveConfig } from '../../../ts/train/config/resolve';

const schema = z.strictObject({
  epochs: z.int().min(1),
  name: z.string().nullable(),
  optimizer: z.strictObject({ lr: z.number().positive(), betas: z.tuple([z.number(), z.number()]) }),
});
const base = { epochs: 8, name: null, optimizer: { lr: 1e-3, betas: [0.9, 0.999] } };

describe('a configuration', () => {
  let folder: string;
  const file = (text: string) => {
    const path = join(folder, 'config.yaml');
    writeFileSync(path, text);
    return path;
  };

  before(() => (folder = mkdtempSync(join(tmpdir(), 'config-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('takes a slip for the key at the top before one of the same name in a group', () => {
    const twofold = { start: { epochs: 1 }, ...base };
    assert.throws(() => resolveConfig(schema, { base: twofold, set: ['epoch=1'] }), /did you mean "epochs"\?/);
  });

  it('is the base where nothing overrides it', () => {
    assert.deepEqual(resolveConfig(schema, { base }), base);
    assert.deepEqual(resolveConfig(schema, { base, file: file('') }), base);
  });

  it('takes the file over the base and the assignments over the file', () => {
    const config = resolveConfig(schema, {
      base,
      file: file('epochs: 3\noptimizer:\n  lr: 0.5\n'),
      set: ['optimizer.lr=3e-4', 'optimizer.betas=[0.8, 0.9]', 'name=a=b'],
    });
    assert.deepEqual(config, { epochs: 3, name: 'a=b', optimizer: { lr: 3e-4, betas: [0.8, 0.9] } });
  });

  it('does not change the base', () => {
    resolveConfig(schema, { base, set: ['optimizer.lr=1'] });
    assert.equal(base.optimizer.lr, 1e-3);
  });

  const refused: [string, { text?: string; set?: string[] }, RegExp][] = [
    [
      'an unknown key, with the nearest one',
      { set: ['optimizer.rl=1'] },
      /^the option set optimizer.rl=1: there is no key "optimizer.rl"; did you mean "optimizer.lr"\?$/,
    ],
    ['a key without its group', { set: ['lr=1'] }, /did you mean "optimizer.lr"\?/],
    ['a group, with the nearest one', { set: ['optimiser.lr=1'] }, /no key "optimiser"; did you mean "optimizer"\?$/],
    ['a key in another spelling', { text: 'optimizer: { Betas: [0, 1] }' }, /did you mean "optimizer.betas"\?/],
    [
      'a key like no other, with the list',
      { set: ['colour=red'] },
      /no key "colour"; the keys are epochs, name, optimizer.lr, optimizer.betas\.$/,
    ],
    ['the prototype', { text: '__proto__: { epochs: 1 }' }, /no key "__proto__"/],
    ['a value for a group', { set: ['optimizer=5'] }, /"optimizer" is a group \(lr, betas\), found 5/],
    ['a value of the wrong type', { set: ['epochs=many'] }, /"epochs": .*number.*found "many"/],
    ['a value out of range', { set: ['optimizer.lr=-1'] }, /"optimizer.lr": .*>0.*found -1/],
    [
      'an assignment without a value',
      { set: ['epochs'] },
      /Expected key=value for the option set, such as epochs=3, found "epochs"/,
    ],
    ['a broken value', { set: ['epochs=[1'] }, /"\[1" is not a YAML value/],
    ['a broken file', { text: 'epochs: [' }, /is not valid YAML: .*line 1/],
    ['a file that is no mapping', { text: '- 1' }, /expected "key: value" lines, found \[1\]/],
  ];
  for (const [what, { text, set }, message] of refused) {
    it(`refuses ${what}`, () => {
      const sources = { base, set, file: text === undefined ? undefined : file(text) };
      assert.throws(() => resolveConfig(schema, sources), { message });
    });
  }

  it('counts a bad value as wrong use', () => {
    assert.throws(() => resolveConfig(schema, { base, set: ['epochs=0'] }), UsageError);
  });

  it('says which file cannot be read', () => {
    assert.throws(() => resolveConfig(schema, { base, file: join(folder, 'absent.yaml') }), /absent.yaml/);
  });
});
