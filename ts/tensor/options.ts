/** Options objects of the hand-written functions; those of the operators are checked against their schemas. */
import { DTypeError, InputError } from '../errors';

/** @throws InputError for a value that is no object, or a key that is not among `known` */
export function checkOptions(owner: string, options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new InputError(`${owner}: expected its options as an object, found ${String(options)}; write { ${known[0]}: … }`);
  }
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw unknownOption(owner, key, known);
  }
}

/** @throws DTypeError for what cannot be called */
export function checkBody(owner: string, body: unknown): void {
  if (typeof body !== 'function') throw new DTypeError(`${owner}: expected a function to run, found ${typeName(body)}`);
}

/** What a message calls a value that is not of the expected kind. */
export function typeName(value: unknown): string {
  return value === null ? 'null' : typeof value;
}

/** Names the option that was meant, or all there are. */
export function unknownOption(owner: string, key: string, known: readonly string[]): InputError {
  const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();
  const slip = known.find((name) => plain(name) === plain(key));
  const advice = slip ? `write '${slip}'` : `it takes ${known.join(', ')}`;
  return new InputError(`${owner}: the option '${key}' does not exist; ${advice}`);
}
