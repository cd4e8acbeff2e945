import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Linear } from '../../ts/nn';
import { describeRun } from '../../ts/tasks/describe-run';
import * as torch from '../../ts/tensor';
import { RunFolder } from '../../ts/train/run';
import { initialState, type LoopState } from '../../ts/train/state';

describe('what a report says of a run', () => {
  let folder: string;
  let run: RunFolder;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'torchts-described-'));
    run = RunFolder.create(join(folder, 'run'), { seed: 3, model: { from: null } });
    mkdirSync(run.checkpoint('last'));
  });
  after(() => {
    run.release();
    rmSync(folder, { recursive: true });
  });

  const describe = (loop: Partial<LoopState>, from: string | null = null) => {
    writeFileSync(join(run.checkpoint('last'), 'state.json'), JSON.stringify({ loop: { ...initialState, ...loop } }));
    return describeRun(run, {
      title: 'Objects',
      kind: 'A DETR',
      model: new Linear(999, 360),
      from,
      data: 'pets',
      facts: { classes: 2 },
    });
  };

  it('is its model, its data, its length, and its configuration', () => {
    assert.deepEqual(describe({ step: 12, seconds: 93, best: { score: 0.5, epoch: 2, step: 8 } }), {
      title: 'Objects',
      subtitle: 'A DETR with 0.4 million parameters, from random weights, on pets.',
      facts: {
        run: run.path,
        classes: 2,
        parameters: 360_000,
        'optimizer steps': 12,
        'best checkpoint': 'epoch 2, step 8',
        'training time': '1.6 minutes',
        device: 'cpu',
        libtorch: torch.version,
      },
      configuration: 'seed: 3\nmodel:\n  from: null\n',
    });
  });

  it('says where it started, and when nothing was better than that or nothing was measured', () => {
    assert.equal(describe({}, 'detr.pth').subtitle, 'A DETR with 0.4 million parameters, from detr.pth, on pets.');
    assert.equal(
      describe({ best: { score: 1, epoch: 0, step: 0 } }).facts['best checkpoint'],
      'the start: training made nothing better',
    );
    assert.equal(describe({}).facts['best checkpoint'], null);
  });
});
