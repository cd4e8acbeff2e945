import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { MessageChannel } from 'node:worker_threads';
import { DisposedTensorError, DTypeError, ShapeError } from '../../../ts/errors';
import * as nn from '../../../ts/nn';
import * as torch from '../../../ts/tensor';

describe('tensors as operands of JavaScript', () => {
  // The compiler refuses arithmetic on objects; JavaScript does not.
  const operands = (a: unknown, b: unknown): [number, number] => [a as number, b as number];

  it('of one element are its value', () => {
    const [nine, ten] = operands(torch.tensor(9), torch.tensor([10]));
    assert.deepEqual(
      [nine < ten, nine > ten, nine + ten, nine * 2, -nine, Math.max(nine, ten)],
      [true, false, 19, 18, -9, 10],
    );
    let total = 0;
    total += nine;
    assert.equal(total, 9);
    assert.equal(Number(torch.tensor([[2.5]])), 2.5);
    assert.equal(Number(torch.tensor(true)), 1);
    assert.equal(`${Number(torch.tensor(9007199254740993n))}`, '9007199254740992');
    assert.equal('loss ' + (torch.tensor(0.5) as unknown as string), 'loss 0.5');
  });

  it('of several, of none, or complex are refused', () => {
    const [a, b] = operands(torch.ones([2]), torch.ones([2]));
    assert.throws(
      () => a + b,
      new ShapeError(
        'expected a tensor of one element where JavaScript wants a number, found shape [2]; write a.add(b) for a + b, a.lt(b) for a < b, String(a) for its text',
      ),
    );
    assert.throws(() => a < b, ShapeError);
    assert.throws(() => Number(torch.zeros([0])), ShapeError);
    assert.throws(() => Number(torch.tensor({ re: 1, im: 2 })), DTypeError);
    const gone = torch.ones([1]);
    gone.dispose();
    assert.throws(() => Number(gone), DisposedTensorError);
  });

  it('print as text, of any size', () => {
    const x = torch.tensor([1, 2]);
    assert.deepEqual(
      [`${x}`, String(x), inspect(x), inspect({ x })],
      ['tensor([1., 2.])', 'tensor([1., 2.])', 'tensor([1., 2.])', '{ x: tensor([1., 2.]) }'],
    );
  });
});

describe('JSON of tensors', () => {
  it('is their nested arrays', () => {
    const x = torch.tensor([
      [1, 2.5],
      [3, 4],
    ]);
    assert.equal(
      JSON.stringify({ loss: torch.tensor(0.5), x, mask: torch.tensor([true]) }),
      '{"loss":0.5,"x":[[1,2.5],[3,4]],"mask":[true]}',
    );
    assert.equal(JSON.stringify(new nn.Parameter(torch.ones([1]))), '[1]');
    assert.equal(JSON.stringify(torch.tensor([1n, 2n ** 60n])), '[1,"1152921504606846976"]');
    assert.equal(JSON.stringify(torch.tensor({ re: 1, im: 2 })), '{"re":1,"im":2}');
  });
});

describe('copies of tensors that JavaScript would make', () => {
  const refused =
    /a tensor; post torch\.share\(tensor\) and take it there by torch\.receive\(\), or copy it here by tensor\.clone\(\).* could not be cloned/;

  it('structuredClone is refused, and says what to do', () => {
    assert.throws(() => structuredClone(torch.ones([1])), refused);
    assert.throws(() => structuredClone({ weights: [new nn.Parameter(torch.ones([1]))] }), refused);
  });

  it('postMessage too', () => {
    const { port1, port2 } = new MessageChannel();
    try {
      assert.throws(() => port1.postMessage({ x: torch.ones([1]) }), refused);
    } finally {
      port1.close();
      port2.close();
    }
  });
});
