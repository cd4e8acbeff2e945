import assert from 'node:assert/strict';
import { faceSchema, resolveFaceConfig } from '../../../ts/tasks/facecls/config';
import { presetNames, presets } from '../../../ts/tasks/facecls/presets';
import { newOptimizer } from '../../../ts/tasks/facecls/train';
import type { Tensor } from '../../../ts/tensor';
import { trainingPrecision } from '../../../ts/train/device';
import { makeSchedule } from '../../../ts/train/schedule';
import { smallClassifier } from './small-model';

describe('the configuration of a classifier', () => {
  for (const name of presetNames) {
    it(`holds in the preset ${name}, every key of it`, () => {
      assert.deepEqual(faceSchema.parse(presets[name]), presets[name]);
      assert.deepEqual(resolveFaceConfig({ base: presets[name] }), presets[name]);
    });
  }

  const refused: readonly [string, RegExp][] = [
    ['model.imageSize=0', /"model\.imageSize": /],
    ['augment.cropArea=0', /"augment\.cropArea": /],
    ['optimizer.layerDecay=2', /"optimizer\.layerDecay": /],
    ['optimizer.headLr=0', /"optimizer\.headLr": /],
    ['data.prefetch=none', /"data\.prefetch": /],
    ['model.layers=3', /there is no key "model\.layers"/],
  ];
  for (const [assignment, message] of refused) {
    it(`refuses ${assignment}`, () => {
      assert.throws(() => resolveFaceConfig({ base: presets.tiny, set: [assignment] }), message);
    });
  }
});

describe('a checkpoint named over a preset for random weights', () => {
  it('brings its own sizes, and what is asked for beside it stays', () => {
    const { model } = resolveFaceConfig({ base: presets.tiny, set: ['model.from=some/folder', 'model.imageSize=32'] });
    const { from, imageSize, ...sizes } = model;
    assert.deepEqual([from, imageSize, new Set(Object.values(sizes))], ['some/folder', 32, new Set([null])]);
  });
});

describe('a checkpoint named over a configuration that does not say where its model is from', () => {
  it('brings its own sizes too', () => {
    const { from: _, ...sizes } = presets.tiny.model;
    const base = { ...presets.tiny, model: sizes };
    const { model } = resolveFaceConfig({ base, set: ['model.from=some/folder'] });
    assert.deepEqual([model.from, model.hiddenSize], ['some/folder', null]);
  });
});

describe('the preset base', () => {
  const { base } = presets;
  /** Two layers, so that the embeddings are three away from the head. */
  const { model } = smallClassifier();
  const names = new Map<Tensor, string>(model.namedParameters().map(([name, parameter]) => [parameter, name]));
  const optimizer = newOptimizer(model, base.optimizer);

  it('fine-tunes the published ViT-B/16 for three epochs of 128 images a batch, mirrored by chance, clipped, in bfloat16 where there is a GPU', () => {
    assert.equal(base.model.from, 'google/vit-base-patch16-224-in21k');
    assert.deepEqual(
      [base.epochs, base.batchSize, base.accumulate, base.augment.flip, base.clipNorm],
      [3, 128, 1, 0.5, 1],
    );
    assert.deepEqual(
      [trainingPrecision(base.precision, 'cuda:0'), trainingPrecision(base.precision, 'cpu')],
      ['bfloat16', 'float32'],
    );
  });

  it('gives each layer three quarters of the rate above it, the head its own, and decay to matrices alone', () => {
    const rates: readonly [RegExp, number][] = [
      [/^vit\.embeddings\./, 5e-5 * 0.75 ** 3],
      [/^vit\.encoder\.layer\.0\./, 5e-5 * 0.75 ** 2],
      [/^vit\.encoder\.layer\.1\./, 5e-5 * 0.75],
      [/^vit\.layernorm\./, 5e-5],
      [/^classifier\./, 5e-4],
    ];
    const found = optimizer.paramGroups.flatMap(({ params, lr, weightDecay }) =>
      params.map((parameter) => ({ name: names.get(parameter)!, lr, weightDecay })),
    );
    assert.deepEqual(found.map(({ name }) => name).sort(), [...names.values()].sort());
    for (const { name, lr, weightDecay } of found) {
      const isVector = name.endsWith('.bias') || name.includes('layernorm');
      assert.deepEqual(
        [name, lr, weightDecay],
        [name, rates.find(([pattern]) => pattern.test(name))![1], isVector ? 0 : 0.05],
      );
    }
  });

  it('is AdamW with its usual moments', () => {
    for (const { betas, eps } of optimizer.paramGroups) assert.deepEqual([betas, eps], [[0.9, 0.999], 1e-8]);
  });

  it('warms all groups up over 500 steps, then lets them fall along half a cosine to nothing', () => {
    const steps = 1500;
    const peaks = optimizer.paramGroups.map(({ lr }) => lr);
    const schedule = makeSchedule(optimizer, base.schedule, { steps, epochs: base.epochs });
    const shares = Array.from({ length: steps + 1 }, () => {
      const [share, ...others] = optimizer.paramGroups.map(({ lr }, group) => lr / peaks[group]!);
      for (const other of others) assert.ok(Math.abs(other - share!) < 1e-12);
      schedule.step();
      return share!;
    });
    for (const [step, share] of [
      [0, 1 / 501],
      [249, 250 / 501],
      [499, 500 / 501],
      [500, 1],
      [750, (1 + Math.SQRT1_2) / 2],
      [1000, 0.5],
      [1500, 0],
    ] as const) {
      assert.ok(Math.abs(shares[step]! - share) < 1e-12, `step ${step}: ${shares[step]}, not ${share}`);
    }
  });
});
