/**
 * The typed surface at run time: finds the overload that fits the arguments, as PyTorch's own argument parser does, and
 * calls it. The names and types come from ts/tensor/generated.
 */
import { DTypeError, TorchError } from '../../errors';
import { binding } from '../../native/binding';
import { chosenDevice } from '../types/defaults';
import { isPlainObject } from '../../native/realm';
import { adopt } from '../memory/lifetime';
import { isGradEnabled } from '../core/modes';
import { LONGEST } from '../core/arguments';
import { formatValue, operator, type Operator, type Result } from './operator';
import { Generator } from '../random/generator';
import { expected, unknownOption } from '../../options';
import { camelCase, type SchemaParameter } from './schema';
import { Tensor } from '../core/tensor';

/** Operators that take a number where the schema says Tensor, as PyTorch's do (should_allow_numbers_as_tensors). */
export const NUMBERS_AS_TENSORS = new Set([
  'add',
  'add_',
  'sub',
  'sub_',
  'subtract',
  'subtract_',
  'mul',
  'mul_',
  'multiply',
  'multiply_',
  'div',
  'div_',
  'divide',
  'divide_',
  'true_divide',
  'true_divide_',
  'floor_divide',
  'floor_divide_',
  'remainder',
  'fmod',
  'atan2',
  'maximum',
  'minimum',
  'eq',
  'ne',
  'lt',
  'le',
  'gt',
  'ge',
  'logical_and',
  'logical_or',
  'logical_xor',
]);

function isInteger(value: unknown): boolean {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

function fitsBase(parameter: SchemaParameter, value: unknown): boolean {
  switch (parameter.base) {
    case 'Tensor':
      return value instanceof Tensor;
    case 'Scalar':
      return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' || isComplex(value);
    case 'int':
      return isInteger(value);
    case 'float':
      return typeof value === 'number';
    case 'bool':
      return typeof value === 'boolean';
    case 'Generator':
      return value instanceof Generator;
    default:
      return typeof value === 'string';
  }
}

function isComplex(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 're' in value && 'im' in value;
}

function fits(parameter: SchemaParameter, value: unknown): boolean {
  if (value === undefined) return parameter.fallback !== null;
  if (value === null) return parameter.optional;
  if (!parameter.list) return fitsBase(parameter, value);
  if (!Array.isArray(value)) {
    if (ArrayBuffer.isView(value)) return parameter.base !== 'Tensor';
    return parameter.listLength !== null && parameter.base !== 'Tensor' && fitsBase(parameter, value);
  }
  return (
    value.length <= LONGEST &&
    value.every((item) => fitsBase(parameter, item) || (parameter.optionalElement && item === null))
  );
}

type Values = readonly unknown[];

/** A plain object that is no complex number: the trailing options. */
export function isOptions(value: unknown): value is Record<string, unknown> {
  // Tensors first: asking an object for its prototype is slow, and nearly every last argument is a tensor.
  if (typeof value !== 'object' || value === null || value instanceof Tensor || Array.isArray(value)) return false;
  return isPlainObject(value) && !isComplex(value);
}

// Hot: this runs at every call of an overloaded name, so it looks only at the arguments that were given.
function accepts(candidate: Operator, args: Values, options: Record<string, unknown> | undefined): boolean {
  const { parameters, positional, required } = candidate.schema;
  if (args.length > positional) return false;
  for (let i = 0; i < args.length; i++) if (!fits(parameters[i]!, args[i])) return false;
  if (options) return acceptsNamed(parameters, args.length, options);
  return args.length >= required;
}

function acceptsNamed(
  parameters: readonly SchemaParameter[],
  taken: number,
  options: Record<string, unknown>,
): boolean {
  for (let i = taken; i < parameters.length; i++) if (!fits(parameters[i]!, options[parameters[i]!.key])) return false;
  for (const key in options) {
    if (options[key] === undefined) continue; // counts as left out
    const at = parameters.findIndex((parameter) => parameter.key === key);
    if (at < taken) return false; // unknown (-1), or given twice
  }
  return true;
}

/**
 * `x.view(2, 3)` for `x.view([2, 3])`: numbers as separate arguments stand for the list that an operator takes
 * first, and tensors for its list of tensors: `einsum('ij,jk', a, b)`.
 */
function gather(candidates: readonly Operator[], args: Values, offset: number): Values | null {
  for (const { schema } of candidates) {
    const gathered = gatherFor(schema.parameters, args, offset);
    if (gathered) return gathered;
  }
  return null;
}

function gatherFor(parameters: readonly SchemaParameter[], args: Values, offset: number): Values | null {
  const at = parameters.findIndex((parameter, i) => i >= offset && parameter.list);
  const list = parameters[at];
  if (list?.base !== 'Tensor' && !(list?.base === 'int' && at === offset)) return null;
  const rest = args.slice(at);
  return rest.length > 0 && rest.every((value) => fitsBase(list, value)) ? [...args.slice(0, at), rest] : null;
}

function numbersToTensors(args: Values): Values {
  return args.map((value) =>
    typeof value === 'number' || typeof value === 'boolean'
      ? adopt(binding.scalar(value, Number.isSafeInteger(value)))
      : value,
  );
}

function refuse(name: string, candidates: readonly Operator[], args: Values, options: object | undefined): TorchError {
  const known = [...new Set(candidates.flatMap(({ schema }) => schema.parameters.map(({ key }) => key)))];
  const unknown = Object.keys(options ?? {}).find((key) => !known.includes(key));
  if (unknown !== undefined) return unknownOption(name, unknown, known);
  const named = Object.entries(options ?? {}).map(([key, value]) => `${key}: ${formatValue(value)}`);
  const found = [
    ...args.map((value) => formatValue(value)),
    ...(named.length > 0 ? [`{ ${named.join(', ')} }`] : []),
  ].join(', ');
  const forms = candidates.map((candidate) => candidate.schema.text.replace(/^\w+::/, '')).join(' or ');
  return new DTypeError(`${name}: no form takes (${found}); expected ${forms}`);
}

/** The options of an operator that makes a tensor without another one, with the default device where they name none. */
function onDefaultDevice(
  { schema: { parameters } }: Operator,
  options: Record<string, unknown> | undefined,
): Record<string, unknown> | undefined {
  const makes =
    parameters.some(({ name }) => name === 'device') &&
    parameters.some(({ name }) => name === 'pin_memory') &&
    !parameters.some(({ base }) => base === 'Tensor');
  return makes && options?.device === undefined ? { ...options, device: chosenDevice() } : options;
}

/** Options with the tensors of `out` under the names that an overload gives them; null where it writes to another number of them. */
function namedOuts(candidate: Operator, { out, ...rest }: Record<string, unknown>): Record<string, unknown> | null {
  const written = candidate.schema.parameters.filter((parameter) => parameter.written && parameter.keywordOnly);
  const given: readonly unknown[] = written.length > 1 && Array.isArray(out) ? out : [out];
  return given.length === written.length
    ? { ...rest, ...Object.fromEntries(written.map(({ key }, i) => [key, given[i]])) }
    : null;
}

/** The call with the option `out`: writes into the tensors given there, and returns them. */
function callWithOut(
  name: string,
  candidates: readonly Operator[],
  args: Values,
  options: Record<string, unknown>,
): Result {
  // The overloads that libtorch generates (`mul.Scalar_out`) would silently drop the gradient.
  const recorded =
    isGradEnabled() &&
    [args, Object.values(options)].flat(2).some((value) => value instanceof Tensor && value.requiresGrad);
  if (recorded)
    throw new TorchError(
      `${name}: expected no tensor that requires a gradient beside out, found one; call it in noGrad or without out`,
    );
  const mixed = NUMBERS_AS_TENSORS.has(name);
  for (const given of [() => args, () => gather(candidates, args, 0), () => (mixed ? numbersToTensors(args) : null)]) {
    const values = given();
    for (const candidate of values ? candidates : []) {
      const named = namedOuts(candidate, options);
      if (!named || !accepts(candidate, values!, named)) continue;
      candidate.call(values!, named);
      return (Array.isArray(options.out) ? [...(options.out as Tensor[])] : options.out) as Result;
    }
  }
  throw refuseOut(name, candidates, args, options);
}

function refuseOut(
  name: string,
  candidates: readonly Operator[],
  args: Values,
  { out, ...rest }: Record<string, unknown>,
): TorchError {
  const forms = [
    ...new Set(
      candidates.map(({ schema }) => {
        const written = schema.parameters.filter((parameter) => parameter.written && parameter.keywordOnly);
        return written.length === 1
          ? written[0]!.list
            ? 'tensors'
            : 'a tensor'
          : `[${written.map(({ key }) => key).join(', ')}]`;
      }),
    ),
  ];
  const given: readonly unknown[] = Array.isArray(out) ? out : [out];
  if (
    given.every((tensor) => tensor instanceof Tensor) &&
    candidates.some((candidate) => namedOuts(candidate, { out }))
  ) {
    return refuse(name, candidates, args, rest);
  }
  return expected(name, `out as ${forms.join(' or ')}`, out);
}

type Callable = (args: Values, offset: number) => Result;

/** The function behind one name: picks among the overloads and calls. `offset` is 1 for methods, whose `self` comes first; `outs` are for functions. */
function overloaded(name: string, overloads: readonly string[], outs: readonly string[] = []): Callable {
  const candidates = overloads.map((overload) => operator('aten', name, overload));
  const writing = outs.map((overload) => operator('aten', name, overload));
  const mixed = NUMBERS_AS_TENSORS.has(name);

  const choose = (args: Values, options: Record<string, unknown> | undefined): Operator | undefined =>
    candidates.find((candidate) => accepts(candidate, args, options));

  return (given, offset) => {
    const last = given[given.length - 1];
    const named = isOptions(last) ? last : undefined;
    const options = named?.out === null ? { ...named, out: undefined } : named;
    const args = options ? given.slice(0, -1) : given;
    if (writing.length > 0 && options?.out !== undefined) return callWithOut(name, writing, args, options);
    const chosen = choose(args, options);
    if (chosen) return chosen.call(args, chosenDevice() === null ? options : onDefaultDevice(chosen, options));
    const adapted = gather(candidates, args, offset) ?? (mixed ? numbersToTensors(args) : null);
    const second = adapted && choose(adapted, options);
    if (!second) throw refuse(name, candidates, args, options);
    return second.call(adapted, options);
  };
}

interface UnboxedOverload {
  readonly operator: Operator;
  readonly kind: 'new' | 'inplace';
}

const MOST_UNBOXED = 3;

/** Of an operator's overloads, the one that takes `count` tensors and nothing else; null for none. */
class UnboxedOverloads {
  readonly #found: (UnboxedOverload | null | undefined)[] = new Array<undefined>(MOST_UNBOXED + 1).fill(undefined);

  constructor(
    readonly name: string,
    readonly overloads: readonly string[],
  ) {}

  taking(count: number): UnboxedOverload | null {
    const found = this.#found[count];
    return found === undefined ? (this.#found[count] = this.#find(count)) : found;
  }

  #find(count: number): UnboxedOverload | null {
    for (const overload of this.overloads) {
      const candidate = operator('aten', this.name, overload);
      const kind = candidate.unboxedKind(count);
      if (kind) return { operator: candidate, kind };
    }
    return null;
  }
}

// Hot: most calls are on one, two or three tensors and nothing else, and then need no search among overloads.

/** `torch.<name>(…)`. */
export function surfaceFunction(
  name: string,
  overloads: readonly string[],
  outs?: readonly string[],
): (...args: unknown[]) => Result {
  const call = overloaded(name, overloads, outs);
  const unboxed = new UnboxedOverloads(name, overloads);
  return (...args) => {
    const [x, y, z] = args;
    const count = args.length;
    if (
      x instanceof Tensor &&
      (count === 1 || (y instanceof Tensor && (count === 2 || (count === 3 && z instanceof Tensor))))
    ) {
      const found = unboxed.taking(count);
      if (found !== null) return found.operator.callUnboxed(found.kind, count, x, y as Tensor, z as Tensor);
    }
    return call(args, 0);
  };
}

/** `tensor.<name>(…)`. */
function surfaceMethod(name: string, overloads: readonly string[]): (this: Tensor, ...args: unknown[]) => Result {
  const call = overloaded(name, overloads);
  const unboxed = new UnboxedOverloads(name, overloads);
  return function (this: Tensor, ...args: unknown[]) {
    const [y, z] = args;
    const count = args.length;
    if (
      this instanceof Tensor &&
      (count === 0 || (y instanceof Tensor && (count === 1 || (count === 2 && z instanceof Tensor))))
    ) {
      const found = unboxed.taking(count + 1);
      if (found !== null) return found.operator.callUnboxed(found.kind, count + 1, this, y as Tensor, z as Tensor);
    }
    return call([this, ...args], 1);
  };
}

/** Operator name, whether it is a method, its overloads in the order to try them (the nameless one is empty), and those that take `out`. */
export type Overloads = readonly (readonly [name: string, method: 0 | 1, overloads: string, outs?: string])[];

/**
 * Puts the operators onto the Tensor class and hands out the functions.
 * @typeParam Functions the generated interface: one member for each row of the table, which is what the cast rests on
 */
export function installSurface<Functions>(table: Overloads): Functions {
  const functions: Record<string, unknown> = {};
  for (const [name, isMethod, list, outs] of table) {
    const key = camelCase(name);
    const overloads = list.split(' ');
    functions[key] = surfaceFunction(name, overloads, outs?.split(' '));
    if (isMethod && !(key in Tensor.prototype)) {
      const value = surfaceMethod(name, overloads);
      Object.defineProperty(Tensor.prototype, key, { value, configurable: true, writable: true });
    }
  }
  return functions as Functions;
}
