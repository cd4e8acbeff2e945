import { InputError } from '../errors';
import { expected, type Given } from '../options';
import { Tensor } from '../tensor';
import { isPlainObject } from '../tensor/plain-object';
import { resolveOptions } from './options';
import { POSITIONS, type PositionKey } from './position-table';

type Names = readonly (string | null)[];
type ValueOf<Options, Name> = Name extends keyof Options ? Options[Name] | undefined : null | undefined;

/** Values by position in the order of `Order`, the last of them an object with the options that are left. */
type Ordered<Options, Order extends Names> = Order extends readonly [infer Name, ...infer Rest extends Names]
  ? [options?: Options] | [value: ValueOf<Options, Name>, ...rest: Ordered<Omit<Options, Name & PropertyKey>, Rest>]
  : [options?: Options];

/** What may follow the required arguments of a layer or function: its options by name, or the first of them by position, as in Python. */
export type Positional<Options, Key extends PositionKey> = Ordered<Options, (typeof POSITIONS)[Key]>;

/**
 * `defaults` with the given arguments over them: those by position in the order of Python's signature, those by name in an
 * object behind them. Undefined counts as left out.
 * @param key of the order in the table, where that is not the owner's name
 * @throws InputError for too many, for one that is given both ways, or for an option that does not exist
 * @throws DTypeError for a boolean where none is expected, or anything else where one is
 */
export function bindOptions<T extends object>(
  owner: string,
  defaults: T,
  given: readonly unknown[],
  key: PositionKey = owner as PositionKey,
): T {
  const order: Names = POSITIONS[key];
  const last = given.at(-1);
  const options = isOptions(last, defaults) ? last : undefined;
  const values = options === undefined ? given : given.slice(0, -1);
  if (values.length === 0) return resolveOptions(owner, defaults, options as Given<T> | undefined);
  const named = nameValues(owner, defaults, values, order);
  const twice = Object.keys(named).find((name) => options !== undefined && Object.hasOwn(options, name));
  if (twice !== undefined)
    throw new InputError(`${owner}: '${twice}' is given twice, by position and by name; give it once`);
  return resolveOptions(owner, defaults, { ...options, ...named } as Given<T>);
}

/** Plain objects hold options; so do instances of classes that have one of them, such as a layer that passes on its own fields. */
function isOptions(value: unknown, defaults: object): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Tensor) return false;
  return isPlainObject(value) || Object.keys(defaults).some((name) => name in value);
}

function nameValues(
  owner: string,
  defaults: object,
  values: readonly unknown[],
  order: Names,
): Record<string, unknown> {
  const names = order.filter((name) => name !== null);
  if (values.length > order.length) {
    const most =
      names.length === 0
        ? 'its options as an object'
        : `at most ${order.length} options by position (${names.join(', ')})`;
    throw new InputError(
      `${owner}: expected ${most}, found ${values.length}; write { ${Object.keys(defaults)[0]}: … }`,
    );
  }
  const named: Record<string, unknown> = {};
  for (const [i, value] of values.entries()) {
    const name = order[i]!;
    if (value === undefined || (name === null && value === null)) continue;
    if (name === null)
      throw expected(
        owner,
        `null at position ${i + 1} of the options, which Python has for an argument that is deprecated or not here`,
        value,
        `write { ${Object.keys(defaults).join(', ')} }`,
      );
    const normal: unknown = Reflect.get(defaults, name);
    if (normal !== null && (typeof normal === 'boolean') !== (typeof value === 'boolean')) {
      throw expected(owner, `${typeof normal === 'boolean' ? 'true or false' : 'no boolean'} for ${name}`, value);
    }
    named[name] = value;
  }
  return named;
}
