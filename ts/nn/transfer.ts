import { InputError } from '../errors';
import { DTYPES, type DType, type Tensor, type Device } from '../tensor';
import { isComplex, isFloatingPoint } from '../tensor/types/dtype';

/** Where tensors go, and what they become. */
export interface Target {
  readonly device?: Device;
  /** A floating point or complex type; tensors of integers keep theirs. */
  readonly dtype?: DType;
  /** Order of four dimensions in memory. */
  readonly memoryFormat?: 'contiguous' | 'channels_last';
}

/** A target from a dtype or a device alone. */
export function parseTarget(target: DType | Device | Target): Target {
  const parsed: Target = typeof target !== 'string' ? target : isDType(target) ? { dtype: target } : { device: target };
  if (parsed.dtype !== undefined && !isFloatingPoint(parsed.dtype) && !isComplex(parsed.dtype)) {
    throw new InputError(`A module converts to floating point or complex types only, got '${parsed.dtype}'.`);
  }
  return parsed;
}

function isDType(name: string): name is DType {
  return (DTYPES as readonly string[]).includes(name);
}

/** `tensor` at its target; itself where nothing changes. */
export function convertTensor(tensor: Tensor, { device, dtype, memoryFormat }: Target): Tensor {
  const converts = isFloatingPoint(tensor.dtype) || isComplex(tensor.dtype);
  const moved = tensor.to({ device, dtype: converts ? dtype : undefined });
  return memoryFormat === undefined || tensor.ndim !== 4 ? moved : moved.contiguous({ memoryFormat });
}
