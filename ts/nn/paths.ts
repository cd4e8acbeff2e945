/** Paths to what a module holds: `encoder.layers.0.weight`. */
import { InputError } from '../errors';
import { resolveOptions } from '../options';
import { Tensor } from '../tensor';
import type { Module } from './module';
import { Parameter } from './parameter';

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

/** @throws InputError for a name on the way that is no submodule */
export function submoduleAt(root: Module, target: string): Module {
  let module = root;
  for (const name of target === '' ? [] : target.split('.')) {
    const value = module.member(name);
    if (value === undefined)
      throw new InputError(
        `${module.constructor.name} has no attribute \`${name}\`: getSubmodule('${target}') goes by the names that namedModules() gives`,
      );
    if (!isModule(value)) throw new InputError(`\`${name}\` of ${module.constructor.name} is not an nn.Module`);
    module = value;
  }
  return module;
}

// Modules know this file, so it cannot know their class.
const isModule = (value: unknown): value is Module =>
  typeof value === 'object' && value !== null && 'member' in value && 'forward' in value;

function memberAt(root: Module, target: string): { owner: Module; name: string; value: unknown } {
  const cut = target.lastIndexOf('.');
  const owner = submoduleAt(root, target.slice(0, Math.max(cut, 0)));
  const name = target.slice(cut + 1);
  const value = owner.member(name);
  if (value === undefined) throw new InputError(`${owner.constructor.name} has no attribute \`${name}\``);
  return { owner, name, value };
}

/** @throws InputError for what is no parameter */
export function parameterAt(root: Module, target: string): Parameter {
  const { owner, name, value } = memberAt(root, target);
  if (value instanceof Parameter) return value;
  throw new InputError(`\`${name}\` of ${owner.constructor.name} is not an nn.Parameter`);
}

/** @throws InputError for what is no buffer */
export function bufferAt(root: Module, target: string): Tensor {
  const { owner, name, value } = memberAt(root, target);
  if (value instanceof Tensor && owner.namedBuffers({ recurse: false }).some(([key]) => key === name)) return value;
  throw new InputError(`\`${name}\` of ${owner.constructor.name} is not a buffer`);
}
