/**
 * What a module registers: parameters, buffers and submodules. Once a field holds one, it takes nothing else but null, as in
 * Python, and whatever tensor it takes is exempt from scopes, so that it may be assigned in `forward`.
 */
import { keep, Tensor } from '../tensor';
import { InputError } from '../errors';
import { expected, resolveOptions } from '../options';
import { Parameter } from './parameter';

/** What a field is registered as. */
export type Kind = 'parameter' | 'buffer' | 'module';

interface Entry {
  readonly kind: Kind;
  readonly persistent: boolean;
  value: unknown;
}

const WANTED = {
  parameter: {
    what: 'a Parameter or null',
    advice: 'write new nn.Parameter(tensor), or copy into it: torch.noGrad(() => module.weight.copy_(tensor))',
  },
  buffer: { what: 'a tensor or null', advice: '' },
  module: { what: 'a Module or null', advice: '' },
} as const satisfies Record<Kind, { what: string; advice: string }>;

/** One pair of accessors for each name, so that instances of a class share their shape. */
const accessors = new Map<string, PropertyDescriptor>();

/** Base of `Module`, with nothing that a subclass could override. A field that is assigned a parameter or a module for the first time is registered by that. */
export class Registered {
  readonly #entries = new Map<string, Entry>();

  /** Makes `name` a field of that kind, whatever it was before. */
  static register(owner: Registered, name: string, kind: Kind, value: unknown, persistent = true): void {
    owner.#entries.set(name, { kind, persistent, value: held(value) });
    Object.defineProperty(owner, name, accessorOf(name));
  }

  /** Registers the fields that were defined, not assigned, such as those of `class { weight = new Parameter(…) }`. */
  static registerFields(owner: Registered): void {
    for (const name of Object.keys(owner)) {
      if (owner.#entries.has(name)) continue;
      const { value, configurable } = Object.getOwnPropertyDescriptor(owner, name)!;
      const kind = kindOf(value);
      if (kind !== null && configurable) Registered.register(owner, name, kind, value);
    }
  }

  /** What a field is registered as; null where it is not. */
  static registeredAs(owner: Registered, name: string): { readonly kind: Kind; readonly persistent: boolean } | null {
    return owner.#entries.get(name) ?? null;
  }

  /** Registers in `result` what `owner` registers, with copies of the values. */
  static copy(owner: Registered, result: Registered, copy: <T>(value: T) => T): void {
    for (const [name, { kind, value, persistent }] of owner.#entries) {
      // A parametrization has put a property of its own in the place of some.
      const isOwn = Object.getOwnPropertyDescriptor(owner, name)?.get === accessorOf(name).get;
      if (isOwn) Registered.register(result, name, kind, copy(value), persistent);
    }
  }

  /** The buffers that are there, in the order of their registration. */
  static buffersOf(owner: Registered): { name: string; tensor: Tensor; persistent: boolean }[] {
    const found: { name: string; tensor: Tensor; persistent: boolean }[] = [];
    for (const [name, { kind, value, persistent }] of owner.#entries) {
      if (kind === 'buffer' && value instanceof Tensor && Object.hasOwn(owner, name))
        found.push({ name, tensor: value, persistent });
    }
    return found;
  }

  /** Puts any tensor in the place of a registered one, unchecked. */
  static replace(owner: Registered, name: string, value: Tensor): void {
    const entry = owner.#entries.get(name);
    if (entry) entry.value = value;
    else Reflect.set(owner, name, value);
  }

  /** @internal for the accessors */
  static read(owner: Registered, name: string): unknown {
    return owner.#entries.get(name)?.value;
  }

  /** @internal for the accessors */
  static write(owner: Registered, name: string, value: unknown): void {
    const entry = owner.#entries.get(name);
    if (!entry) throw expected(owner.constructor.name, `a field "${name}"`, value);
    if (value instanceof Parameter && entry.kind === 'buffer')
      return Registered.register(owner, name, 'parameter', value);
    const fits = entry.kind === 'buffer' ? value instanceof Tensor : kindOf(value) === entry.kind;
    const { what, advice } = WANTED[entry.kind];
    if (!fits && value !== null)
      throw expected(`${owner.constructor.name}.${name}`, what, value, advice.replace('weight', name));
    entry.value = held(value);
  }

  /** @internal the first assignment to a field that does not exist */
  static assign(owner: Registered, name: string, value: unknown): void {
    const kind = kindOf(value);
    if (kind !== null) Registered.register(owner, name, kind, value);
    else Object.defineProperty(owner, name, { value, writable: true, enumerable: true, configurable: true });
  }
}

function kindOf(value: unknown): Kind | null {
  return value instanceof Parameter ? 'parameter' : value instanceof Registered ? 'module' : null;
}

function held(value: unknown): unknown {
  return value instanceof Tensor ? keep(value) : value;
}

function accessorOf(name: string): PropertyDescriptor {
  let found = accessors.get(name);
  if (!found) {
    found = {
      get(this: Registered) {
        return Registered.read(this, name);
      },
      set(this: Registered, value: unknown) {
        Registered.write(this, name, value);
      },
      enumerable: true,
      configurable: true,
    };
    accessors.set(name, found);
  }
  return found;
}

/** Makes the methods of `prototype` refuse to be hidden by a field, which would break all that calls them. */
export function protectMethods(prototype: object, names: readonly string[]): void {
  for (const name of names) {
    const method: unknown = Reflect.get(prototype, name);
    Object.defineProperty(prototype, name, {
      get: () => method,
      set(this: object, value: unknown) {
        throw expected(
          this.constructor.name,
          `a field that does not hide the method ${name}()`,
          value,
          `choose another name than "${name}"`,
          InputError,
        );
      },
      configurable: true,
    });
  }
}

// An assignment to a field that an object lacks looks for a setter along its prototypes, and finds this last one.
Object.setPrototypeOf(
  Registered.prototype,
  new Proxy(
    {},
    {
      set(target, name, value: unknown, receiver: object) {
        if (typeof name !== 'string' || !(receiver instanceof Registered))
          return Reflect.set(target, name, value, receiver);
        Registered.assign(receiver, name, value);
        return true;
      },
    },
  ),
);

/** How the parts of a module are walked through. */
export interface WalkOptions {
  /** Put before each name, with a dot. @default '' */
  readonly prefix?: string;
  /** Go into submodules. @default true */
  readonly recurse?: boolean;
  /** Give what occurs twice once. @default true */
  readonly removeDuplicate?: boolean;
}

const walkDefaults: Required<WalkOptions> = { prefix: '', recurse: true, removeDuplicate: true };

/** Options by name or by position, in PyTorch's order. */
export function walkOptions(
  owner: string,
  first: string | WalkOptions,
  recurse?: boolean,
  removeDuplicate?: boolean,
): Required<WalkOptions> {
  return resolveOptions(
    owner,
    walkDefaults,
    typeof first === 'string' ? { prefix: first, recurse, removeDuplicate } : first,
  );
}

/** A path and a name; a path that ends in a dot, as Python's prefixes do, gets no second one. */
export function join(path: string, name: string): string {
  return path === '' || path.endsWith('.') ? path + name : `${path}.${name}`;
}
