import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Linear } from '../../ts/nn';
import * as torch from '../../ts/tensor';
import { cloneParameters } from '../../ts/train/checkpoint';

describe('ownMemory', () => {
  let root: string;
  before(() => (root = mkdtempSync(join(tmpdir(), 'memory-'))));
  after(() => rmSync(root, { recursive: true }));

  it('keeps the parameters and their values, and takes their bytes out of the file', () => {
    const path = join(root, 'model.safetensors');
    torch.manualSeed(0);
    const saved = new Linear(3, 2);
    torch.safetensors.save(saved.stateDict(), path);
    const mapped = torch.safetensors.load(path);
    const [model, sharing] = [new Linear(3, 2), new Linear(3, 2)];
    for (const one of [model, sharing]) one.loadStateDict(mapped, { assign: true });
    const { weight } = model;
    weight.requiresGrad_(false);
    assert.equal(cloneParameters(model), model);
    assert.equal(model.weight, weight);
    assert.equal(weight.requiresGrad, false);
    assert.deepEqual(weight.toArray(), saved.weight.toArray());
    mapped['weight']!.zero_();
    assert.deepEqual(weight.toArray(), saved.weight.toArray());
    assert.deepEqual(sharing.weight.toArray(), [
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });
});
