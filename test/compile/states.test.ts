import assert from 'node:assert/strict';
import { compile, type CompiledModule, type Precision } from '../../ts/compile';
import type { DetrForObjectDetection, ViTForImageClassification } from '../../ts/models';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { onOneThread } from '../one-thread';
import { assertNear, assertSame, listener, STRICT } from './near';
import { batchOf, detr, vit } from './small-models';

type Model = ViTForImageClassification | DetrForObjectDetection;

const MODELS: Readonly<Record<string, { readonly make: () => Model; readonly input: () => { pixelValues: Tensor } }>> =
  {
    ViT: { make: () => vit(), input: () => batchOf([2, 32, 32]) },
    DETR: { make: () => detr(), input: () => batchOf([2, 40, 61], 'the upper rows') },
  };

/** How a user may come to have other weights in the same model. */
const CHANGES: Readonly<Record<string, (model: Model, other: Model) => void>> = {
  'one number is written': (model) =>
    torch.noGrad(() => void lastLinear(model).weight.view([-1]).narrow(0, 3, 1).fill_(7)),
  'all are multiplied': (model) => torch.noGrad(() => model.parameters().forEach((weight) => weight.mul_(1.1))),
  'others are copied in': (model, other) =>
    torch.noGrad(() => model.parameters().forEach((weight, i) => weight.copy_(other.parameters()[i]!))),
  'others are loaded': (model, other) => void model.loadStateDict(other.stateDict()),
  'others take their place': (model, other) => void model.loadStateDict(other.stateDict(), { assign: true }),
  'a parameter is replaced': (model) => {
    const layer = lastLinear(model);
    layer.weight = new nn.Parameter(torch.randn(layer.weight.shape));
  },
  'a bias is taken away': (model) => void (lastLinear(model).bias = null),
  'they went to float64 and back': (model) => model.to('float64').to('float32'),
  'they are frozen': (model) => model.requiresGrad_(false),
  'statistics are written': (model) => torch.noGrad(() => model.buffers().forEach((buffer) => buffer.mul_(2))),
  'they are written in inference mode': (model) =>
    torch.inferenceMode(() => model.parameters().forEach((weight) => weight.mul_(0.9))),
};

function lastLinear(model: Model): nn.Linear {
  return model.modules().findLast((module) => module instanceof nn.Linear)!;
}

/** What a call gives, or the class and the sentence of its error. */
function outcomeOf(body: () => unknown): unknown {
  try {
    return body();
  } catch (error) {
    return `${(error as Error).constructor.name}: ${(error as Error).message}`;
  }
}

describe('a compiled model', () => {
  onOneThread();
  before(() => torch.manualSeed(0));

  for (const [name, { make, input }] of Object.entries(MODELS)) {
    for (const [title, change] of Object.entries(CHANGES))
      it(`notices that ${title} (${name})`, () => {
        const [model, given] = [make(), input()];
        using compiled = compile<Model>(model, STRICT);
        assertSame(compiled, given);
        change(model, make());
        assertSame(compiled, given);
        assertSame(compiled, input());
      });

    it(`computes in the type that its weights are in (${name})`, () => {
      const [model, given] = [make(), input()];
      using compiled = compile<Model>(model, STRICT);
      for (const dtype of ['float32', 'float64', 'bfloat16', 'float32'] as const) {
        model.to(dtype);
        const pixelValues = given.pixelValues.to(dtype);
        const wanted = torch.noGrad(() => model.forward({ ...given, pixelValues }));
        // Sums of numbers of 8 bits, in another order.
        const tolerance = dtype === 'bfloat16' ? 0.1 : 1e-5;
        for (let run = 0; run < 3; run++)
          torch.testing.assertClose(compiled.forward({ ...given, pixelValues }).logits, wanted.logits, {
            rtol: tolerance,
            atol: tolerance,
          });
      }
    });

    it(`runs as it is while it trains, and says so once (${name})`, () => {
      const [model, given] = [make(), input()];
      const { messages, onWarning } = listener();
      using compiled = compile<Model>(model, { onWarning });
      assertSame(compiled, given);
      model.train();
      for (let run = 0; run < 2; run++) {
        torch.manualSeed(5); // of the dropout
        const wanted = torch.noGrad(() => model.forward(given).logits);
        torch.manualSeed(5);
        assert.ok(torch.equal(compiled.forward(given).logits, wanted));
      }
      model.eval();
      assertSame(compiled, given);
      assert.equal(messages.length, 1, messages.join('\n'));
      assert.match(messages[0]!, /is in training mode: call eval\(\) first; it runs eagerly$/);
    });

    it(`is refused in training mode where it must not run eagerly (${name})`, () => {
      const model = make().train() as Model;
      using compiled = compile<Model>(model, STRICT);
      assert.throws(() => compiled.forward(input()), /cannot be compiled: .* is in training mode/);
    });

    it(`computes under autocast, in inference mode and with gradients what it computes (${name})`, () => {
      const [model, given] = [make(), input()];
      const { messages, onWarning } = listener();
      using compiled = compile<Model>(model, { onWarning });
      const autocast = <T>(body: () => T): T => torch.autocast('cpu', { dtype: 'bfloat16' }, body);
      const wanted = torch.noGrad(() => autocast(() => model.forward(given).logits));
      const check = (): void =>
        assert.ok(
          torch.equal(
            autocast(() => compiled.forward(given).logits),
            wanted,
          ),
        );
      check(); // before there is a plan
      torch.inferenceMode(() => assertSame(compiled, given));
      assertSame(compiled, given);
      check();
      torch.enableGrad(() => assertSame(compiled, given));
      assert.deepEqual(messages.length, 1, messages.join('\n'));
      assert.match(messages[0]!, /it is called under autocast; compile it with precision: 'bfloat16' instead/);
    });

    it(`says what the model says of wrong inputs, before and after right ones (${name})`, async () => {
      const [model, given] = [make(), input()];
      using compiled = compile<Model>(model, { onWarning: () => undefined });
      for (let round = 0; round < 2; round++) {
        for (const [title, wrong] of Object.entries(wrongInputs(given))) {
          const wanted = outcomeOf(() => torch.noGrad(() => model.forward(wrong as never)));
          for (let run = 0; run < 2; run++) {
            const found = outcomeOf(() => compiled.forward(wrong as never));
            if (typeof wanted === 'string') assert.equal(found, wanted, title);
            else assertNear(found, wanted);
            if (typeof wanted === 'string')
              await assert.rejects(compiled.forwardAsync([wrong as never]), (error: Error) => {
                assert.equal(`${error.constructor.name}: ${error.message}`, wanted, title);
                return true;
              });
          }
        }
        assertSame(compiled, given);
      }
    });
  }

  const BOUNDS: Readonly<Record<Exclude<Precision, 'float32'>, number>> = { bfloat16: 0.03, int8: 0.12 };
  for (const precision of ['bfloat16', 'int8'] as const)
    for (const [name, { make, input }] of Object.entries(MODELS))
      it(`notices other weights in ${precision} (${name})`, () => {
        const model = make();
        const given = input();
        using compiled: CompiledModule<Model> = compile<Model>(model, {
          precision,
          fullgraph: true,
          ...(precision === 'int8' && { calibrate: [given] }),
        });
        for (const title of ['all are multiplied', 'a parameter is replaced', 'they went to float64 and back']) {
          for (let run = 0; run < 2; run++) {
            const [found, wanted] = [compiled.forward(given), torch.noGrad(() => model.forward(given))];
            const distance = found.logits.sub(wanted.logits).abs().max().div(wanted.logits.abs().max()).item();
            assert.ok((distance as number) < BOUNDS[precision], `${title}: ${distance}`);
          }
          CHANGES[title]!(model, make());
        }
      });
});

describe('a compiled model within another', () => {
  it('leaves its operators to the outer plan', () => {
    const inner = compile(new nn.Sequential(new nn.Linear(3, 4), new nn.ReLU()).eval(), STRICT);
    class Outer extends nn.Module {
      readonly last = new nn.Linear(4, 2);
      forward(x: Tensor): Tensor {
        return this.last.forward(inner.forward(x) as Tensor);
      }
    }
    using compiled = compile(new Outer().eval(), STRICT);
    const x = torch.randn([2, 3]);
    for (let run = 0; run < 3; run++)
      assertNear(
        compiled.forward(x),
        torch.noGrad(() => compiled.module.forward(x)),
      );
    assert.match(compiled.toString(), /attr='relu'/);
    inner.dispose();
  });
});

/** By what is wrong with them. */
function wrongInputs(given: {
  readonly pixelValues: Tensor;
  readonly pixelMask?: Tensor;
}): Readonly<Record<string, unknown>> {
  const { pixelValues } = given;
  const [batch, , height, width] = pixelValues.shape as [number, number, number, number];
  const disposed = pixelValues.clone();
  disposed.dispose();
  const masks: Readonly<Record<string, Tensor>> = {
    'a mask of other images': torch.ones([batch + 1, height, width]),
    'a mask of another size': torch.ones([batch, height, width + 1]),
    'a mask of another rank': torch.ones([batch, 1, height, width]),
    'a mask without rows': torch.ones([batch, 0, width]),
  };
  return {
    'no argument': undefined,
    'no images': {},
    'null in their place': { ...given, pixelValues: null },
    'an array in their place': { ...given, pixelValues: [[1, 2]] },
    'a tensor alone': pixelValues,
    'one image without a batch': { ...given, pixelValues: pixelValues.select(0, 0) },
    'a batch of batches': { ...given, pixelValues: pixelValues.unsqueeze(0) },
    'a single number': { ...given, pixelValues: torch.tensor(1) },
    'one channel': { ...given, pixelValues: pixelValues.narrow(1, 0, 1) },
    'no channels': { ...given, pixelValues: pixelValues.narrow(1, 0, 0) },
    'an empty batch': { ...given, pixelValues: pixelValues.narrow(0, 0, 0) },
    'images without rows': { ...given, pixelValues: pixelValues.narrow(2, 0, 0) },
    'another size': { ...given, pixelValues: torch.randn([batch, 3, height + 8, width]) },
    integers: { ...given, pixelValues: pixelValues.to('int64') },
    float64: { ...given, pixelValues: pixelValues.to('float64') },
    bfloat16: { ...given, pixelValues: pixelValues.to('bfloat16') },
    booleans: { ...given, pixelValues: pixelValues.gt(0) },
    'complex numbers': { ...given, pixelValues: pixelValues.to('complex64') },
    'another device': { ...given, pixelValues: pixelValues.to('meta') },
    'a sparse tensor': { ...given, pixelValues: pixelValues.toSparse() },
    'a disposed tensor': { ...given, pixelValues: disposed },
    'a name that there is not': { ...given, pixels: pixelValues },
    ...(given.pixelMask &&
      Object.fromEntries(Object.entries(masks).map(([title, pixelMask]) => [title, { ...given, pixelMask }]))),
  };
}
