import { printable } from './printable';

/** Every error that torchts throws on purpose. `code` is stable; the message says what was expected, what was found and what to do. */
export class TorchError extends Error {
  /** Which kind of error it is, for programs: messages may change, codes do not. */
  readonly code: string = 'TTS_TORCH';
  /** The C++ trace of an error raised inside libtorch; written out when it is asked for, which takes some milliseconds. */
  declare readonly nativeTrace?: string;

  constructor(message: string, options: { cause?: unknown; nativeTrace?: () => string } | null = {}) {
    super(
      printable(typeof message === 'string' ? message : inspected(message)),
      options?.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = new.target.name;
    // Not enumerable: a trace of two hundred lines has no place in a printed error.
    if (options?.nativeTrace) Object.defineProperty(this, 'nativeTrace', { get: options.nativeTrace });
  }
}

// Loaded when it is needed: in a bundle of ES modules, whose one error is made here, built-in modules cannot be loaded.
function inspected(value: unknown): string {
  const { inspect } = require('node:util') as typeof import('node:util');
  return inspect(value);
}

/** Shapes that do not fit each other or the operator. */
export class ShapeError extends TorchError {
  override readonly code = 'TTS_SHAPE';
}

/** An element type, or the JavaScript type of an argument, that the operator does not take. */
export class DTypeError extends TorchError {
  override readonly code = 'TTS_DTYPE';
}

/** A device that is absent, or tensors on different devices. */
export class DeviceError extends TorchError {
  override readonly code = 'TTS_DEVICE';
}

/** The allocator of a device could not give the bytes asked for. */
export class OutOfMemoryError extends TorchError {
  override readonly code = 'TTS_OUT_OF_MEMORY';
}

/** A tensor used after `dispose()`, after the end of its scope, or on another thread than its own. */
export class DisposedTensorError extends TorchError {
  override readonly code = 'TTS_DISPOSED';
}

/** A call to other processes that failed: see `torch.distributed`. */
export class DistributedError extends TorchError {
  override readonly code: string = 'TTS_DISTRIBUTED';
}

/** Another process did not take part in time: it is stopped, busy with something else, or calls in another order. */
export class DistributedTimeoutError extends DistributedError {
  override readonly code = 'TTS_DISTRIBUTED_TIMEOUT';
}

/** The connection to another process broke: it has ended, or the network has failed. */
export class ConnectionLostError extends DistributedError {
  override readonly code = 'TTS_CONNECTION_LOST';
}

/** A file, option or configuration of the user that cannot be used as it is. */
export class InputError extends TorchError {
  override readonly code: string = 'TTS_INPUT';
}

/** A command line or configuration that asks for something that does not exist: exit code 2. */
export class UsageError extends InputError {
  override readonly code = 'TTS_USAGE';
}
