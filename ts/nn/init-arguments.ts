import { InputError } from '../errors';
import { Generator } from '../tensor';
import { resolveOptions } from './options';

/**
 * Arguments by position, in the order of `defaults`, or by name in a trailing object, as Python takes them.
 * @throws InputError for an unknown name, one that is given twice, or too many arguments
 */
export function argumentsOf<T extends object>(owner: string, defaults: T, given: readonly unknown[]): T {
  const names = Object.keys(defaults);
  const last = given.at(-1);
  const hasOptions = typeof last === 'object' && last !== null && !(last instanceof Generator);
  const positions = hasOptions ? given.slice(0, -1) : given;
  if (positions.length > names.length)
    throw new InputError(
      `${owner}: expected at most ${names.length} arguments behind the tensor (${names.join(', ')}), found ${positions.length}`,
    );
  const options: Partial<T> = hasOptions ? last : {};
  const byPosition = Object.fromEntries(
    positions.map((value, i) => [names[i]!, value]).filter(([, value]) => value !== undefined),
  );
  const twice = Object.keys(byPosition).find((name) => Object.hasOwn(options, name));
  if (twice !== undefined) throw new InputError(`${owner}: ${twice} is given twice, by position and by name`);
  const resolved = resolveOptions(owner, defaults, { ...options, ...byPosition } as Partial<T>);
  for (const [name, value] of Object.entries(resolved)) {
    if (typeof defaults[name as keyof T] === 'number' && typeof value !== 'number')
      throw new InputError(`${owner}: expected ${name} to be a number, found ${String(value)}`);
  }
  return resolved;
}
