import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveDetectionConfig } from '../../ts/tasks/vocdet/config';
import { presets } from '../../ts/tasks/vocdet/presets';
import { train } from '../../ts/tasks/vocdet/train';
import { realData } from '../tasks/vocdet/fixture';

describe('a detector that sees eight real images again and again', () => {
  let root: string;
  before(() => (root = mkdtempSync(join(tmpdir(), 'torchts-overfit-'))));
  after(() => rmSync(root, { recursive: true, force: true }));

  it('finds their objects with an AP50 above 0.9', async function () {
    execFileSync('tar', ['-xf', realData(this, 'voc/VOC2007-sample.tar'), '-C', root]);
    const devkit = join(root, 'VOCdevkit', 'VOC2007');
    const sets = join(devkit, 'ImageSets', 'Main');
    writeFileSync(
      join(sets, 'eight.txt'),
      readFileSync(join(sets, 'train.txt'), 'utf8').split('\n').slice(0, 8).join('\n'),
    );
    assert.ok(readdirSync(join(devkit, 'JPEGImages')).length > 8);
    const base = presets.tiny;
    const config = resolveDetectionConfig({
      base: {
        ...base,
        epochs: 300,
        batchSize: 8,
        data: { ...base.data, folder: devkit, train: 'eight', val: 'eight', test: 'eight' },
        backboneStart: { ...base.backboneStart, epochs: 0 },
        shortestEdge: 160,
        longestEdge: 256,
        augment: { ...base.augment, flip: 0, sizes: [160], longestEdge: 256 },
        evaluate: { ...base.evaluate, everyEpochs: 100 },
      },
    });
    const { metrics } = await train({ config, run: join(root, 'run') });
    assert.ok(metrics!.test!.coco.AP50! > 0.9, `AP50 ${metrics!.test!.coco.AP50}`);
  });
});
