import assert from 'node:assert/strict';
import { accelerator } from '../../ts/tensor';
import { chooseDevice, trainingPrecision } from '../../ts/train/device';

describe('the device of a training', () => {
  it('is the accelerator where there is one, else the cpu', () => {
    assert.equal(chooseDevice('auto'), accelerator.current() ?? 'cpu');
    assert.equal(chooseDevice('cpu'), 'cpu');
  });

  it('is refused when it is not here, with what is', () => {
    assert.throws(() => chooseDevice('cuda:99'), {
      name: 'UsageError',
      message: /found "cuda:99": this libtorch sees .*cpu/,
    });
  });

  it('decides the precision where that is left open', () => {
    assert.equal(trainingPrecision('auto', 'cpu'), 'float32');
    assert.equal(trainingPrecision('auto', 'cuda'), 'bfloat16');
    assert.equal(trainingPrecision('float32', 'cuda'), 'float32');
    assert.equal(trainingPrecision('float16', 'cpu'), 'float16');
  });
});
