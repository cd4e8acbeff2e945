/** The options of layers and functions, by name or by position as in Python, and what is asked of them. */
import { InputError } from '../errors';
import { expected, resolveOptions as shared, type Given, bindArguments } from '../options';
import { getDefaultDevice, getDefaultDtype, type Tensor, type Device, type DType } from '../tensor';
import { POSITIONS, REQUIRED, type PositionKey } from './position-table';

/** Where a layer's parameters live and what they are made of. */
export interface FactoryOptions {
  /** Device of the parameters and buffers. @default 'cpu' */
  readonly device?: Device;
  /** Element type of the parameters and of the floating point buffers. @default 'float32' */
  readonly dtype?: DType;
}

export const factoryDefaults = { device: 'cpu', dtype: 'float32' } as const satisfies Required<FactoryOptions>;

export { bindArguments, expected } from '../options';
export { requireFunction, requireTensor, requireTensors, tensorsOf } from '../tensor/core/arguments';

/** What a forward takes beside its inputs: one object, or PyTorch's order, and an object behind it for the rest. */
export type ByNameOrPosition<Options> = readonly [options?: Options] | readonly (Tensor | boolean | null | Options)[];

/**
 * See {@link shared}. Where a layer has {@link factoryDefaults}, what the user leaves out follows `torch.setDefaultDtype` and
 * `torch.setDefaultDevice`.
 */
export function resolveOptions<T extends object>(owner: string, defaults: T, options?: Given<T>): T {
  return withFactory(defaults, (current) => shared(owner, current, options));
}

/** What `resolve` makes of `defaults`, in which the device and the type of {@link factoryDefaults} are those of the process; null stands for them too. */
function withFactory<T extends object>(defaults: T, resolve: (defaults: T) => T): T {
  if (!('dtype' in defaults && 'device' in defaults)) return resolve(defaults);
  const [dtype, device] = [getDefaultDtype(), getDefaultDevice()];
  const resolved = resolve({ ...defaults, dtype, device }) as T & Given<FactoryOptions>;
  return { ...resolved, dtype: resolved.dtype ?? dtype, device: resolved.device ?? device };
}

/** Throws unless every named value is an integer of at least `minimum`. */
export function requireSizes(owner: string, sizes: Readonly<Record<string, number>>, minimum = 0): void {
  for (const [name, value] of Object.entries(sizes)) {
    if (!Number.isInteger(value) || value < minimum) {
      throw expected(owner, `an integer of at least ${minimum} for ${name}`, value, '', InputError);
    }
  }
}

/** Throws unless `p` is a probability. */
export function requireProbability(owner: string, p: number): void {
  if (!(typeof p === 'number' && p >= 0 && p <= 1))
    throw expected(owner, 'a probability between 0 and 1 for p', p, '', InputError);
}

type Names = readonly (string | null)[];
type ValueOf<Options, Name> = Name extends keyof Options ? Options[Name] | undefined : null | undefined;

/** Values by position in the order of `Order`, the last of them an object with the options that are left. */
type Ordered<Options, Order extends Names> = Order extends readonly [infer Name, ...infer Rest extends Names]
  ? [options?: Options] | [value: ValueOf<Options, Name>, ...rest: Ordered<Omit<Options, Name & PropertyKey>, Rest>]
  : [options?: Options];

/** What may follow the required arguments of a layer or function: its options by name, or the first of them by position, as in Python. */
export type Positional<Options, Key extends PositionKey> = Ordered<Options, (typeof POSITIONS)[Key]>;

/** Of what has none. */
export type NoOptions = Readonly<Record<never, never>>;

/** What has arguments that are required. */
export type RequiredKey = keyof typeof REQUIRED & PositionKey;

/** The first of the required arguments by position, and an object with the rest of them and the options. */
type SomeByName<Values extends readonly unknown[], Names extends readonly string[], Options> = Values extends readonly [
  ...infer Before,
  infer Value,
]
  ? Names extends readonly [...infer NamesBefore extends readonly string[], infer Name extends string]
    ? | [...Before, options: Options & { readonly [Key in Name]: Value }]
      | SomeByName<Before, NamesBefore, Options & { readonly [Key in Name]: Value }>
    : never
  : never;

/**
 * The arguments of a constructor: those required, by position or by name, and its options.
 * @typeParam Values types of the required ones, labelled with their names, which the table has under `Key`
 */
export type Arguments<Values extends readonly unknown[], Options, Key extends RequiredKey> =
  [...Values, ...Positional<Options, Key>] | SomeByName<Values, (typeof REQUIRED)[Key], Options>;

/** Those of {@link Arguments} where all of them are given by name. */
type AllByName<Args> = Args extends readonly [infer Options extends object] ? Options : never;

/** The options with all required arguments. */
type Bound<T, Args> = [AllByName<Args>] extends [never] ? T : AllByName<Args> & T;

/**
 * `defaults` with the given arguments over them: those by position in the order of Python's signature, those by name in an
 * object behind them; see {@link bindArguments}.
 * @param key of the order in the table, where that is not the owner's name
 */
export function bindOptions<T extends object, Args extends readonly unknown[] = readonly unknown[]>(
  owner: string,
  defaults: T,
  args: Args,
  key: PositionKey = owner as PositionKey,
): Bound<T, Args> {
  const required: readonly string[] | undefined = Object.hasOwn(REQUIRED, key)
    ? REQUIRED[key as RequiredKey]
    : undefined;
  const positions = { order: POSITIONS[key], ...(required && { required }) };
  return withFactory(defaults, (current) => bindArguments(owner, current, args, positions)) as Bound<T, Args>;
}
