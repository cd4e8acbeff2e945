import assert from 'node:assert/strict';
import { TorchError } from '../../../ts/errors';
import * as nn from '../../../ts/nn';
import * as torch from '../../../ts/tensor';
import { liveTensors } from '../../live-tensors';
import { assertClose, assertNumber, goldenTensors } from '../golden';

describe('nn.utils', () => {
  const golden = goldenTensors('nn-clip');

  /** Three parameters with gradients and one without. */
  function parameters(): nn.Parameter[] {
    const given = [0, 1, 2].map((i) => golden.get(`given.${i}`));
    const made = given.map((gradient) => new nn.Parameter(torch.zerosLike(gradient)));
    for (const [i, parameter] of made.entries()) parameter.grad = given[i]!.clone();
    return [...made, new nn.Parameter(torch.zeros([2]))];
  }

  function check(name: string, made: readonly nn.Parameter[]): void {
    for (const i of [0, 1, 2]) assertClose(made[i]!.grad!, golden.get(`${name}.grad.${i}`), { what: `${name} ${i}` });
    assert.equal(made[3]!.grad, null);
  }

  for (const [name, bound, normType] of [
    ['two', 1, 2],
    ['loose', 100, 2],
    ['inf', 0.5, Infinity],
    ['one', 3, 1],
  ] as const) {
    it(`clipGradNorm, case ${name}: norm and gradients are PyTorch's`, () => {
      const made = parameters();
      const norm = nn.utils.clipGradNorm(made, bound, { normType });
      assertClose(norm, golden.get(`${name}.norm`));
      check(name, made);
    });
  }

  it('clipGradNorm in its two parts', () => {
    const made = parameters();
    const norm = nn.utils.getTotalNorm(made.slice(0, 3).map((parameter) => parameter.grad!));
    assertClose(norm, golden.get('two.norm'));
    nn.utils.clipGradsWithNorm(made, 1, norm);
    check('two', made);
    assert.equal(nn.utils.getTotalNorm([]).item(), 0);
    assert.throws(() => nn.utils.getTotalNorm([torch.tensor([NaN])], { errorIfNonfinite: true }), TorchError);
  });

  it('clipGradValue clamps every element', () => {
    const made = parameters();
    nn.utils.clipGradValue(made, 0.4);
    check('value', made);
  });

  it('without gradients the norm is zero', () => {
    assert.equal(nn.utils.clipGradNorm([], 1).item(), 0);
    assert.equal(nn.utils.clipGradNorm([new nn.Parameter(torch.zeros([2]))], 1).item(), 0);
  });

  it('takes a model’s parameters of mixed types', () => {
    const made = [new nn.Parameter(torch.zeros([2])), new nn.Parameter(torch.zeros([2], { dtype: 'float64' }))];
    for (const parameter of made) parameter.grad = torch.full([2], 3, { dtype: parameter.dtype });
    assertNumber(Number(nn.utils.clipGradNorm(made, 3).item()), 6);
    for (const parameter of made) assertNumber((parameter.grad!.toArray() as number[])[0]!, 1.5);
  });

  it('a norm that is not finite is an error when asked for, and changes nothing', () => {
    const made = parameters();
    made[0]!.grad = torch.full([3, 4], NaN);
    const before = made[1]!.grad!.toArray();
    assert.throws(() => nn.utils.clipGradNorm(made, 1, { errorIfNonfinite: true }), TorchError);
    assert.deepEqual(made[1]!.grad!.toArray(), before);
    assert.ok(Number.isNaN(nn.utils.clipGradNorm(made, 1).item()));
  });

  it('leaves no tensor behind but the norm', async () => {
    const made = parameters();
    const before = await liveTensors();
    nn.utils.clipGradNorm(made, 1);
    assert.equal(torch.memory().tensors, before + 1);
  });

  it('parameters go into one vector and back', () => {
    const layer = new nn.Linear(3, 2);
    const vector = nn.utils.parametersToVector(layer.parameters());
    assert.deepEqual(vector.shape, [8]);
    nn.utils.vectorToParameters(torch.arange(0, 8), layer.parameters());
    assert.deepEqual(layer.bias!.detach().toArray(), [6, 7]);
    assert.throws(
      () => nn.utils.vectorToParameters(torch.zeros([7]), layer.parameters()),
      /expected a vector of 8 elements, got \[7\]/,
    );
  });
});
