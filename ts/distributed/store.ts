/**
 * The key-value stores by which processes find each other: c10d's, under PyTorch's names, so that a Python process and one of
 * Node may use the same one. A constructor cannot wait, so `open` takes its part.
 */
import { InputError } from '../errors';
import { distributedBinding as native } from '../native/distributed-binding';
import { guardedPromise } from '../native/typed-errors';
import { expected, resolveOptions } from '../options';

/** How long a call of a store waits if it is not told otherwise, in milliseconds. */
const STORE_TIMEOUT = 300_000;

export interface StoreOptions {
  /** How long `get` and `wait` wait for a key, in milliseconds. @default 300000 */
  readonly timeout?: number;
}

/** Keys and bytes that several processes share. Every call is a promise; `get` and `wait` wait for keys that are not there yet. */
export abstract class Store {
  #number: number | undefined;

  /** @param number of the native store */
  protected constructor(
    number: number,
    /** How long `get` and `wait` wait, in milliseconds. */
    readonly timeout: number,
  ) {
    this.#number = number;
  }

  /** @internal the number of the native store */
  get _number(): number {
    if (this.#number === undefined) throw new InputError(`${this.constructor.name}: the store was closed`);
    return this.#number;
  }

  /** Puts a value under a key; a string as UTF-8. */
  async set(key: string, value: string | Uint8Array): Promise<void> {
    await this.#call('set', () => native().storeSet(this._number, text(key), bytesOf('set', value)));
  }

  /**
   * The value of a key, once there is one.
   * @throws DistributedTimeoutError when there is none within `timeout`
   */
  async get(key: string): Promise<Buffer> {
    return this.#call('get', () => native().storeGet(this._number, text(key)));
  }

  /** Adds to the number under a key, which begins at 0, and gives the sum. */
  async add(key: string, amount: number): Promise<number> {
    if (!Number.isSafeInteger(amount)) throw expected('add', 'a whole number', amount);
    return this.#call('add', () => native().storeAdd(this._number, text(key), amount));
  }

  /** Puts `desired` under a key that holds `expected`, or that is absent where `expected` is empty; gives what is there then. */
  async compareSet(key: string, expected: string | Uint8Array, desired: string | Uint8Array): Promise<Buffer> {
    const [before, after] = [bytesOf('compareSet', expected), bytesOf('compareSet', desired)];
    return this.#call('compareSet', () => native().storeCompareSet(this._number, text(key), before, after));
  }

  /**
   * Waits until all keys are there.
   * @throws DistributedTimeoutError when they are not within `timeout`, the store's if it is not given
   */
  async wait(keys: readonly string[], options: StoreOptions = {}): Promise<void> {
    const { timeout } = resolveOptions('wait', { timeout: this.timeout }, options);
    await this.#call('wait', () => native().storeWait(this._number, keys.map(text), checkTimeout('wait', timeout)));
  }

  /** Whether all keys are there. */
  async check(keys: readonly string[]): Promise<boolean> {
    return this.#call('check', () => native().storeCheck(this._number, keys.map(text)));
  }

  /** Takes a key away; whether it was there. */
  async deleteKey(key: string): Promise<boolean> {
    return this.#call('deleteKey', () => native().storeDelete(this._number, text(key)));
  }

  /** How many keys there are, those that c10d keeps for itself among them. */
  async numKeys(): Promise<number> {
    return this.#call('numKeys', () => native().storeCount(this._number));
  }

  /** Closes the connection, and the server where this process has it. Process groups made of it keep theirs. */
  async close(): Promise<void> {
    const number = this.#number;
    if (number === undefined) return;
    this.#number = undefined;
    await this.#call('close', () => native().storeFree(number));
  }

  #call<T>(name: string, body: () => Promise<T>): Promise<T> {
    return guardedPromise(`${this.constructor.name}.${name}`, body);
  }
}

export interface TCPStoreOptions extends StoreOptions {
  /** Whether this process has the server. @default false */
  readonly isMaster?: boolean;
  /** How many processes use the store, the server's included; null where that is not known. @default null */
  readonly worldSize?: number | null;
  /** Whether the server waits until `worldSize` processes are connected. @default true */
  readonly waitForWorkers?: boolean;
}

/** A store in the memory of one process, which others reach over TCP. */
export class TCPStore extends Store {
  private constructor(
    number: number,
    /** Where the server is. */
    readonly host: string,
    /** The port of the server: the one that the system chose, where 0 was asked for. */
    readonly port: number,
    timeout: number,
  ) {
    super(number, timeout);
  }

  /**
   * Starts the server or connects to it.
   * @param port 0 lets the system choose one, where this process has the server
   * @throws DistributedTimeoutError, ConnectionLostError when the server is not there within `timeout`
   */
  static async open(host: string, port: number, options: TCPStoreOptions = {}): Promise<TCPStore> {
    const { isMaster, worldSize, waitForWorkers, timeout } = resolveOptions<Required<TCPStoreOptions>>(
      'TCPStore.open',
      { isMaster: false, worldSize: null, waitForWorkers: true, timeout: STORE_TIMEOUT },
      options,
    );
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw expected('TCPStore.open', 'a port from 0 to 65535', port, '', InputError);
    if (port === 0 && !isMaster) throw new InputError('TCPStore.open: expected the port of the server, found 0');
    checkTimeout('TCPStore.open', timeout);
    const number = await guardedPromise(`TCPStore.open(${host}:${port})`, () =>
      native().tcpStore(host, port, isMaster, worldSize ?? 0, waitForWorkers, timeout),
    );
    return new TCPStore(number, host, native().storePort(number), timeout);
  }
}

export interface FileStoreOptions extends StoreOptions {
  /** How many processes use the file: the last that closes it deletes it. @default null, then nobody does */
  readonly worldSize?: number | null;
}

/** A store in a file that all processes can lock, on a disk of this machine or one that is shared. */
export class FileStore extends Store {
  private constructor(
    number: number,
    /** The file. */
    readonly path: string,
    timeout: number,
  ) {
    super(number, timeout);
  }

  /** Opens the file, which is made where it is not there. One that is left of an earlier group must be deleted before. */
  static async open(path: string, options: FileStoreOptions = {}): Promise<FileStore> {
    const { worldSize, timeout } = resolveOptions<Required<FileStoreOptions>>(
      'FileStore.open',
      { worldSize: null, timeout: STORE_TIMEOUT },
      options,
    );
    checkTimeout('FileStore.open', timeout);
    const number = await guardedPromise(`FileStore.open(${path})`, () =>
      native().fileStore(path, worldSize ?? -1, timeout),
    );
    return new FileStore(number, path, timeout);
  }
}

/** A store in the memory of this process alone. */
export class HashStore extends Store {
  /** Makes an empty store. */
  static async open(options: StoreOptions = {}): Promise<HashStore> {
    const { timeout } = resolveOptions('HashStore.open', { timeout: STORE_TIMEOUT }, options);
    checkTimeout('HashStore.open', timeout);
    return new HashStore(await guardedPromise('HashStore.open', () => native().hashStore(timeout)), timeout);
  }
}

/** A part of another store: its keys begin with `prefix/` there. */
export class PrefixStore extends Store {
  constructor(
    /** What its keys begin with in the other store. */
    readonly prefix: string,
    /** The other store. */
    readonly underlyingStore: Store,
  ) {
    if (!(underlyingStore instanceof Store)) throw expected('PrefixStore', 'a store', underlyingStore);
    super(native().prefixStore(text(prefix), underlyingStore._number), underlyingStore.timeout);
  }
}

/** A time limit in milliseconds, as calls take it. */
export function checkTimeout(owner: string, timeout: number): number {
  if (typeof timeout !== 'number' || !(timeout >= 1) || timeout > 2 ** 43)
    throw expected(owner, 'a timeout of at least 1 millisecond', timeout, '', InputError);
  return Math.ceil(timeout);
}

function text(key: string): string {
  if (typeof key !== 'string') throw expected('store', 'a key as a string', key);
  return key;
}

function bytesOf(owner: string, value: string | Uint8Array): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value);
  if (value instanceof Uint8Array) return value;
  throw expected(owner, 'a string or a Uint8Array', value);
}
