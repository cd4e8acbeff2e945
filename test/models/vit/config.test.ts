import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../../ts/errors';
import { ViTConfig } from '../../../ts/models';

const FILE = path.join(__dirname, '..', '..', 'golden', 'vit', 'config.json');
const json = (): Record<string, unknown> => JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, unknown>;
const refuses = (run: () => unknown, message: string | RegExp): void =>
  assert.throws(run, (error: Error) => {
    assert.ok(error instanceof InputError, String(error));
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  });

describe('ViTConfig', () => {
  it('without options is the ViT-B/16 of transformers', () => {
    const config = new ViTConfig();
    assert.deepEqual(
      [
        config.hiddenSize,
        config.numHiddenLayers,
        config.numAttentionHeads,
        config.intermediateSize,
        config.hiddenAct,
        config.layerNormEps,
      ],
      [768, 12, 12, 3072, 'gelu', 1e-12],
    );
    assert.deepEqual(
      [config.imageSize, config.patchSize, config.numPatches, config.headWidth, config.numLabels],
      [224, 16, 196, 64, 2],
    );
    assert.deepEqual(
      [config.qkvBias, config.hiddenDropoutProb, config.attentionProbsDropoutProb, config.initializerRange],
      [true, 0, 0, 0.02],
    );
    assert.deepEqual([config.poolerOutputSize, config.poolerAct, config.encoderStride], [768, 'tanh', 16]);
  });

  it('read from a file of Python is written back the same', () => {
    const text = JSON.stringify(ViTConfig.fromJSON(json()), null, 2);
    assert.equal(`${text}\n`, readFileSync(FILE, 'utf8').replaceAll(/(\d)\.0,/g, '$1,'));
  });

  it('keeps keys that it does not know', () => {
    const strange = { ...json(), _name_or_path: 'x/y', future_option: { deep: [1] } };
    const { _name_or_path, future_option } = ViTConfig.fromJSON(strange).toJSON();
    assert.deepEqual([_name_or_path, future_option], ['x/y', { deep: [1] }]);
  });

  it('reads what older versions wrote: torch_dtype, num_labels without names, null for a default', () => {
    const config = ViTConfig.fromJSON({
      model_type: 'vit',
      torch_dtype: 'bfloat16',
      num_labels: 4,
      pooler_output_size: null,
      hidden_size: 96,
    });
    assert.deepEqual([config.dtype, config.numLabels, config.poolerOutputSize], ['bfloat16', 4, 96]);
    assert.equal('torch_dtype' in config.toJSON(), false);
  });

  it('does not write how attention is computed, which is the choice of a machine', () => {
    assert.equal('attn_implementation' in new ViTConfig({ attnImplementation: 'eager' }).toJSON(), false);
  });

  describe('labels', () => {
    it('are numbered when only their count is given', () => {
      const config = new ViTConfig({ numLabels: 3 });
      assert.deepEqual(config.id2label, { 0: 'LABEL_0', 1: 'LABEL_1', 2: 'LABEL_2' });
      assert.deepEqual(config.label2id, { LABEL_0: 0, LABEL_1: 1, LABEL_2: 2 });
    });

    it('are given as a list or as a table', () => {
      for (const id2label of [['a', 'b'], { 0: 'a', 1: 'b' }]) {
        const config = new ViTConfig({ id2label });
        assert.deepEqual([config.numLabels, config.id2label, config.label2id], [2, { 0: 'a', 1: 'b' }, { a: 0, b: 1 }]);
      }
    });

    it('of a file give way to another count, not to the same', () => {
      assert.deepEqual(ViTConfig.fromJSON(json(), { numLabels: 2 }).label2id, { LABEL_0: 0, LABEL_1: 1 });
      assert.deepEqual(ViTConfig.fromJSON(json(), { numLabels: 5 }).id2label, json().id2label);
      assert.deepEqual(ViTConfig.fromJSON(json(), { id2label: ['x', 'y', 'z'] }).label2id, { x: 0, y: 1, z: 2 });
      assert.deepEqual(ViTConfig.fromJSON(json(), { numLabels: undefined }).id2label, json().id2label);
    });

    it('that contradict their count are refused', () => {
      refuses(
        () => new ViTConfig({ numLabels: 3, id2label: ['a'] }),
        'ViTConfig: id2label names 1 labels, but numLabels is 3; leave one of the two out.',
      );
      refuses(
        () => new ViTConfig({ id2label: { a: 'b' } as never }),
        /expected id2label to give every number a name, found \{"a":"b"\}/,
      );
      refuses(
        () => new ViTConfig({ numLabels: -1 }),
        /expected numLabels to be a whole number from 0 to 1000000, found -1/,
      );
      refuses(
        () => new ViTConfig({ numLabels: 1e9 }),
        /expected numLabels to be a whole number from 0 to 1000000, found 1000000000/,
      );
      refuses(
        () => new ViTConfig({ id2label: { 0: 'a', 1: 'b', 3: 'c' } }),
        /expected id2label to name every output from 0 to 2, found 3 names and none for 2/,
      );
      refuses(
        () => new ViTConfig({ numLabels: 1, problemType: 'single_label_classification' }),
        /needs at least 2 labels, found 1/,
      );
    });
  });

  it('takes numbers by name for a file that has as many labels', () => {
    const label2id = { a: 0, b: 1, c: 2, d: 3, e: 4, other: 4 };
    assert.deepEqual(ViTConfig.fromJSON(json(), { numLabels: 5, label2id }).label2id, label2id);
  });

  describe('from()', () => {
    it('takes a configuration, options, or the content of a file', () => {
      const config = new ViTConfig({ hiddenSize: 48 });
      assert.equal(ViTConfig.from(config), config);
      assert.equal(ViTConfig.from({ hiddenSize: 48 }).hiddenSize, 48);
      assert.equal(ViTConfig.from({ hidden_size: 48 }).hiddenSize, 48);
      assert.equal(ViTConfig.from(json()).numLabels, 5);
    });

    it('refuses a mixture of the two, in which one would be lost', () => {
      refuses(
        () => ViTConfig.from({ numLabels: 10, hidden_size: 48 }),
        'ViTConfig: expected options or the content of a config.json, found both numLabels and hidden_size; write hiddenSize or num_labels.',
      );
    });
  });

  describe('refuses', () => {
    it('an option that there is not, and says which is meant', () => {
      refuses(
        () => new ViTConfig({ hidden_size: 3 } as never),
        'ViTConfig: there is no option hidden_size; write hiddenSize.',
      );
      refuses(
        () => new ViTConfig({ imagesize: 3 } as never),
        'ViTConfig: there is no option imagesize; write imageSize.',
      );
      refuses(
        () => new ViTConfig({ depth: 3 } as never),
        /there is no option depth; it knows architectures, .*hiddenSize.*label2id\./,
      );
    });

    it('a value of the wrong kind, with the file and what it found', () => {
      const from = (changes: object) => () => ViTConfig.fromJSON({ ...json(), ...changes }, {}, 'a/config.json');
      refuses(
        from({ hidden_size: '32' }),
        'a/config.json: expected hiddenSize to be a positive whole number, found "32".',
      );
      refuses(
        from({ hidden_act: 'prelu' }),
        /a\/config\.json: expected hiddenAct to be one of gelu, .*tanh, found "prelu"\./,
      );
      refuses(
        from({ hidden_dropout_prob: 2 }),
        'a/config.json: expected hiddenDropoutProb to be a number from 0 to 1, found 2.',
      );
      refuses(
        from({ image_size: [1, 2, 3] }),
        'a/config.json: expected imageSize to be a positive whole number or [height, width], found [1,2,3].',
      );
      refuses(from({ qkv_bias: 'yes' }), 'a/config.json: expected qkvBias to be true or false, found "yes".');
      refuses(
        from({ problem_type: 'guess' }),
        /expected problemType to be one of regression, single_label_classification, multi_label_classification/,
      );
      refuses(
        from({ architectures: 'ViT' }),
        'a/config.json: expected architectures to be a list of strings, found "ViT".',
      );
    });

    it('sizes that do not fit each other', () => {
      refuses(
        () => new ViTConfig({ hiddenSize: 50 }),
        'ViTConfig: expected hiddenSize to be a multiple of numAttentionHeads (12), found 50.',
      );
      refuses(
        () => new ViTConfig({ imageSize: 8 }),
        'ViTConfig: expected imageSize to hold at least one patch of 16, found 8.',
      );
    });

    it('what is no configuration, or that of another model', () => {
      refuses(() => ViTConfig.fromJSON([], {}, 'c.json'), 'c.json: expected a JSON object, found [].');
      refuses(
        () => ViTConfig.fromJSON({ model_type: 'detr' }, {}, 'c.json'),
        'c.json: expected model_type vit, found "detr": it belongs to another kind of model.',
      );
    });
  });
});
