/** What PyTorch asks of values by functions: whether they are tensors, how large, of which type. */
import { Tensor } from '../core/tensor';
import { change, within } from '../core/context';
import { checkBody, expected } from '../core/options';

/** Whether a value is a tensor. */
export function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}

/** Number of elements of a tensor. */
export function numel(input: Tensor): number {
  if (!(input instanceof Tensor)) throw expected('numel', 'a tensor', input);
  return input.numel();
}

const KINDS: Readonly<Record<string, string>> = {
  float32: 'Float',
  float64: 'Double',
  float16: 'Half',
  bfloat16: 'BFloat16',
  uint8: 'Byte',
  int8: 'Char',
  int16: 'Short',
  int32: 'Int',
  int64: 'Long',
  bool: 'Bool',
  complex32: 'ComplexHalf',
  complex64: 'ComplexFloat',
  complex128: 'ComplexDouble',
};

/** The name of a value's type as `torch.typename` gives it: `'torch.FloatTensor'`; of anything but a tensor the name of its class. */
export function typename(value: unknown): string {
  if (value instanceof Tensor) return legacyType(value);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return value.constructor?.name ?? 'Object';
}

/** `tensor.type()`: `'torch.FloatTensor'`, `'torch.cuda.LongTensor'`. */
export function legacyType({ dtype, device, layout }: Tensor): string {
  const kind = device.split(':')[0]!;
  const parts = ['torch', ...(kind === 'cpu' ? [] : [kind]), ...(layout.startsWith('sparse') ? ['sparse'] : [])];
  return `${parts.join('.')}.${KINDS[dtype] ?? dtype}Tensor`;
}

/**
 * Sets whether operators are recorded for autograd: with `body` while that runs, without it from now on in this context.
 */
export function setGradEnabled(mode: boolean): void;
export function setGradEnabled<T>(mode: boolean, body: () => T): T;
export function setGradEnabled<T>(mode: boolean, body?: () => T): T | void {
  if (typeof mode !== 'boolean') throw expected('setGradEnabled', 'true or false', mode);
  if (body === undefined) return change({ grad: mode });
  checkBody('setGradEnabled', body);
  return within({ grad: mode }, body, () => undefined);
}
