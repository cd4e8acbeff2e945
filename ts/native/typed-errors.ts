/** Turns what the addon throws into the typed errors of ts/errors.ts. */
import {
  ConnectionLostError,
  DeviceError,
  DisposedTensorError,
  DistributedError,
  DistributedTimeoutError,
  DTypeError,
  OutOfMemoryError,
  ShapeError,
  TorchError,
} from '../errors';
import { takePendingError } from './pending-errors';
import { isError } from './realm';

interface NativeError extends Error {
  kind: 'callback' | 'disposed' | 'argument' | 'device' | 'memory' | 'index' | 'type' | 'missing' | 'torch';
  trace?: () => string;
}

function isNative(error: unknown): error is NativeError {
  return isError(error) && 'kind' in error;
}

/** Whether the addon only passes on what JavaScript threw that libtorch had called. */
export function isFromCallback(error: unknown): boolean {
  return isNative(error) && error.kind === 'callback';
}

// libtorch raises nearly all its checks as one class, so what the message speaks of decides. First match wins.
const SUBJECTS: readonly [RegExp, typeof TorchError][] = [
  // Gloo and c10d, through which other processes are spoken to.
  [
    /another process did not take part within|\btimed out\b|wait timeout|failed to pass monitoredBarrier/i,
    DistributedTimeoutError,
  ],
  [
    /connection to another process|Broken pipe|Connection (was likely )?(closed|reset)|Connection refused/i,
    ConnectionLostError,
  ],
  [/\b(gloo|c10d|TCPStore|monitoredBarrier|NCCL|ProcessGroupNCCL)\b/, DistributedError],
  [/out of memory|can't allocate memory|not enough memory/i, OutOfMemoryError],
  [/same device|device type|invalid device|accelerator|NVIDIA|\b(cuda|mps|xpu|meta tensors?)\b/i, DeviceError],
  [
    /dtype|scalar type|data type|not implemented for '|result type|converted to type|bool tensor|complex|floating point|integral/i,
    DTypeError,
  ],
  [
    /sizes?\b|shape|square|dimension|\bdims?\b|broadcast|elements|mat1 and mat2|out of bounds|out of range|from -?\d+ to -?\d+, found|expanded|\dD\b/i,
    ShapeError,
  ],
];

/** What the addon cannot know: how a tensor comes to its end. */
export const DISPOSED = 'the tensor was disposed, or the scope or forward that made it has ended';

/** Some messages go on for pages, about what only libtorch's own developers can do; the whole stays in `nativeTrace`. */
function brief(message: string): string {
  return message
    .replace(
      /^Could not run '([^']+)' with arguments from the '(\w+)' backend\.[^]*/,
      'this libtorch has no $1 for $2 tensors; `npx torchts doctor` says what it was built for',
    )
    .replace(
      'the tensor was disposed, or belongs to another thread',
      `${DISPOSED} (return it from there, or exempt it with torch.keep(tensor)), or it belongs to another thread`,
    )
    .replace(/ You may have run into this message[^]*/, '')
    .replace(/(?:Original exception: *\n?)?\[\S*\/gloo\/\S+\.(?:cc|h):\d+\] */g, '')
    .replace(
      /Timed out waiting (\d+)ms for (?:recv|send) operation to complete/,
      'another process did not take part within $1 ms: it is stopped or busy, or makes other calls',
    )
    .replace(
      /(?:Read error|Write error|Connection closed by peer|Application timeout caused pair closure)(?: \[([^\]]+)\]:? ?\S*)?.*/,
      (_, peer: string | undefined) =>
        `the connection to another process${peer === undefined ? '' : ` at ${peer}`} was lost: it has ended, has given up, or the network has failed`,
    );
}

function classOf({ kind, message }: { kind: NativeError['kind']; message: string }): typeof TorchError {
  switch (kind) {
    case 'disposed':
      return DisposedTensorError;
    case 'memory':
      return OutOfMemoryError;
    case 'argument':
      return DTypeError;
    case 'device':
      return DeviceError;
    default:
      return SUBJECTS.find(([subject]) => subject.test(message))?.[1] ?? TorchError;
  }
}

/**
 * The typed form of an error thrown by the addon; anything else comes back as it is, also when it was thrown in JavaScript
 * that libtorch called (a hook, a function's backward).
 * @param where what was called, e.g. `aten::mm(float32[2, 3], float32[2, 3])`
 */
export function typedError(error: unknown, where: string): unknown {
  if (!isNative(error)) return error;
  if (isFromCallback(error)) return takePendingError(Number(error.message));
  const message = brief(error.message);
  const { trace } = error;
  const nativeTrace = trace && ((): string => `${error.message}\n${trace()}`);
  return new (classOf({ kind: error.kind, message }))(`${where}: ${message}`, { nativeTrace });
}

/** Runs `body`, and names `where` in whatever the addon throws out of it. */
export function guarded<T>(where: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    // Node-API converts a symbol or an object without a prototype by JavaScript's rules, which refuse it.
    if (error instanceof TypeError && error.message.startsWith('Cannot convert'))
      throw new DTypeError(`${where}: expected numbers and strings, found a value that cannot be converted to one`);
    throw typedError(error, where);
  }
}

/** The promise that `body` gives; what it throws or rejects with is typed, and names `where`. */
export async function guardedPromise<T>(where: string, body: () => Promise<T>): Promise<T> {
  try {
    return await guarded(where, body);
  } catch (error) {
    throw typedError(error, where);
  }
}
