/**
 * Options objects and refusals of arguments, for every public function: one reader of options, one sentence for what was expected
 * and what was found. The options of generated operators are checked against their schemas, with the same words.
 */
import { DTypeError, InputError, type TorchError } from './errors';
import { isPlainObject } from './native/realm';

/** Options as a caller may give them: any of them may be left out, or be undefined. */
export type Given<T extends object> = { readonly [Key in keyof T]?: T[Key] | undefined };

/**
 * `defaults` with the given options over them; one that is undefined counts as left out.
 * @throws InputError for a value that is no object, or for a key that `defaults` does not have, with the one that was meant
 */
export function resolveOptions<T extends object>(owner: string, defaults: T, options?: Given<T>): T {
  const resolved = { ...defaults };
  if (options === undefined) return resolved;
  checkOptions(owner, options, Object.keys(defaults));
  for (const key of Object.keys(defaults) as (keyof T)[]) {
    const value = options[key];
    if (typeof value === 'symbol') throw expected(owner, `no symbol for ${String(key)}`, value);
    if (value !== undefined) resolved[key] = value as T[keyof T];
  }
  return resolved;
}

/** Which arguments there are beside those with defaults, and in what order they stand. */
export interface ArgumentOrder {
  /** Names of the arguments that have no default, which come first. @default [] */
  readonly required?: readonly string[];
  /** Names of the options in the order of their positions; null is a position that takes null alone. @default the keys of `defaults` */
  readonly order?: readonly (string | null)[];
}

/**
 * Arguments that may be given by position, or by name in one object behind those: `norm(x, 2, { dim: 1 })`, `new StepLR(optimizer,
 * { stepSize: 5 })`. Undefined counts as left out. Whether a value is of the right kind is for the caller to see.
 * @returns `defaults` and the required arguments with the given ones over them
 * @throws InputError for too many, for one that is missing, that does not exist, or that is given both ways
 * @throws DTypeError for a boolean by position where none is expected, or anything else where one is
 */
export function bindArguments<T extends object>(
  owner: string,
  defaults: T,
  args: readonly unknown[],
  { required = [], order = Object.keys(defaults) }: ArgumentOrder = {},
): T {
  const known = [...required, ...Object.keys(defaults)];
  const last = args.at(-1);
  const options = isOptions(last, args.length > required.length ? known : []) ? last : undefined;
  const positions = [...required, ...order];
  const named = nameValues(owner, defaults, options === undefined ? args : args.slice(0, -1), positions);
  const twice = Object.keys(named).find((name) => options !== undefined && Object.hasOwn(options, name));
  if (twice !== undefined) throw new InputError(`${owner}: expected '${twice}' once, found it by position and by name`);
  const given = options === undefined || isPlainObject(options) ? options : valuesOf(options, known);
  const missing = required.find((name) => (named[name] ?? given?.[name]) === undefined && named[name] !== null);
  const all = { ...Object.fromEntries(required.map((name) => [name, undefined])), ...defaults };
  const resolved = resolveOptions(owner, all, { ...given, ...named } as Given<T>);
  if (missing !== undefined)
    throw new InputError(
      `${owner}: expected ${missing}, found undefined; give ${required.join(', ')} by position or by name`,
    );
  return resolved;
}

/** Plain objects hold options; so do instances of classes that have one of them, such as a layer that passes on its own fields. */
function isOptions(value: unknown, names: readonly string[]): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isTensorLike(value)) return false;
  if (isPlainObject(value)) return !('re' in value && 'im' in value);
  return names.some((name) => name in value);
}

function valuesOf(instance: object, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, Reflect.get(instance, name) as unknown]));
}

/** The values by the names of their positions. */
function nameValues(
  owner: string,
  defaults: object,
  values: readonly unknown[],
  positions: readonly (string | null)[],
): Record<string, unknown> {
  if (values.length > positions.length) {
    const names = positions.filter((name) => name !== null);
    throw new InputError(
      `${owner}: expected at most ${positions.length} arguments by position${names.length > 0 ? ` (${names.join(', ')})` : ''}, ` +
        `found ${values.length}; ${adviceByName(Object.keys(defaults))}`,
    );
  }
  const named: Record<string, unknown> = {};
  for (const [i, value] of values.entries()) {
    const name = positions[i]!;
    if (value === undefined || (name === null && value === null)) continue;
    if (name === null)
      throw expected(
        owner,
        `null at position ${i + 1}, which Python has for an argument that is deprecated or not here`,
        value,
        adviceByName(Object.keys(defaults)),
      );
    const normal: unknown = Reflect.get(defaults, name);
    const isKnown = name in defaults && normal !== null && normal !== undefined;
    if (isKnown && (typeof normal === 'boolean') !== (typeof value === 'boolean'))
      throw expected(owner, `${typeof normal === 'boolean' ? 'true or false' : 'no boolean'} for ${name}`, value);
    named[name] = value;
  }
  return named;
}

function adviceByName(names: readonly string[]): string {
  return names.length === 0 ? 'leave the rest out' : `write { ${names.map((name) => `${name}: …`).join(', ')} }`;
}

/**
 * Refuses options that do not exist. An instance of a class, such as a layer that passes on its own fields, is read for the
 * options that it has.
 * @throws InputError for a value that is no object, or for a key that is not among `known`
 */
export function checkOptions(owner: string, options: unknown, known: readonly string[]): asserts options is object {
  if (typeof options !== 'object' || options === null || Array.isArray(options) || isTensorLike(options)) {
    throw new InputError(
      `${owner}: expected its options as an object, found ${show(options)}; write { ${known[0]}: … }`,
    );
  }
  if (!isPlainObject(options)) return;
  for (const key of Object.keys(options)) if (!known.includes(key)) throw unknownOption(owner, key, known);
}

/** The error for an option that does not exist: names the one that was meant, or all there are. */
export function unknownOption(owner: string, key: string, known: readonly string[]): InputError {
  const meant = nearest(key, known);
  const advice = meant === undefined ? `; it takes ${known.join(', ')}` : `. Did you mean ${meant}?`;
  return new InputError(`${owner}: the option '${key}' does not exist${advice}`);
}

/** What other libraries call an option. */
const ALIASES: Readonly<Record<string, string>> = {
  axis: 'dim',
  axes: 'dim',
  learningrate: 'lr',
  probability: 'p',
  epsilon: 'eps',
};

/** The name among `known` that a slip of the pen, another spelling, or another library makes of it. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const own = (text: string): string => text.replaceAll(/[_-]/g, '').toLowerCase();
  const wanted = own(name);
  const same = known.find((candidate) => own(candidate) === wanted || candidate === ALIASES[wanted]);
  if (same !== undefined) return same;
  const most = Math.floor(wanted.length / 4); // a slip for every four letters
  const near = known
    .map((candidate) => ({ candidate, distance: editDistance(own(candidate), wanted) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return near !== undefined && near.distance <= most ? near.candidate : undefined;
}

/** How many letters have to be put in, left out or changed (Levenshtein 1966). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row.push(Math.min(row[j - 1]! + 1, previous[j]! + 1, previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    previous = row;
  }
  return previous[b.length]!;
}

type ErrorClass = new (message: string) => TorchError;

/**
 * The error for an argument of another kind than expected: `mseLoss: expected a tensor for target, found null`.
 * @param what what was expected, and for which argument
 * @param advice what to write instead
 */
export function expected(
  owner: string,
  what: string,
  found: unknown,
  advice = '',
  Kind: ErrorClass = DTypeError,
): TorchError {
  return new Kind(`${owner}: expected ${what}, found ${show(found)}${advice === '' ? '' : `; ${advice}`}`);
}

/**
 * The items of an iterable argument, in an array.
 * @param what what was expected, and for which argument
 * @throws InputError for what cannot be iterated over, a string among it
 */
export function itemsOf<T>(owner: string, what: string, value: Iterable<T>, advice = ''): T[] {
  if (typeof value !== 'object' || value === null || !(Symbol.iterator in value))
    throw expected(owner, what, value, advice, InputError);
  return [...value];
}

/**
 * The entries of a plain object or map.
 * @throws InputError for anything else
 */
export function entriesOf<T>(
  owner: string,
  what: string,
  value: Readonly<Record<string, T>> | Map<string, T>,
): [string, T][] {
  if (value instanceof Map) return [...value];
  if (!isPlainObject(value)) throw expected(owner, what, value, '', InputError);
  return Object.entries(value as Readonly<Record<string, T>>);
}

function isTensorLike(
  value: object,
): value is { readonly isDisposed: boolean; readonly dtype: string; readonly shape: readonly number[] } {
  return 'isDisposed' in value && 'dtype' in value && 'shape' in value;
}

/** A value as an error message shows it: `float32[2, 3]` for a tensor, its class for an object. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (isTensorLike(value))
    return value.isDisposed ? 'a disposed tensor' : `a tensor ${value.dtype}[${value.shape.join(', ')}]`;
  if (Array.isArray(value))
    return value.length <= 6 && value.every((item) => typeof item !== 'object')
      ? `[${value.map(show).join(', ')}]`
      : `an array of ${value.length}`;
  if (isPlainObject(value)) return `{ ${Object.keys(value).slice(0, 6).join(', ')} }`.replace('{  }', '{}');
  return `an instance of ${value.constructor.name}`;
}
