import assert from 'node:assert/strict';
import { InputError } from '../../ts/errors';
import * as nn from '../../ts/nn';
import * as facecls from '../../ts/tasks/facecls';
import { AS_IT_IS, PreparedModel } from '../../ts/tasks/prepared-model';
import * as vocdet from '../../ts/tasks/vocdet';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { assertNear, listener } from '../compile/near';

/** Counts how often JavaScript runs its forward. */
class Layer extends nn.Module {
  readonly conv = new nn.Conv2d(3, 8, 3);
  #runs = 0;

  get runs(): number {
    return this.#runs;
  }

  forward({ x }: { readonly x: Tensor }): Tensor {
    this.#runs++;
    return this.conv.forward(x);
  }
}

/** Rounds what a compiled model, which folds the normalisation, does not. */
class Cancelling extends nn.Module {
  readonly conv = new nn.Conv2d(3, 8, 3);
  readonly norm = new nn.BatchNorm2d(8);

  forward({ x }: { readonly x: Tensor }): Tensor {
    return this.norm.forward(this.conv.forward(x));
  }
}

describe('a model as the tasks run it', () => {
  before(() => torch.manualSeed(0));
  const image = (size = 9): Tensor => torch.rand([1, 3, size, size]);

  it('is the model itself where it is not to be compiled', () => {
    const model = new Layer().eval();
    const x = image();
    const prepared = new PreparedModel(model, AS_IT_IS);
    for (let i = 0; i < 40; i++) prepared.forward({ x });
    assert.equal(model.runs, 40);
    assert.ok(torch.equal(prepared.forward({ x }), model.forward({ x })));
  });

  it('is compiled for shapes that come often, and gives the same', () => {
    const model = new Layer().eval();
    const prepared = new PreparedModel(model, {}, { onWarning: assert.fail });
    for (let size = 8; size < 30; size++) prepared.forward({ x: image(size) });
    assert.equal(model.runs, 22);
    const x = image(40);
    const wanted = torch.noGrad(() => model.forward({ x }));
    const before = model.runs;
    for (let i = 0; i < 30; i++) assertNear(prepared.forward({ x }), wanted);
    assert.equal(model.runs - before, 17);
  });

  it('runs as it is, with a warning, where the compiled one differs by more than 1e-5', () => {
    const model = new Cancelling().eval();
    torch.noGrad(() => {
      model.conv.bias!.fill_(1e6);
      model.norm.running_mean!.fill_(1e6);
    });
    const { messages, onWarning } = listener();
    const prepared = new PreparedModel(model, {}, { onWarning });
    const x = image();
    for (let i = 0; i < 20; i++) prepared.forward({ x });
    assert.match(
      messages.join('\n'),
      /^Cancelling cannot be compiled: its plan differs from it by [\d.]+ of the largest/,
    );
    assert.ok(torch.equal(prepared.forward({ x }), model.forward({ x })));
  });

  it('is compiled at once in other precisions, and calibrated on the first input', () => {
    const model = new Layer();
    const x = image();
    const prepared = new PreparedModel(model, { precision: 'int8' }, { onWarning: assert.fail });
    const [found, wanted] = [prepared.forward({ x }), torch.noGrad(() => model.forward({ x }))];
    const distance = found.sub(wanted).abs().max().item() as number;
    assert.ok(distance > 0 && distance < 0.05, String(distance));
    const clipped = prepared.forward({ x: x.mul(100) });
    assert.ok((clipped.abs().max().item() as number) < 10);
  });

  it('refuses precisions that do not exist, or that need what is switched off', () => {
    const model = new Layer();
    assert.throws(() => new PreparedModel(model, { precision: 'int4' as never }), InputError);
    assert.throws(
      () => new PreparedModel(model, { precision: 'int8', compile: false }),
      /^InputError: compile: expected true with the precision 'int8', found false; leave one of them out$/,
    );
  });

  it('refuses them before the weights are looked for', async () => {
    const [precision, message] = [
      'int4' as never,
      /^InputError: precision: expected one of 'float32', 'bfloat16', 'int8'/,
    ];
    for (const evaluate of [facecls.evaluate, vocdet.evaluate]) {
      await assert.rejects(evaluate('absent', { precision }), message);
      await assert.rejects(evaluate('absent', { precision: 'int8', compile: false }), /leave one of them out/);
    }
    for (const predict of [facecls.predict, vocdet.predict])
      await assert.rejects(predict('absent', ['absent.png'], { precision }).next(), message);
  });
});
