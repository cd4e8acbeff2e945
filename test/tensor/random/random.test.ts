import assert from 'node:assert/strict';
import { DisposedTensorError, DTypeError, TorchError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';
import type { Generator, Tensor } from '../../../ts/tensor';
import { assertDrawn, assertSame, goldenTensors } from '../../nn/golden';

const golden = goldenTensors('tensor-random');

describe('random numbers', () => {
  const draws: Record<string, (generator: Generator) => Tensor> = {
    rand: (generator) => torch.rand([5], { generator }),
    'rand 20': (generator) => torch.rand([20], { generator }),
    randn: (generator) => torch.randn([5], { generator }),
    'randn 20': (generator) => torch.randn([4, 5], { generator }),
    'randn float64': (generator) => torch.randn([17], { dtype: 'float64', generator }),
    randint: (generator) => torch.randint(10, [7], { generator }),
    'randint low': (generator) => torch.randint(-3, 4, [2, 3], { generator }),
    randperm: (generator) => torch.randperm(12, { generator }),
    normal_: (generator) => torch.empty([6]).normal_(1, 2, { generator }),
    uniform_: (generator) => torch.empty([6]).uniform_(-1, 2, { generator }),
    bernoulli: (generator) => torch.bernoulli(torch.full([8], 0.3), { generator }),
    multinomial: (generator) => torch.multinomial(torch.tensor([0.1, 0.2, 0.7]), 5, true, { generator }),
    exponential_: (generator) => torch.empty([4]).exponential_(2, { generator }),
    random_: (generator) => torch.empty([4], { dtype: 'int64' }).random_(100, { generator }),
  };
  for (const [name, draw] of Object.entries(draws)) {
    it(`${name} draws Python's numbers from a generator`, () =>
      assertDrawn(draw(new torch.Generator().manualSeed(11)), golden.get(name)));
  }

  it("manualSeed gives Python's numbers, dropout among them", () => {
    torch.manualSeed(12);
    const drawn = [
      torch.rand(3),
      torch.randn(3),
      torch.dropout(torch.ones([10]), 0.4, true),
      torch.empty([2]).uniform_(),
    ];
    assertDrawn(torch.cat(drawn), golden.get('global'));
  });

  it('seeds may be negative, or as large as 64 bits', () => {
    torch.manualSeed(-1);
    assertSame(torch.rand(3), golden.get('negative seed'));
    torch.manualSeed(2n ** 64n - 1n);
    assertSame(torch.rand(3), golden.get('largest seed'));
    torch.manualSeed(-1n);
    assertSame(torch.rand(3), golden.get('negative seed'));
  });

  it('a generator of its own leaves the global one alone', () => {
    torch.manualSeed(5);
    const first = torch.rand(2);
    torch.manualSeed(5);
    torch.rand([100], { generator: new torch.Generator().manualSeed(1) });
    assertSame(torch.rand(2), first);
  });

  it('a seed may draw numbers while it is converted', () => {
    const generator = new torch.Generator();
    const seed = { toString: () => `drawn ${torch.rand([1], { generator }).shape.join()}` };
    assert.throws(() => generator.manualSeed(seed as unknown as number), /found drawn 1/);
  });

  for (const seed of [NaN, 0.5, Infinity, 2 ** 53, 2n ** 64n, -(2n ** 63n) - 1n, '1', null, undefined]) {
    it(`the seed ${String(seed)} is refused`, () => {
      assert.throws(() => torch.manualSeed(seed as number), {
        name: 'DTypeError',
        message: /expected a seed that is a safe integer or a bigint of 64 bits/,
      });
      assert.throws(() => new torch.Generator().manualSeed(seed as number), DTypeError);
    });
  }
});

describe('the state of a generator', () => {
  it('is the one that Python writes, and brings its numbers back', () => {
    torch.manualSeed(13);
    torch.rand(5);
    assertSame(torch.getRngState(), golden.get('state'));
    torch.manualSeed(0);
    torch.setRngState(golden.get('state'));
    assertDrawn(torch.randn(5), golden.get('after state'));
  });

  it('of a generator of its own too', () => {
    const generator = new torch.Generator().manualSeed(3);
    const state = torch.getRngState(generator);
    const first = torch.rand([4], { generator });
    torch.setRngState(state, generator);
    assertSame(torch.rand([4], { generator }), first);
  });

  it('is refused when it is none', () => {
    assert.throws(() => torch.setRngState(torch.ones([3])), /RNG state must be a torch\.ByteTensor/);
    assert.throws(() => torch.setRngState(torch.zeros([3], { dtype: 'uint8' })), TorchError);
    assert.throws(() => torch.setRngState({} as Tensor), DTypeError);
    const disposed = torch.getRngState();
    disposed.dispose();
    assert.throws(() => torch.setRngState(disposed), DisposedTensorError);
  });
});

describe('Generator', () => {
  it('is refused for a device that is not there', () => {
    assert.throws(
      () => new torch.Generator('disk' as torch.Device),
      /expected a device such as 'cpu' or 'cuda:0', found 'disk'/,
    );
    assert.throws(() => new torch.Generator('meta'), TorchError);
  });

  it('is refused where it is no generator', () => {
    assert.throws(() => torch.rand([1], { generator: 5 as never }), DTypeError);
    assert.throws(() => torch.ops.aten!.rand!.generator!([1], { generator: {} as never }), TorchError);
  });

  it('thousands of them do no harm', () => {
    for (let i = 0; i < 3000; i++) new torch.Generator().manualSeed(i);
    assert.equal(torch.rand([1], { generator: new torch.Generator().manualSeed(1) }).numel(), 1);
  });
});
