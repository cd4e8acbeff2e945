import assert from 'node:assert/strict';
import * as nn from '../../ts/nn';
import { PreparedModel } from '../../ts/tasks/precision';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';

class Layer extends nn.Module {
  readonly conv = new nn.Conv2d(3, 8, 3);
  forward({ x }: { readonly x: Tensor }): Tensor {
    return this.conv.forward(x);
  }
}

describe('a model as the tasks run it', () => {
  before(() => torch.manualSeed(0));

  it('is the model itself where no precision is named', () => {
    const model = new Layer().eval();
    const x = torch.rand([1, 3, 9, 9]);
    const prepared = new PreparedModel(model, undefined);
    assert.ok(torch.equal(prepared.forward({ x }), model.forward({ x })));
  });

  it('is compiled otherwise, and calibrated on the first input', () => {
    const model = new Layer();
    const x = torch.rand([1, 3, 9, 9]);
    const prepared = new PreparedModel(model, 'int8', (message) => assert.fail(message));
    const [found, wanted] = [prepared.forward({ x }), torch.noGrad(() => model.forward({ x }))];
    const distance = found.sub(wanted).abs().max().item() as number;
    assert.ok(distance > 0 && distance < 0.05, String(distance));
    const clipped = prepared.forward({ x: x.mul(100) });
    assert.ok((clipped.abs().max().item() as number) < 10);
  });
});
