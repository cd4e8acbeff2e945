/** What the hand-written functions of this folder ask of their arguments. */
import { DTypeError } from '../../errors';

export { checkOptions, expected, resolveOptions, unknownOption } from '../../options';

/** @throws DTypeError for what cannot be called */
export function checkBody(owner: string, body: unknown): void {
  if (typeof body !== 'function') throw new DTypeError(`${owner}: expected a function to run, found ${typeName(body)}`);
}

/** What a message calls a value that is not of the expected kind. */
export function typeName(value: unknown): string {
  return value === null ? 'null' : typeof value;
}
