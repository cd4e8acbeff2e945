/** torch.frombuffer. */
import { types } from 'node:util';
import { DTypeError, InputError } from '../../errors';
import { expected, resolveOptions } from '../../options';
import { fromTypedArray } from './create';
import { DTYPES, type DType } from '../types/dtype';
import { empty } from './fill';
import { scoped } from '../memory/lifetime';
import type { Tensor } from '../core/tensor';

export interface FromBufferOptions<Type extends DType = DType> {
  /** Type of the elements. */
  readonly dtype: Type;
  /** How many elements; -1 takes all that follow `offset`. @default -1 */
  readonly count?: number;
  /** Bytes to skip. @default 0 */
  readonly offset?: number;
  /** Whether autograd records from here. @default false */
  readonly requiresGrad?: boolean;
}

/**
 * A tensor of one dimension from the bytes of an ArrayBuffer, a Node Buffer or a typed array. Copies them, where Python's shares
 * the memory; for that use `fromTypedArray` with `copy: false`.
 * @throws InputError where the bytes are too few, or no whole number of elements
 */
export function frombuffer<Type extends DType>(
  buffer: ArrayBufferLike | NodeJS.ArrayBufferView,
  options: FromBufferOptions<Type>,
): Tensor<Type> {
  const owner = 'frombuffer';
  const defaults = { dtype: null as Type | null, count: -1, offset: 0, requiresGrad: false };
  const { dtype, count, offset, requiresGrad } = resolveOptions(owner, defaults, options);
  if (dtype === null || !DTYPES.includes(dtype))
    throw expected(owner, 'the name of a type for dtype', dtype, "write { dtype: 'float32' }");
  const bytes = bytesOf(owner, buffer);
  if (!Number.isInteger(offset) || offset < 0 || offset > bytes.length)
    throw expected(owner, `an offset from 0 to ${bytes.length}, the bytes of the buffer`, offset, '', InputError);
  if (!Number.isInteger(count) || count < -1 || count === 0)
    throw expected(owner, 'a count of at least 1, or -1 for all', count, '', InputError);
  const size = elementSizeOf(dtype);
  const left = bytes.length - offset;
  if (count === -1 ? left === 0 || left % size !== 0 : left < count * size) {
    const wanted = count === -1 ? `a whole number of elements of ${size} bytes` : `${count} elements of ${size} bytes`;
    throw new InputError(`${owner}: expected ${wanted} behind the offset ${offset}, found ${left} bytes`);
  }
  const part = bytes.subarray(offset, count === -1 ? undefined : offset + count * size);
  const made = scoped(() => fromTypedArray(part).view(dtype)) as Tensor as Tensor<Type>;
  return requiresGrad ? (made.requiresGrad_(true) as Tensor as Tensor<Type>) : made;
}

function elementSizeOf(dtype: DType): number {
  return scoped(() => empty([0], { dtype }).elementSize());
}

function bytesOf(owner: string, buffer: unknown): Uint8Array {
  if (ArrayBuffer.isView(buffer)) return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  if (types.isAnyArrayBuffer(buffer)) return new Uint8Array(buffer);
  throw expected(owner, 'an ArrayBuffer, a Buffer or a typed array', buffer, '', DTypeError);
}
