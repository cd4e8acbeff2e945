/** The element type and the device of new tensors that name none. */
import { DTypeError } from '../../errors';
import { binding } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { device as checkedDevice, type Device } from './device';
import { dtypeName, isFloatingPoint, type DType } from './dtype';
import { show } from '../../options';

let device: Device | null = null;

/** The element type of new tensors of numbers: `'float32'` unless `setDefaultDtype` changed it. */
export function getDefaultDtype(): DType {
  return dtypeName(binding.defaultDType());
}

/**
 * Sets the element type of new tensors of numbers and of the parameters of new layers, in the whole process.
 * @throws DTypeError for what is no floating point type
 */
export function setDefaultDtype(dtype: DType): void {
  if (typeof dtype !== 'string' || !isFloatingPoint(dtype))
    throw new DTypeError(
      `setDefaultDtype: only floating-point types are supported as the default type, found ${show(dtype)}`,
    );
  guarded('setDefaultDtype', () => binding.setDefaultDType(dtype));
}

/** The complex type whose parts are of the default type. */
export function defaultComplex(): DType {
  const part = getDefaultDtype();
  return part === 'float64' ? 'complex128' : part === 'float16' ? 'complex32' : 'complex64';
}

/** Where new tensors are made: `'cpu'` unless `setDefaultDevice` changed it. */
export function getDefaultDevice(): Device {
  return device ?? 'cpu';
}

/**
 * Sets where the functions that make tensors, and new layers, put them when no device is named; null for the CPU.
 * @throws DeviceError when there can be no such device
 */
export function setDefaultDevice(name: Device | null): void {
  device = name === null || name === 'cpu' ? null : checkedDevice(name);
}

/** @internal null while it is the CPU */
export function chosenDevice(): Device | null {
  return device;
}

/** The element type of a tensor made of these values. */
export function inferredType(values: readonly unknown[]): DType {
  const kinds = new Set(values.map((value) => typeof value));
  if (kinds.has('object')) return defaultComplex();
  if (kinds.has('number') || kinds.size === 0) return getDefaultDtype();
  return kinds.has('bigint') ? 'int64' : 'bool';
}
