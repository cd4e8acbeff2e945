/** Tensors between JavaScript threads: a message holds tokens, the memory stays where it is. */
import { DTypeError, InputError } from '../../errors';
import { binding } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { isMap } from '../../native/realm';
import { LONGEST } from '../core/arguments';
import { isOptions } from '../operators/surface';
import { adopt } from '../memory/lifetime';
import { checkOptions } from '../../options';
import { Tensor } from '../core/tensor';

/** What `share` makes of a value: `postMessage` and `workerData` carry it. */
export type Shared<T> = { readonly 'torchts:shared': T };

export interface ShareOptions {
  /** How many threads will call `receive`, once each. @default 1 */
  readonly receivers?: number;
}

const TOKEN = 'torchts:token';
const MOST = 2 ** 32 - 1;

function mapLeaves(value: unknown, change: (leaf: object) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const changed = change(value);
  if (changed !== undefined) return changed;
  if (Array.isArray(value)) {
    if (value.length > LONGEST)
      throw new DTypeError(`share: expected arrays of at most ${LONGEST} elements, found one of ${value.length}`);
    return value.map((item) => mapLeaves(item, change));
  }
  if (isMap(value)) return new Map([...value].map(([key, item]) => [key, mapLeaves(item, change)]));
  if (isOptions(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapLeaves(item, change)]));
  return value;
}

/**
 * Makes a message of tensors in any nesting of arrays, maps and plain objects (a state dict, a batch), for another thread
 * to `receive`. Nothing is copied: all threads see the same memory, so only one may write, and none while others read. A
 * tensor over an external buffer (`copy: false`) is copied once, for the buffer ends with its thread. The message
 * holds the memory until every receiver has it, or `withdraw` takes it back.
 *
 *     worker.postMessage(torch.share(model.stateDict()));              // here
 *     model.loadStateDict(torch.receive(message), { assign: true });   // in the worker
 */
export function share<T>(value: T, options: ShareOptions = {}): Shared<T> {
  checkOptions('share', options, ['receivers']);
  const { receivers = 1 } = options;
  if (!Number.isInteger(receivers) || receivers < 1 || receivers > MOST)
    throw new DTypeError(`share: expected a whole number of receivers from 1 to ${MOST}, found ${receivers}`);
  const shared = mapLeaves(value, (leaf) =>
    leaf instanceof Tensor ? { [TOKEN]: guarded('share', () => binding.share(leaf._handle, receivers)) } : undefined,
  );
  return { 'torchts:shared': shared as T };
}

function tokenOf(leaf: object): number | undefined {
  return TOKEN in leaf ? (leaf[TOKEN] as number) : undefined;
}

function contents<T>(message: Shared<T>, where: string): T {
  if (typeof message === 'object' && message !== null && 'torchts:shared' in message) return message['torchts:shared'];
  throw new InputError(
    `${where}: expected a message that torch.share() made, found ${message === null ? 'null' : typeof message}`,
  );
}

/**
 * The value of a message, its tensors over the memory of the sender's.
 * @throws InputError, DTypeError for what is no such message, and when every receiver has taken it already
 */
export function receive<T>(message: Shared<T>): T {
  return mapLeaves(contents(message, 'receive'), (leaf) => {
    const token = tokenOf(leaf);
    return token === undefined ? undefined : adopt(guarded('receive', () => binding.receive(token)));
  }) as T;
}

/** Takes back a message that nobody received. */
export function withdraw<T>(message: Shared<T>): void {
  mapLeaves(contents(message, 'withdraw'), (leaf) => {
    const token = tokenOf(leaf);
    return token === undefined ? undefined : { withdrawn: binding.withdraw(token) };
  });
}
