import assert from 'node:assert/strict';
import { InputError } from '../../ts/errors';
import { activation, ACTIVATION_NAMES } from '../../ts/models/activations';
import { assertClose, goldenTensors } from '../nn/golden';

const golden = goldenTensors('vit');

describe('activations', () => {
  it('are all that transformers has, but the two with weights of their own', () => {
    const python = golden.names.filter((name) => name.startsWith('activation.') && name !== 'activation.input');
    assert.deepEqual([...ACTIVATION_NAMES].sort(), python.map((name) => name.slice('activation.'.length)).sort());
  });

  for (const name of ACTIVATION_NAMES) {
    it(`${name} gives the numbers of Python`, () => {
      assertClose(activation(name)(golden.get('activation.input')), golden.get(`activation.${name}`));
    });
  }

  it('give a tensor of its own, so that disposing of the input leaves the output', () => {
    for (const name of ACTIVATION_NAMES) {
      const input = golden.get('activation.input').clone();
      const output = activation(name)(input);
      input.dispose();
      assert.equal(output.numel(), 97, name);
    }
  });

  it('an unknown name is refused', () => {
    assert.throws(() => activation('prelu' as never), InputError);
  });
});
