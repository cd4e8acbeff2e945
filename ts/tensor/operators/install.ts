/** Puts the operators onto the Tensor class and hands out the functions, from the generated table of names. */
import { OVERLOADS } from '../generated/overloads';
import { camelCase } from './schema';
import { surfaceFunction, surfaceMethod } from './surface';
import { Tensor } from '../core/tensor';

/** @typeParam Functions the generated interface: one member for each row of the table, which is what the cast rests on */
export function installSurface<Functions>(): Functions {
  const functions: Record<string, unknown> = {};
  for (const [name, isMethod, list, outs] of OVERLOADS) {
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
