import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { InputError } from '../../../ts/errors';
import { faceSchema, resolveFaceConfig } from '../../../ts/tasks/facecls/config';
import { presets } from '../../../ts/tasks/facecls/presets';
import { detectionSchema } from '../../../ts/tasks/vocdet/config';
import { jsonSchemaOf } from '../../../ts/train/config/json-schema';
import { leaves as configLeaves } from '../../../ts/train/config/keys';
import { resolveConfig } from '../../../ts/train/config/resolve';
import { group } from '../../../ts/train/config/schema';

describe('configuration files that extend one another', () => {
  let root: string;
  before(() => (root = mkdtempSync(join(tmpdir(), 'config-'))));
  after(() => rmSync(root, { recursive: true }));

  const write = (name: string, text: string): string => {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  const schema = z.strictObject({
    seed: z.int(),
    optimizer: group({ lr: z.number().default(0), betas: z.array(z.number()).default([]) }),
    name: z.string().nullable().default('none'),
  });
  const resolve = (file: string, ...set: string[]) => resolveConfig(schema, { base: { seed: 0 }, file, set });

  it('hold their own values over those of the others, key by key', () => {
    write('shared/base.yaml', 'seed: 1\noptimizer: { lr: 1, betas: [0.9, 0.99] }\nname: base\n');
    write('shared/large.yaml', 'extends: base.yaml\noptimizer: { lr: 2 }\n');
    const mine = write('mine.yaml', 'extends: shared/large.yaml\nname: mine\n');
    assert.deepEqual(resolve(mine), { seed: 1, optimizer: { lr: 2, betas: [0.9, 0.99] }, name: 'mine' });
  });

  it('may extend several, of which the later goes over the earlier', () => {
    write('a.yaml', 'seed: 1\nname: a\n');
    write('b.yaml', 'seed: 2\noptimizer: { lr: 3 }\n');
    assert.deepEqual(resolve(write('both.yaml', 'extends: [a.yaml, b.yaml]\n')), {
      seed: 2,
      optimizer: { lr: 3, betas: [] },
      name: 'a',
    });
  });

  it('may extend one file by two ways, but not in a circle', () => {
    write('root.yaml', 'seed: 7\n');
    write('left.yaml', 'extends: root.yaml\n');
    write('right.yaml', 'extends: root.yaml\n');
    assert.equal(resolve(write('diamond.yaml', 'extends: [left.yaml, right.yaml]\n')).seed, 7);
    const one = write('one.yaml', 'extends: two.yaml\n');
    const two = write('two.yaml', 'extends: one.yaml\n');
    assert.throws(() => resolve(one), {
      code: 'TTS_INPUT',
      message: `${one} extends ${two} extends ${one}: a circle; take one of the lines "extends" out.`,
    });
    const self = write('self.yaml', 'extends: self.yaml\n');
    assert.throws(() => resolve(self), /self\.yaml extends \S*self\.yaml: a circle/);
  });

  it('name the file that is wrong', () => {
    const broken = write('broken.yaml', 'sed: 1\n');
    assert.throws(() => resolve(write('over.yaml', 'extends: broken.yaml\n')), {
      code: 'TTS_USAGE',
      message: `${broken}: there is no key "sed"; did you mean "seed"?`,
    });
    assert.throws(() => resolve(write('lost.yaml', 'extends: nowhere.yaml\n')), InputError);
    assert.throws(
      () => resolve(write('kind.yaml', 'extends: 3\n')),
      /expected a file or a list of files for "extends", found 3/,
    );
  });

  it('take lists, null and whole groups from --set', () => {
    const file = write('plain.yaml', 'name: plain\n');
    assert.deepEqual(resolve(file, 'optimizer.betas=[0.5, 1e-3]', 'name=null').optimizer.betas, [0.5, 0.001]);
    assert.equal(resolve(file, 'name=null').name, null);
    assert.equal(resolve(file, 'name=').name, '');
    assert.equal(resolve(file, 'name="null"').name, 'null');
    assert.deepEqual(resolve(file, 'optimizer={ lr: 5 }').optimizer, { lr: 5, betas: [] });
    assert.throws(() => resolve(file, 'optimizer.beta=[1]'), /did you mean "optimizer\.betas"\?/);
    assert.throws(() => resolve(file, 'optimizer.betas=0.9'), /"optimizer\.betas": .*array.*, found 0\.9/);
  });

  it('serve the tasks, whose checkpoints are found in them too', () => {
    write('weights.yaml', 'model: { from: org/name }\n');
    const { model, epochs } = resolveFaceConfig({
      base: presets.small,
      file: write('tuned.yaml', 'extends: weights.yaml\nepochs: 2\n'),
    });
    assert.deepEqual([model.from, model.hiddenSize, epochs], ['org/name', null, 2]);
  });
});

describe('the JSON schema of a configuration', () => {
  interface Node {
    readonly type?: string;
    readonly description?: string;
    readonly properties?: Readonly<Record<string, Node>>;
    readonly required?: unknown;
    readonly default?: unknown;
    readonly additionalProperties?: unknown;
    readonly anyOf?: unknown;
  }
  const leaves = (node: Node, prefix = ''): [string, Node][] =>
    Object.entries(node.properties ?? {}).flatMap(([key, inner]) =>
      inner.properties ? leaves(inner, `${prefix}${key}.`) : [[`${prefix}${key}`, inner] as [string, Node]],
    );

  for (const [task, schema] of Object.entries({ facecls: faceSchema, vocdet: detectionSchema })) {
    it(`of ${task} knows every key, with its help, and requires none`, () => {
      const json = jsonSchemaOf(schema, `configuration of ${task}`) as Node;
      const found = leaves(json);
      assert.ok(found.every(([, { description }]) => typeof description === 'string' && description.length > 5));
      if (task === 'facecls') {
        const known = found.map(([key]) => key);
        for (const [key] of configLeaves(presets.tiny)) assert.ok(known.includes(key), key);
      }
      assert.ok(found.some(([key]) => key === 'extends'));
      assert.equal(JSON.stringify(json).includes('"required"'), false);
      assert.equal(json.additionalProperties, false);
      const lr = json.properties!['optimizer']!.properties!['lr']!;
      assert.equal(lr.type, 'number');
      assert.equal(json.properties!['accumulate']!.default, 1);
    });
  }
});
