import assert from 'node:assert/strict';
import { compile, type CompiledModule } from '../../ts/compile';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import { onOneThread } from '../one-thread';
import { assertNear, assertSame, STRICT } from './near';
import { batchOf, detr, vit } from './small-models';

/** How many blocks the C library is asked for. */
function requests(body: () => unknown): number {
  const before = torch.allocationCount();
  torch.scope(() => void body());
  return torch.allocationCount() - before;
}

const once = (compiled: CompiledModule, input: unknown): number => requests(() => compiled.forward(input as never));

describe('the memory of a compiled model', () => {
  onOneThread();
  before(() => torch.manualSeed(0));

  const cases = {
    ViT: { model: () => vit({ numHiddenLayers: 3 }), inputs: [batchOf([8, 32, 32]), batchOf([3, 32, 32])] },
    DETR: {
      model: () => detr({ encoderLayers: 2, decoderLayers: 2 }),
      inputs: [batchOf([3, 96, 128]), batchOf([2, 65, 47], 'the upper rows')],
    },
  };
  for (const precision of ['float32', 'bfloat16', 'int8'] as const)
    for (const [name, { model: make, inputs }] of Object.entries(cases))
      it(`is allocated by the first run, and by none after it (${name} in ${precision})`, () => {
        const model = make() as nn.Module;
        using compiled = compile(model, {
          precision,
          fullgraph: true,
          ...(precision === 'int8' && { calibrate: inputs }),
        });
        for (const input of inputs) {
          assert.ok(
            requests(() => torch.noGrad(() => model.forward(input as never))) > 10,
            'the model itself allocates',
          );
          once(compiled, input);
          assert.deepEqual([once(compiled, input), once(compiled, input)], [0, 0]);
        }
        // The model itself has kept a small tensor or two of the second shape.
        for (const input of inputs) once(compiled, input);
        for (const input of [...inputs, ...inputs]) assert.equal(once(compiled, input), 0, 'shapes share it');
      });

  it('is not that of its results, which stay as they are', () => {
    const model = new nn.Sequential(new nn.Linear(64, 256), new nn.ReLU(), new nn.Linear(256, 1024)).eval();
    using compiled = compile(model, STRICT);
    const inputs = Array.from({ length: 5 }, () => torch.randn([16, 64]));
    const wanted = inputs.map((x) => torch.noGrad(() => model.forward(x)));
    compiled.forward(inputs[0]!);
    const before = torch.allocationCount();
    const found = inputs.map((x) => compiled.forward(x));
    assert.equal(torch.allocationCount() - before, inputs.length, 'one block each');
    found.forEach((result, i) => assertNear(result, wanted[i]));
  });

  it('is not that of a view among its results either', () => {
    class Views extends nn.Module {
      readonly layer = new nn.Linear(64, 256);
      forward(x: torch.Tensor): torch.Tensor[] {
        const hidden = this.layer.forward(x).relu();
        return [hidden.narrow(1, 3, 2), hidden.sum(), hidden.mul(2).sum()];
      }
    }
    using compiled = compile(new Views().eval(), STRICT);
    const inputs = Array.from({ length: 3 }, () => torch.randn([16, 64]));
    const found = [...inputs, ...inputs].map((x) => compiled.forward(x));
    found.forEach((results, i) =>
      assertNear(
        results,
        torch.noGrad(() => compiled.module.forward(inputs[i % 3]!)),
      ),
    );
  });

  it('serves one run at a time: those in the background beside others are right, too', async () => {
    const model = vit({ numHiddenLayers: 3 });
    using compiled = compile(model, STRICT);
    const inputs = Array.from({ length: 6 }, () => batchOf([8, 32, 32]));
    const wanted = inputs.map((input) => torch.noGrad(() => model.forward(input)));
    compiled.forward(inputs[0]!);
    for (let round = 0; round < 5; round++) {
      const pending = inputs.map((input) => compiled.forwardAsync([input]));
      const here = inputs.map((input) => compiled.forward(input));
      here.forEach((result, i) => assertNear(result, wanted[i]));
      (await Promise.all(pending)).forEach((result, i) => assertNear(result, wanted[i]));
    }
  });

  it('is freed with it, though results live on', () => {
    const model = new nn.Sequential(new nn.Linear(64, 512), new nn.ReLU(), new nn.Linear(512, 2)).eval();
    const x = torch.randn([64, 64]);
    torch.collectGarbage();
    const before = torch.allocatedBytes();
    const compiled = compile(model, STRICT);
    const results = [compiled.forward(x), compiled.forward(x)];
    const wanted = torch.noGrad(() => model.forward(x));
    assert.ok(torch.allocatedBytes() - before > 64 * 512 * 4, 'it keeps what lies between the layers');
    compiled.dispose();
    results.forEach((result) => assertNear(result, wanted));
    results.forEach((result) => result.dispose());
    wanted.dispose();
    torch.collectGarbage();
    assert.ok(torch.allocatedBytes() - before < 4096, String(torch.allocatedBytes() - before));
  });

  it('grows with the largest shape', () => {
    using compiled = compile(
      new nn.Sequential(new nn.Linear(64, 512), new nn.GELU(), new nn.Linear(512, 2)).eval(),
      STRICT,
    );
    for (const rows of [8, 64, 16, 128, 8]) assertSame(compiled, torch.randn([rows, 64]));
    for (const rows of [8, 64, 16, 128]) {
      const x = torch.randn([rows, 64]);
      assert.equal(once(compiled, x), 0, String(rows));
    }
  });
});
