/** `torch.ops.<namespace>.<name>.<overload>(…)`: every operator that libtorch registers, under its own name. */
import { InputError } from '../errors';
import { Generator } from './generator';
import { operator, type Argument, type Options, type Result } from './operator';
import { Tensor } from './tensor';

/** Positional arguments, then one object for keyword arguments, spelled as the schema spells them. */
export interface OperatorCall {
  (...args: (Argument | Options)[]): Result;
  readonly schema: string;
}

export interface OperatorOverloads {
  readonly [overload: string]: OperatorCall;
}

export interface OperatorNamespace {
  readonly [name: string]: OperatorOverloads;
}

function isKeywords(value: unknown): value is Options {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  if (value instanceof Tensor || value instanceof Generator || ArrayBuffer.isView(value)) return false;
  return !('re' in value && 'im' in value);
}

function operatorCall(namespace: string, name: string, overload: string): OperatorCall {
  const target = operator(namespace, name, overload === 'default' ? '' : overload);
  const call = (...args: unknown[]): Result => {
    const last = args[args.length - 1];
    if (!isKeywords(last)) return target.call(args);
    for (const key of Object.keys(last)) {
      const place = target.schema.parameters.findIndex((parameter) => parameter.name === key || parameter.key === key);
      if (place >= args.length - 1) continue;
      const names = target.schema.parameters.map((parameter) => parameter.name).join(', ');
      throw new InputError(
        `${target.qualifiedName}: the argument '${key}' ${place < 0 ? 'does not exist' : 'is given twice'}; it takes (${names})`,
      );
    }
    return target.call(args.slice(0, -1), last);
  };
  return Object.defineProperty(call, 'schema', { get: () => target.schema.text }) as unknown as OperatorCall;
}

/** An object that makes its members when they are asked for, and remembers them. */
function lazy<T>(make: (key: string) => T): Readonly<Record<string, T>> {
  return new Proxy<Record<string, T>>({}, {
    get(known, key) {
      if (typeof key !== 'string' || key === 'then') return undefined;
      return (known[key] ??= make(key));
    },
  });
}

export const ops: Readonly<Record<string, OperatorNamespace>> = lazy((namespace) =>
  lazy((name) => lazy((overload) => operatorCall(namespace, name, overload))),
);
