/** One operator of libtorch: arguments onto the wire, one native call, results off it. */
import { DTypeError, OutOfMemoryError, TorchError } from '../../errors';
import { binding } from '../../native/binding';
import { typedError } from '../../native/typed-errors';
import { isError, isPlainObject } from '../../native/realm';
import { takeFirst, peek, put, put2, putUnboxedCall, replaceWire, reserve, rewind, Tag, take } from '../../native/wire';
import { context, type Scope } from '../core/context';
import { LONGEST, PlanOperand } from '../core/arguments';
import { dtypeName, type Complex } from '../types/dtype';
import { Generator } from '../random/generator';
import { parseSchema, type Schema } from './schema';
import { BRAND, Tensor, freedAt } from '../core/tensor';
import { adopt, adoptInto, observed } from '../memory/lifetime';
import { collect } from '../memory/live-tensors';
import { retryAfterOom } from '../memory/oom-retry';

/** Whatever an operator takes. */
export type Argument =
  Tensor | Generator | Complex | number | bigint | boolean | string | null | undefined | readonly Argument[];

/** Keyword arguments by the names of the schema. */
export type Options = Readonly<Record<string, Argument>>;

/** Whatever an operator returns; dictionaries come from TorchScript only. */
export type Result = Tensor | Complex | number | bigint | boolean | string | null | undefined | Result[] | Dictionary;

export interface Dictionary {
  [key: string]: Result;
}

const strings: string[] = [];

function encodeNumber(value: number): void {
  // JavaScript has one kind of number; a whole one counts as an integer, which libtorch turns into a float where it needs one.
  const integer = Number.isSafeInteger(value) && !Object.is(value, -0);
  put2(integer ? Tag.Int : Tag.Float, value);
}

function encodeBigInt(value: bigint): void {
  if (BigInt.asIntN(64, value) !== value && BigInt.asUintN(64, value) !== value)
    throw new DTypeError(`expected a bigint of 64 bits, found ${value}`);
  put(Tag.BigInt);
  put(Number(value >> 32n));
  put(Number(value & 0xffffffffn));
}

function encodeObject(value: object): void {
  if (value instanceof Tensor) return put2(Tag.Tensor, value._handle);
  if (Array.isArray(value)) {
    if (value.length > LONGEST)
      throw new DTypeError(`expected an array of at most ${LONGEST} elements, found one of ${value.length}`);
    reserve(2 + 3 * value.length);
    put2(Tag.List, value.length);
    for (const item of value as Argument[]) {
      if (Array.isArray(item))
        throw new DTypeError('expected an array of plain values, found an array inside of an array');
      encode(item);
    }
  } else if (value instanceof Generator) put2(Tag.Generator, value._id);
  else if (value instanceof PlanOperand) put2(value.kind === 'slot' ? Tag.Slot : Tag.Constant, value.number);
  else if ('float' in value) put2(Tag.Float, Number(value.float));
  else if ('re' in value && 'im' in value) {
    put(Tag.Complex);
    put(Number(value.re));
    put(Number(value.im));
  } else if (ArrayBuffer.isView(value)) encodeObject(Array.from(value as unknown as Iterable<number | bigint>));
  else throw new DTypeError(`expected a tensor, number, string, boolean, array or null, found ${formatValue(value)}`);
}

function encode(value: unknown): void {
  switch (typeof value) {
    case 'object':
      if (value === null) put(Tag.None);
      else encodeObject(value);
      return;
    case 'number':
      return encodeNumber(value);
    case 'undefined':
      return put(Tag.Default);
    case 'boolean':
      return put2(Tag.Bool, value ? 1 : 0);
    case 'string':
      return put2(Tag.String, strings.push(value) - 1);
    case 'bigint':
      return encodeBigInt(value);
    default:
      throw new DTypeError(`expected a tensor, number, string, boolean, array or null, found a ${typeof value}`);
  }
}

/** The one result, when it is a tensor: the addon has tied its handle to `owner`. */
function own(owner: Tensor): Tensor | undefined {
  if (peek() !== Tag.Tensor) return undefined;
  take();
  owner._handle = take();
  owner._tracked = true;
  return observed(owner);
}

function decode(texts: readonly string[] | undefined, args: readonly unknown[], options: object | undefined): Result {
  const tag = take();
  switch (tag) {
    case Tag.Tensor:
      return adopt(take());
    case Tag.Same: {
      const handle = take();
      return find(handle, args) ?? (options && find(handle, Object.values(options))) ?? undefined;
    }
    case Tag.None:
      return null;
    case Tag.Int:
    case Tag.Float:
      return take();
    case Tag.Bool:
      return take() !== 0;
    case Tag.String:
      return texts?.[take()];
    case Tag.BigInt:
      return (BigInt(take()) << 32n) | BigInt(take());
    case Tag.Complex:
      return { re: take(), im: take() };
    case Tag.Dict:
      return decodeDict(texts, args, options);
    case Tag.List:
      return Array.from({ length: take() }, () => decode(texts, args, options));
    default:
      throw new TorchError(`the addon answered with an unknown tag ${tag}: rebuild it with \`make build\``);
  }
}

function decodeDict(
  texts: readonly string[] | undefined,
  args: readonly unknown[],
  options: object | undefined,
): Dictionary {
  const result: Record<string, Result> = {};
  for (let left = take(); left > 0; left--) {
    const key = String(decode(texts, args, options));
    result[key] = decode(texts, args, options);
  }
  return result;
}

/** Puts values onto the wire; the strings among them go beside it. */
export function encodeAll(values: readonly unknown[]): readonly string[] {
  rewind();
  strings.length = 0;
  for (const value of values) encode(value);
  return strings;
}

const DEEPEST = 64;

/** The same for TorchScript, which takes arrays inside of arrays, and objects and maps for its dictionaries and classes. */
export function encodeNested(values: readonly unknown[]): readonly string[] {
  rewind();
  strings.length = 0;
  for (const value of values) encodeTree(value, 0);
  return strings;
}

function encodeTree(value: unknown, depth: number): void {
  if (depth > DEEPEST)
    throw new DTypeError(
      `expected an argument nested at most ${DEEPEST} deep, found a deeper one, or one that holds itself`,
    );
  if (Array.isArray(value)) {
    if (value.length > LONGEST)
      throw new DTypeError(`expected an array of at most ${LONGEST} elements, found one of ${value.length}`);
    reserve(2 + 3 * value.length);
    put2(Tag.List, value.length);
    for (const item of value) encodeTree(item === undefined ? null : item, depth + 1);
    return;
  }
  const entries =
    value instanceof Map
      ? [...(value as Map<unknown, unknown>)]
      : isPlainObject(value) && !('re' in value && 'im' in value)
        ? Object.entries(value)
        : null;
  if (entries === null) return encode(value);
  reserve(2 + 6 * entries.length);
  put2(Tag.Dict, entries.length);
  for (const pair of entries) for (const part of pair) encodeTree(part === undefined ? null : part, depth + 1);
}

/** Takes one value off the wire. */
export function decodeOne(texts: readonly string[] | undefined, args: readonly unknown[]): Result {
  rewind();
  return decode(texts, args, undefined);
}

function find(handle: number, values: readonly unknown[]): Tensor | undefined {
  for (const value of values) {
    if (value instanceof Tensor && value._handle === handle) return value;
    const inner = Array.isArray(value) ? find(handle, value) : undefined;
    if (inner) return inner;
  }
  return undefined;
}

/** A disposed tensor, with where it was made and freed if that was recorded. */
function disposedTensor(tensor: Tensor): string {
  const end = freedAt(tensor);
  return end.startsWith('made') ? `disposed tensor, ${end}` : 'disposed tensor';
}

/** Whether a value is a tensor of another load of this package: after `jest.resetModules()`, or with a second copy in node_modules. */
function isForeignTensor(value: unknown): boolean {
  return typeof value === 'object' && value !== null && BRAND in value && !(value instanceof Tensor);
}

/** A tensor by its type and sizes; libtorch says neither of a nested one. */
function typeAndSizes(tensor: Tensor): string {
  try {
    return `${tensor.dtype}[${tensor.shape.join(', ')}]`;
  } catch {
    return 'nested tensor';
  }
}

/** A value as an error message shows it: `float32[2, 3]` for a tensor. */
export function formatValue(value: unknown, depth = 0): string {
  if (value instanceof Tensor) return value.isDisposed ? disposedTensor(value) : typeAndSizes(value);
  if (Array.isArray(value)) {
    if (depth > 2) return '[…]';
    const shown = value
      .slice(0, 6)
      .map((item) => formatValue(item, depth + 1))
      .join(', ');
    return `[${shown}${value.length > 6 ? ', …' : ''}]`;
  }
  if (typeof value === 'string') return JSON.stringify(value);
  if (isForeignTensor(value)) return 'a tensor of another copy of torchts (it is loaded twice in this thread)';
  if (typeof value === 'object' && value !== null) return value.constructor?.name ?? 'an object';
  return String(value);
}

export class Operator {
  #schema: Schema | undefined;
  #index = -1;
  /** This is the second try, after memory ran out. */
  #retrying = false;

  constructor(
    readonly namespace: string,
    readonly name: string,
    readonly overload: string,
  ) {}

  get qualifiedName(): string {
    return `${this.namespace}::${this.name}${this.overload ? `.${this.overload}` : ''}`;
  }

  /** @internal what the addon knows it by */
  get index(): number {
    return this.schema && this.#index;
  }

  /** Looked up at first use: a program touches a few dozen of the 3,466 operators. */
  get schema(): Schema {
    if (this.#schema) return this.#schema;
    try {
      const { index, schema } = binding.resolve(`${this.namespace}::${this.name}`, this.overload);
      this.#index = index;
      return (this.#schema = parseSchema(schema));
    } catch (error) {
      throw typedError(error, this.qualifiedName);
    }
  }

  /**
   * Calls the operator.
   * @param args positional arguments; those left out take the schema's default
   * @param options further arguments by name, as the schema spells it or in camelCase
   */
  call(args: readonly unknown[], options?: object): Result {
    const { parameters } = this.#schema ?? this.schema;
    if (args.length > parameters.length) throw this.#surplus(args);
    // Brings the modes of the running context into force. Outside of any scope the collector is to free the result.
    const owner = context().scope === null ? new Tensor(0) : undefined;
    try {
      rewind();
      if (strings.length > 0) strings.length = 0; // shortening an array is a slow call even when it is empty
      for (let i = 0; i < args.length; i++) encode(args[i]);
      for (let i = args.length; i < parameters.length; i++) {
        const parameter = parameters[i]!;
        encode(options && (options as Options)[parameter.key in options ? parameter.key : parameter.name]);
      }
      const extra =
        strings.length === 0 && !owner ? binding.call(this.#index) : binding.call(this.#index, strings, owner);
      if (isError(extra)) throw extra;
      if (extra?.wire) replaceWire(extra.wire);
      const results = this.#results(extra?.strings, args, options, owner);
      if (extra?.collect) collect(extra.collect);
      return results;
    } catch (error) {
      return this.#failed(error, args, options);
    }
  }

  /**
   * What a call with `count` tensors and nothing else is: of an operator that returns one tensor, `'new'`, or `'inplace'` where
   * it writes to the first. Null where that takes more arguments, or other ones.
   */
  unboxedKind(count: number): 'new' | 'inplace' | null {
    const { parameters, positional, required, returns } = this.schema;
    const fits = count >= required && count <= positional && returns.length === 1 && returns[0] === 'Tensor';
    if (!fits || !parameters.slice(0, count).every(({ base, list }) => base === 'Tensor' && !list)) return null;
    if (!parameters.some(({ written }) => written)) return 'new';
    return parameters[0]!.written && !parameters.slice(1).some(({ written }) => written) ? 'inplace' : null;
  }

  /** `call` for what {@link unboxedKind} knows, in two thirds of its time. */
  callUnboxed(kind: 'new' | 'inplace', count: number, first: Tensor, second?: Tensor, third?: Tensor): Result {
    const { scope } = context();
    putUnboxedCall(
      this.#index,
      count,
      first._handle,
      second === undefined ? 0 : second._handle,
      third === undefined ? 0 : third._handle,
    );
    const owner = scope === null && kind === 'new' ? new Tensor(0) : undefined;
    const extra = owner ? binding.callUnboxed(owner) : binding.callUnboxed();
    if (isError(extra)) return this.#failed(extra, [first, second, third].slice(0, count), undefined);
    const result = kind === 'inplace' ? first : this.#adoptNew(takeFirst(), owner, scope);
    if (extra) collect(extra);
    return result;
  }

  #adoptNew(handle: number, owner: Tensor | undefined, scope: Scope | null): Tensor | null {
    if (handle === 0) return null;
    if (!owner) return adoptInto(scope, handle);
    owner._handle = handle;
    owner._tracked = true;
    return observed(owner);
  }

  #failed(error: unknown, args: readonly unknown[], options: object | undefined): Result {
    const typed = typedError(error, this.#signature(args, options));
    if (!(typed instanceof OutOfMemoryError) || this.#retrying) throw typed;
    this.#retrying = true;
    try {
      return retryAfterOom(
        typed,
        this.schema.parameters.some(({ written }) => written) ? null : () => this.call(args, options),
      );
    } finally {
      this.#retrying = false;
    }
  }

  #results(
    texts: readonly string[] | undefined,
    args: readonly unknown[],
    options: object | undefined,
    owner: Tensor | undefined,
  ): Result {
    rewind();
    const count = take();
    if (count === 1) return (owner && own(owner)) ?? this.#named(decode(texts, args, options));
    if (count === 0) return undefined;
    return Array.from({ length: count }, () => decode(texts, args, options));
  }

  /** An element type is returned as its code. */
  #named(result: Result): Result {
    return typeof result === 'number' && this.schema.returns[0] === 'ScalarType' ? dtypeName(result) : result;
  }

  #surplus(args: readonly unknown[]): DTypeError {
    const names = this.schema.parameters.map((parameter) => parameter.name).join(', ');
    return new DTypeError(
      `${this.qualifiedName}: expected at most ${this.schema.parameters.length} arguments (${names}), found ${args.length}`,
    );
  }

  #signature(args: readonly unknown[], options: object | undefined): string {
    const given = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
    const named = given.map(([key, value]) => `${key}=${formatValue(value)}`);
    return `${this.qualifiedName}(${[...args.map((value) => formatValue(value)), ...named].join(', ')})`;
  }
}

const operators = new Map<string, Operator>();

/** The operator of that name; one object a name. Whether libtorch knows it shows at the first call. */
export function operator(namespace: string, name: string, overload = ''): Operator {
  const key = `${namespace}::${name}.${overload}`;
  let found = operators.get(key);
  if (!found) operators.set(key, (found = new Operator(namespace, name, overload)));
  return found;
}
