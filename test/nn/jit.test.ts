import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError, TorchError } from '../../ts/errors';
import { jit, nn } from '../../ts';
import { DetrForObjectDetection } from '../../ts/models';
import * as torch from '../../ts/tensor';
import { liveTensors } from '../live-tensors';
import { assertClose } from './golden';

const golden = join(__dirname, '../golden');
const expected = JSON.parse(readFileSync(join(golden, 'script.json'), 'utf8')) as Record<
  'once' | 'flipped',
  number[][]
>;
const x = torch.keep(
  torch.tensor([
    [1, 2, 3],
    [-1, 0.5, 0],
  ]),
);
const near = (found: torch.Tensor, wanted: number[][]): void =>
  assert.ok(torch.allclose(found, torch.tensor(wanted)), String(found));

describe('torch.jit.load', () => {
  const script = jit.load(join(golden, 'script.pt'));
  const forward = (...args: unknown[]) => script.forward<Record<string, torch.Tensor>>(x, ...args)['result']!;

  it('runs a module that Python scripted, with its branches, its loops and its defaults', () => {
    near(forward(), expected.once);
    near(forward(3, true), expected.flipped);
    near(forward({ flip: true, times: 3 }), expected.flipped);
  });

  it('gives tuples and lists as arrays, dictionaries as objects, and what is no tensor as it is', () => {
    const [twice, both, count, first] = script.call<[torch.Tensor, torch.Tensor[], number, string | null]>('parts', x, [
      'a',
      'b',
    ]);
    assert.deepEqual(
      [twice.toArray(), both.length, both[1]!.toArray(), count, first],
      [x.mul(2).toArray(), 2, x.add(1).toArray(), 2, 'a'],
    );
    assert.equal(script.call<torch.Tensor[]>('parts', x, [])[3], null);
    assert.deepEqual(Object.keys(script.forward<Record<string, torch.Tensor>>(x)).sort(), ['result', 'sum']);
  });

  it('has methods, parameters and buffers by name, and moves them', () => {
    assert.deepEqual(script.methods.sort(), ['forward', 'parts']);
    assert.deepEqual(Object.keys(script.stateDict()).sort(), ['linear.bias', 'linear.weight', 'offset']);
    assert.equal(script.parameters().length, 2);
    const other = jit.load(join(golden, 'script.pt'), { device: 'cpu' }).to({ dtype: 'float64' });
    assert.equal(other.stateDict()['offset']!.dtype, 'float64');
    assert.match(script.code, /offset/);
  });

  it('gives gradients', () => {
    const own = jit.load(join(golden, 'script.pt'));
    own.forward<Record<string, torch.Tensor>>(x)['sum']!.backward();
    assert.deepEqual(own.stateDict()['linear.bias']!.grad!.toArray(), [2, 2]);
  });

  it('says what is wrong with a file, a method or an argument', () => {
    assert.throws(
      () => jit.load('no/such.pt'),
      (error: Error) =>
        error instanceof InputError &&
        /^no\/such\.pt: expected a TorchScript file, found none that can be opened/.test(error.message),
    );
    assert.throws(
      () => jit.load(__filename),
      (error: Error) => error instanceof TorchError && /jit\.load/.test(error.message),
    );
    assert.throws(
      () => script.call('backward', x),
      /expected one of the module's methods \(forward, parts\), found 'backward'/,
    );
    assert.throws(() => script.forward(x, 1, false, 2), /forward: expected \(x, times, flip\), found 4 arguments/);
    assert.throws(() => script.forward(x, { time: 1 }), /found 'time', which does not exist or is given twice/);
    assert.throws(() => script.forward(x, 'three'), /argument 'times' must be int, found a string/);
    assert.throws(() => script.forward(), /argument 'x'.*missing/);
    const gone = jit.load(join(golden, 'script.pt'));
    gone.dispose();
    assert.throws(() => gone.forward(x), /disposed/);
  });

  it('runs beside the event loop', async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => script.forwardAsync<Record<string, torch.Tensor>>([x, i])),
    );
    results.forEach((result, i) => near(result['result']!, forward(i).toArray<number[]>() as number[][]));
    await assert.rejects(script.forwardAsync([torch.ones([2, 7])]), TorchError);
  });

  it('beside the event loop takes its one tensor by itself', async () => {
    const product = jit.trace((input) => input.mm(input), [torch.ones([2, 2])]);
    assert.deepEqual((await product.forwardAsync(torch.ones([2, 2]))).toArray(), [
      [2, 2],
      [2, 2],
    ]);
    for (const wrong of [undefined, null, 3, 'x', { x }])
      await assert.rejects(
        product.forwardAsync(wrong as unknown as torch.Tensor),
        (error: Error) =>
          error instanceof InputError &&
          /forwardAsync: expected the arguments of forward in an array, or one tensor, found/.test(error.message),
      );
  });

  it('leaves the event loop its turns meanwhile', async () => {
    const large = torch.ones([700, 700]);
    const slow = jit.trace(
      (input) => Array.from({ length: 6 }).reduce<torch.Tensor>((product) => input.mm(product).div(700), input),
      [large],
    );
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    slow.forward(large);
    assert.equal(turns, 0);
    const product = await slow.forwardAsync([large]);
    clearInterval(timer);
    assert.ok(turns > 0, 'the event loop stood still');
    assert.ok(torch.allclose(product, large));
  });

  it('beside the event loop has the modes of the caller: autocast, no gradients', async () => {
    const product = jit.trace((input) => input.mm(input), [torch.ones([2, 2])]);
    const square = torch.ones([2, 2], { requiresGrad: true });
    const half = await torch.autocast('cpu', { dtype: 'float16' }, () => product.forwardAsync([square]));
    assert.deepEqual([half.dtype, half.requiresGrad], ['float16', true]);
    const plain = await torch.noGrad(() => product.forwardAsync([square]));
    assert.deepEqual([plain.dtype, plain.requiresGrad], ['float32', false]);
  });
});

describe('torch.jit.trace', () => {
  const folder = mkdtempSync(join(tmpdir(), 'torchts-jit-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const network = () =>
    new nn.Sequential(new nn.Linear(3, 4), new nn.BatchNorm1d(4), new nn.GELU(), new nn.Linear(4, 2));

  it('gives what the module gives, also for other batches, and keeps its names', () => {
    torch.manualSeed(0);
    const model = network().eval();
    const script = jit.trace(model, [x]);
    const other = torch.randn([5, 3]);
    assert.ok(torch.equal(script.forward(other), model.forward(other)));
    assert.deepEqual(Object.keys(script.stateDict()).sort(), Object.keys(model.stateDict()).sort());
  });

  it('saves what loads again and gives the same', () => {
    const model = network().eval();
    jit.trace(model, [x], { inputNames: ['pixels'] }).save(join(folder, 'model.pt'));
    const script = jit.load(join(folder, 'model.pt'));
    assert.ok(torch.equal(script.forward({ pixels: x }), model.forward(x)));
  });

  it('holds tensors that the code makes of numbers', () => {
    const script = jit.trace((input) => input.mul(torch.tensor([1, 2, 3])).add(torch.tensor(5)), [x]);
    const other = torch.randn([4, 3]);
    for (let round = 0; round < 3; round++)
      assert.ok(torch.equal(script.forward(other), other.mul(torch.tensor([1, 2, 3])).add(5)));
  });

  it('traces under autocast what was computed there before', () => {
    const model = new nn.Linear(3, 2);
    torch.autocast('cpu', { dtype: 'bfloat16' }, () => {
      const expected = model.forward(x);
      assert.ok(torch.equal(jit.trace(model, [x]).forward(x), expected));
    });
  });

  it('takes a module whose class has no name', () => {
    const model = new (class extends nn.Module {
      forward(input: torch.Tensor): torch.Tensor {
        return input.neg();
      }
    })();
    assert.ok(torch.equal(jit.trace(model, [x]).forward(x), x.neg()));
  });

  it('serves DETR, packed before or not, with gradients and without', () => {
    const backboneConfig = {
      model_type: 'resnet',
      embedding_size: 8,
      hidden_sizes: [8, 8, 8, 16],
      depths: [1, 1, 1, 1],
      layer_type: 'basic',
      out_features: ['stage4'],
    };
    const model = DetrForObjectDetection.fromConfig({
      dModel: 16,
      encoderLayers: 1,
      decoderLayers: 1,
      encoderAttentionHeads: 2,
      decoderAttentionHeads: 2,
      encoderFfnDim: 16,
      decoderFfnDim: 16,
      numQueries: 5,
      useTimmBackbone: false,
      backboneConfig,
    }).eval();
    const pixels = torch.randn([1, 3, 64, 64]);
    const boxes = (pixelValues: torch.Tensor): torch.Tensor => model.forward({ pixelValues }).predBoxes;
    const expected = torch.noGrad(() => boxes(pixels));
    for (const traced of [
      torch.noGrad(() => jit.trace(boxes, [pixels], { module: model })),
      jit.trace(boxes, [pixels], { module: model }),
    ]) {
      for (let round = 0; round < 4; round++) {
        const found = traced.forward(pixels);
        assertClose(found!, expected);
        if (found.requiresGrad) found.sum().backward();
        assertClose(torch.noGrad(() => traced.forward(pixels)) as torch.Tensor, expected);
      }
    }
    assert.ok(model.parameters().some(({ grad }) => grad !== null));
  });

  it('traces a function over a module, with several results', () => {
    const model = new nn.Linear(3, 2);
    const script = jit.trace((a, b) => [model.forward(a.add(b)), a.mul(b)], [x, x], { module: model });
    const [sum, product] = script.forward<torch.Tensor[]>(x, x.mul(3));
    assert.ok(torch.equal(sum!, model.forward(x.mul(4))));
    assert.ok(torch.equal(product!, x.mul(x.mul(3))));
    assert.deepEqual(Object.keys(script.stateDict()), ['weight', 'bias']);
  });

  it('lets errors of the traced code out, and can trace again afterwards', () => {
    const model = new nn.Linear(3, 2);
    const failing = (): torch.Tensor => {
      throw new RangeError('not today');
    };
    assert.throws(() => jit.trace(failing, [x]), { name: 'RangeError', message: 'not today' });
    assert.throws(() => jit.trace(() => 3 as unknown as torch.Tensor, [x]), /expected code that gives a tensor/);
    assert.throws(() => jit.trace(model, [x], { inputNames: [] }), /expected 1 inputNames, found 0/);
    assert.ok(torch.equal(jit.trace(model, [x]).forward(x), model.forward(x)));
  });

  it('leaves nothing behind but the script', async () => {
    const model = new nn.Linear(3, 2);
    const before = await liveTensors();
    for (let i = 0; i < 3; i++) torch.scope(() => jit.trace(model, [x]).dispose());
    assert.equal(await liveTensors(), before);
  });
});
