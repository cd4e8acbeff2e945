import assert from 'node:assert/strict';
import * as nn from '../../../ts/nn';
import * as torch from '../../../ts/tensor';

describe('functionalCall', () => {
  const layer = (): nn.Linear => new nn.Linear(2, 1);

  it('computes with the given tensors and lets gradients go to them', () => {
    const module = layer();
    const [weight, bias] = [module.weight, module.bias];
    const given = torch.tensor([[2, 3]], { requiresGrad: true });
    const output = nn.utils.functionalCall(
      module,
      { weight: given, bias: torch.tensor([1]) },
      torch.tensor([[10, 100]]),
    );
    assert.equal(output.item(), 321);
    output.backward();
    assert.deepEqual(given.grad!.toArray(), [[10, 100]]);
    assert.deepEqual([module.weight, module.bias], [weight, bias]);
    assert.equal(weight.grad, null);
  });

  it('what is left out stays the module’s', () => {
    const module = layer();
    torch.noGrad(() => module.bias!.fill_(5));
    assert.equal(nn.utils.functionalCall(module, { weight: torch.zeros([1, 2]) }, torch.ones([1, 2])).item(), 5);
  });

  it('the module has its own tensors back after an error', () => {
    const module = layer();
    const { weight } = module;
    assert.throws(() => nn.utils.functionalCall(module, { weight: torch.zeros([1, 2]) }, torch.ones([1, 7])));
    assert.equal(module.weight, weight);
  });

  it('a name or a shape that the module does not have is an error', () => {
    assert.throws(
      () => nn.utils.functionalCall(layer(), { scale: torch.ones([1]) }, torch.ones([1, 2])),
      /Linear has no tensor "scale"/,
    );
    assert.throws(
      () => nn.utils.functionalCall(layer(), { weight: torch.ones([2]) }, torch.ones([1, 2])),
      /"weight" has shape \[1, 2\], got a tensor of \[2\]/,
    );
  });
});
