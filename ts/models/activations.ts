/**
 * The activation functions that a `hidden_act` may name, written as transformers writes them (activations.py), so that
 * the last bits agree too.
 */
import { InputError } from '../errors';
import * as torch from '../tensor';
import type { Tensor } from '../tensor';
import { isTracing } from '../tensor/core/context';

type Activation = (input: Tensor) => Tensor;

const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

const gelu: Activation = (x) => torch.gelu(x);
const geluTanh: Activation = (x) => torch.gelu(x, { approximate: 'tanh' });
const cubed: Activation = (x) => x.add(x.pow(3).mul(0.044715));
const newGelu: Activation = (x) => x.mul(0.5).mul(cubed(x).mul(SQRT_2_OVER_PI).tanh().add(1));
const silu: Activation = (x) => torch.silu(x);

const activations = {
  gelu,
  gelu_10: (x) => gelu(x).clip(-10, 10),
  gelu_accurate: newGelu,
  gelu_fast: (x) => x.mul(0.5).mul(x.mul(0.7978845608).mul(x.mul(0.044715).mul(x).add(1)).tanh().add(1)),
  gelu_new: newGelu,
  gelu_python: (x) => x.mul(0.5).mul(x.div(Math.SQRT2).erf().add(1)),
  gelu_python_tanh: newGelu,
  gelu_pytorch_tanh: geluTanh,
  hardswish: (x) => torch.hardswish(x),
  laplace: (x) =>
    x
      .sub(0.707107)
      .div(0.282095 * Math.SQRT2)
      .erf()
      .add(1)
      .mul(0.5),
  leaky_relu: (x) => torch.leakyRelu(x, 0.01),
  // A view, so that whoever frees the input does not free the output with it.
  linear: (x) => x.view(x.shape),
  mish: (x) => torch.mish(x),
  quick_gelu: (x) => x.mul(x.mul(1.702).sigmoid()),
  relu: (x) => x.relu(),
  relu2: (x) => x.relu().square(),
  relu6: (x) => torch.relu6(x),
  sigmoid: (x) => x.sigmoid(),
  silu,
  sqrtsoftplus: (x) => torch.softplus(x).sqrt(),
  swish: silu,
  tanh: (x) => x.tanh(),
} satisfies Record<string, Activation>;

export type ActivationName = keyof typeof activations;
export const ACTIVATION_NAMES = Object.keys(activations) as readonly ActivationName[];

/** The function of a name; any shape to the same shape. */
export function activation(name: ActivationName): Activation {
  const found = (activations as Partial<Record<string, Activation>>)[name];
  if (!found)
    throw new InputError(`Expected an activation out of ${ACTIVATION_NAMES.join(', ')}, found ${String(name)}.`);
  return found;
}

/** ReLU that overwrites its input, which nobody else may use. TorchScript cannot differentiate that, and so gets a new tensor. */
export function reluInPlace(x: Tensor): Tensor {
  return isTracing() ? x.relu() : x.relu_();
}
