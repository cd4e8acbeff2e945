import { InputError } from '../errors';
import { isPlainObject } from '../tensor/plain-object';

/** What may follow the required arguments of a layer: its options by name, or the first of them by position, as in Python. */
export type Positional<Options, Places extends readonly unknown[]> = [options?: Options] | [...Places] | [...Required<Places>, Options];

/**
 * Options of arguments that came by position, those of a trailing object over them.
 * @throws InputError for more arguments than `names`
 */
export function byPosition<Options extends object>(owner: string, names: readonly (keyof Options & string)[], given: readonly unknown[]): Options {
  const last = given.at(-1);
  const hasOptions = isPlainObject(last) || (typeof last === 'object' && last !== null && !Array.isArray(last));
  const places = hasOptions ? given.slice(0, -1) : given;
  if (places.length > names.length) throw new InputError(`${owner}: expected at most ${names.length} options by position (${names.join(', ')}), found ${places.length}; give the others by name`);
  const named = Object.fromEntries(places.map((value, i) => [names[i]!, value]).filter(([, value]) => value !== undefined));
  return { ...named, ...(hasOptions ? last : {}) } as Options;
}
