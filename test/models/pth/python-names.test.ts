import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nn, optim, torch } from '../../../ts';

describe('torch.save and torch.load', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'torchts-save-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('keep a checkpoint as the tutorials do', () => {
    const model = new nn.Linear(2, 1);
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
    model
      .forward(torch.rand([3, 2]))
      .sum()
      .backward();
    optimizer.step();
    const path = join(folder, 'run.pth');
    torch.save(
      { epoch: 5, model_state_dict: model.stateDict(), optimizer_state_dict: optimizer.stateDict(), loss: 0.4 },
      path,
    );
    const checkpoint = torch.load(path, { weightsOnly: true, mapLocation: 'cpu' }) as {
      epoch: number;
      model_state_dict: Record<string, torch.Tensor>;
    };
    const other = new nn.Linear(2, 1);
    other.loadStateDict(checkpoint.model_state_dict);
    torch.testing.assertClose(other.stateDict(), model.stateDict());
    assert.equal(checkpoint.epoch, 5);
  });

  it('move tensors where they are asked for', () => {
    const path = join(folder, 'x.pth');
    const x = torch.ones([2]);
    torch.save({ x, list: [x] }, path);
    const loaded = torch.load(path, { mapLocation: 'meta' }) as { x: torch.Tensor; list: torch.Tensor[] };
    assert.deepEqual([loaded.x.device, loaded.list[0]!.shape], ['meta', [2]]);
    assert.throws(() => torch.load(path, { map_location: 'cpu' } as object), /Did you mean mapLocation/);
    assert.throws(() => torch.load(path, { mapLocation: 3 as never }), /a device such as 'cpu', found number/);
  });
});

describe('tensors of other data', () => {
  it('share the memory of a typed array by fromNumpy', () => {
    const array = Float32Array.of(1, 2);
    torch.fromNumpy(array).add_(1);
    assert.deepEqual(array, Float32Array.of(2, 3));
    const x = torch.ones([1]);
    assert.equal(torch.asarray(x), x);
    assert.deepEqual(torch.asarray([1, 2]).tolist(), [1, 2]);
  });

  it('take an order in memory from to', () => {
    const x = torch.rand([1, 2, 3, 4]);
    assert.deepEqual(x.to({ memoryFormat: torch.channelsLast }).strides, [24, 1, 8, 2]);
    assert.deepEqual(x.to({ dtype: 'float64', memoryFormat: 'channels_last' }).strides, [24, 1, 8, 2]);
    assert.equal(x.to({ memoryFormat: 'contiguous' }), x);
    torch.testing.assertClose(x.to({ memoryFormat: 'channels_last' }), x);
  });
});
