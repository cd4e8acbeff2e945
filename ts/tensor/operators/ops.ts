/** `torch.ops.<namespace>.<name>.<overload>(…)`: every operator that libtorch registers, under its own name. */
import { InputError } from '../../errors';
import { binding } from '../../native/binding';
import { operator, type Argument, type Operator, type Options, type Result } from './operator';
import type { Schema } from './schema';
import { isOptions } from './surface';

/** Positional arguments, then one object for keyword arguments, spelled as the schema spells them. */
export interface OperatorCall {
  (...args: (Argument | Options)[]): Result;
  readonly schema: string;
}

/** The overloads of one operator by name; the nameless one is `default`. */
export interface OperatorOverloads {
  readonly [overload: string]: OperatorCall;
}

/** The operators of one namespace by name. */
export interface OperatorNamespace {
  readonly [name: string]: OperatorOverloads;
}

/** Says what there is instead of an operator or overload that does not exist. */
function explainUnknown(namespace: string, name: string, overload: string, cause: unknown): InputError {
  const heads = binding.schemas().map((schema) => schema.slice(0, schema.indexOf('(')));
  const overloads = heads
    .filter((head) => head === `${namespace}::${name}` || head.startsWith(`${namespace}::${name}.`))
    .map((head) => head.split('.')[1] ?? 'default');
  const found = `torch.ops.${namespace}.${name}.${overload}: `;
  if (overloads.length > 0)
    return new InputError(`${found}there is no such overload; ${name} has ${overloads.sort().join(', ')}`, { cause });
  const spaces = [...new Set(heads.map((head) => head.split('::')[0]!))].sort();
  const advice = spaces.includes(namespace)
    ? `libtorch registers no operator of that name in ${namespace}`
    : `the namespaces are ${spaces.join(', ')}`;
  return new InputError(found + advice, { cause });
}

function schemaOf(target: Operator, overload: string): Schema {
  try {
    return target.schema;
  } catch (error) {
    throw explainUnknown(target.namespace, target.name, overload, error);
  }
}

function operatorCall(namespace: string, name: string, overload: string): OperatorCall {
  const target = operator(namespace, name, overload === 'default' ? '' : overload);
  const call = (...args: unknown[]): Result => {
    const { parameters } = schemaOf(target, overload);
    const last = args[args.length - 1];
    if (!isOptions(last)) return target.call(args);
    for (const key of Object.keys(last)) {
      const at = parameters.findIndex((parameter) => parameter.name === key || parameter.key === key);
      if (at >= args.length - 1) continue;
      const names = parameters.map((parameter) => parameter.name).join(', ');
      throw new InputError(
        `${target.qualifiedName}: the argument '${key}' ${at < 0 ? 'does not exist' : 'is given twice'}; it takes (${names})`,
      );
    }
    return target.call(args.slice(0, -1), last);
  };
  return Object.defineProperty(call, 'schema', {
    get: () => schemaOf(target, overload).text,
  }) as unknown as OperatorCall;
}

/** An object that makes its members when they are asked for, and remembers them. */
function lazy<T>(make: (key: string) => T): Readonly<Record<string, T>> {
  return new Proxy<Record<string, T>>(
    {},
    {
      get(known, key) {
        if (typeof key !== 'string' || key === 'then') return undefined;
        return (known[key] ??= make(key));
      },
    },
  );
}

/**
 * Lets `torch.ops` call the two dozen internal operators of PyTorch that do not check their arguments, in this thread. They
 * are refused otherwise: wrong arguments would end the process. Public operators check their arguments and need no permission.
 */
export function allowUnchecked(on = true): void {
  binding.allowUnchecked(on);
}

/** Every operator that libtorch has registered, by namespace, name and overload: `torch.ops.aten.add.Tensor(a, b)`. */
export const ops: Readonly<Record<string, OperatorNamespace>> = lazy((namespace) =>
  lazy((name) => lazy((overload) => operatorCall(namespace, name, overload))),
);
