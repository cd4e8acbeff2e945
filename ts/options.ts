/**
 * Options objects and refusals of arguments, for every public function: one reader of options, one sentence for what was expected
 * and what was found. The options of generated operators are checked against their schemas, with the same words.
 */
import { DTypeError, InputError, type TorchError } from './errors';
import { isPlainObject } from './tensor/plain-object';

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
    if (value !== undefined) resolved[key] = value as T[keyof T];
  }
  return resolved;
}

/**
 * Arguments that may be given by position, in the order of `defaults`, or by name in one object behind those: `norm(x, 2, { dim: 1 })`.
 * Whether a value is of the right kind is for the caller to see.
 * @throws InputError for too many, for a name that does not exist, or one that is given both ways
 */
export function bindArguments<T extends object>(owner: string, defaults: T, args: readonly unknown[]): T {
  const names = Object.keys(defaults) as (keyof T & string)[];
  const last = args.at(-1);
  const options = isPlainObject(last) && !('re' in last) ? last : {};
  const byPosition = options === last ? args.slice(0, -1) : args;
  if (byPosition.length > names.length)
    throw new InputError(
      `${owner}: expected at most ${names.length} arguments (${names.join(', ')}), found ${byPosition.length}`,
    );
  const twice = names.slice(0, byPosition.length).find((name) => Object.hasOwn(options, name));
  if (twice !== undefined) throw new InputError(`${owner}: '${twice}' is given twice, by position and by name`);
  const named = Object.fromEntries(byPosition.map((value, i) => [names[i], value]));
  return resolveOptions(owner, defaults, { ...options, ...named } as Given<T>);
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
export function nearest(name: string, known: readonly string[]): string | undefined {
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
  if (isPlainObject(value)) return `{ ${Object.keys(value).slice(0, 6).join(', ')} }`;
  return `an instance of ${value.constructor.name}`;
}
