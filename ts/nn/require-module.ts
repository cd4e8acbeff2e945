import { InputError } from '../errors';
import { expected } from '../options';
import { Module } from './module';

/** Throws unless `value` is a module. */
export function requireModule(owner: string, name: string, value: unknown): asserts value is Module {
  if (!(value instanceof Module)) throw expected(owner, `a Module for ${name}`, value, '', InputError);
}
