/** Turns what the addon throws into the typed errors of ts/errors.ts. */
import {
  DeviceError,
  DisposedTensorError,
  DTypeError,
  OutOfMemoryError,
  ShapeError,
  TorchError,
} from '../errors';

interface NativeError extends Error {
  kind: 'disposed' | 'argument' | 'memory' | 'index' | 'type' | 'missing' | 'torch';
  trace?: string;
}

function isNative(error: unknown): error is NativeError {
  return error instanceof Error && 'kind' in error;
}

// libtorch raises nearly all its checks as one class, so what the message speaks of decides. First match wins.
const SUBJECTS: readonly [RegExp, typeof TorchError][] = [
  [/out of memory|can't allocate memory|not enough memory/i, OutOfMemoryError],
  [/same device|\bCUDA\b|device type|invalid device|\bcuda\b/, DeviceError],
  [/dtype|scalar type|data type|not implemented for '|result type|complex|floating point|integral/i, DTypeError],
  [/\bsizes?\b|shape|dimension|\bdims?\b|broadcast|elements|mat1 and mat2|out of bounds|out of range|expanded|\dD\b/i, ShapeError],
];

function classOf(error: NativeError): typeof TorchError {
  switch (error.kind) {
    case 'disposed':
      return DisposedTensorError;
    case 'memory':
      return OutOfMemoryError;
    case 'argument':
      return DTypeError;
    default:
      return SUBJECTS.find(([subject]) => subject.test(error.message))?.[1] ?? TorchError;
  }
}

/**
 * The typed form of an error thrown by the addon; anything else comes back as it is.
 * @param where what was called, e.g. `aten::mm(float32[2, 3], float32[2, 3])`
 */
export function typedError(error: unknown, where: string): unknown {
  if (!isNative(error)) return error;
  return new (classOf(error))(`${where}: ${error.message}`, { nativeTrace: error.trace });
}

/** Runs `body`, and names `where` in whatever the addon throws out of it. */
export function guarded<T>(where: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw typedError(error, where);
  }
}
