import assert from 'node:assert/strict';
import { detectionSchema, resolveDetectionConfig } from '../../../ts/tasks/vocdet/config';
import { presetNames, presets } from '../../../ts/tasks/vocdet/presets';

describe('the configuration of a detector', () => {
  for (const name of presetNames) {
    it(`holds in the preset ${name}, every key of it`, () => {
      assert.deepEqual(detectionSchema.parse(presets[name]), presets[name]);
    });
  }

  const refused: readonly [string, RegExp][] = [
    ['model.backbone=resnet51', /"model\.backbone": /],
    ['data.difficult=maybe', /"data\.difficult": /],
    ['augment.cropSize=[1]', /"augment\.cropSize/],
    ['optimizer.backboneLr=-1', /"optimizer\.backboneLr": /],
    ['model.layers=3', /there is no key "model\.layers"/],
  ];
  for (const [assignment, message] of refused) {
    it(`refuses ${assignment}`, () => {
      assert.throws(() => resolveDetectionConfig({ base: presets.tiny, set: [assignment] }), message);
    });
  }
});
