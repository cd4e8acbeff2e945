/**
 * What a value is, whichever realm made it. A vm context, and so each test file of Jest and of Vitest's vm pools, has classes
 * of its own, while the addon and Node's modules make objects of the outer one: `instanceof` knows one's own alone.
 */
import { types } from 'node:util';

/** An Error, or what counts as one (a DOMException is no native error). */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

/** A Map. */
export function isMap(value: unknown): value is ReadonlyMap<unknown, unknown> {
  return types.isMap(value);
}

/** A Set. */
export function isSet(value: unknown): value is ReadonlySet<unknown> {
  return types.isSet(value);
}

/** A buffer of bytes, a Date or a RegExp: what has its state inside, and `structuredClone` copies. */
export function isCloneable(value: unknown): boolean {
  return types.isArrayBuffer(value) || types.isDate(value) || types.isRegExp(value);
}

/** A URL: jsdom and a vm context may have classes of their own. */
export function isUrl(value: unknown): value is URL {
  return (
    value instanceof URL ||
    (Object.prototype.toString.call(value) === '[object URL]' &&
      typeof (value as URL).href === 'string' &&
      typeof (value as URL).protocol === 'string')
  );
}

/** A Uint8Array, a Buffer too. */
export function isUint8Array(value: unknown): value is Uint8Array {
  return types.isUint8Array(value);
}

const tagOf = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  Symbol.toStringTag,
)!.get!;

/** The name of a typed array's class, such as `Float32Array`; undefined for whatever else. */
export function typedArrayName(value: unknown): string | undefined {
  return tagOf.call(value) as string | undefined;
}

/** Whether a value is an object of keys alone, neither an array nor of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The prototype of plain objects is the one that has none itself.
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}
