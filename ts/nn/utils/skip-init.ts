import { expected } from '../../options';
import { InputError } from '../../errors';
import { isPlainObject } from '../../native/realm';
import type { Device } from '../../tensor';
import { Module } from '../module';

/**
 * A layer whose parameters hold whatever the memory held, for weights that are loaded anyway:
 * `skipInit(nn.Linear, 768, 768, { bias: false })`.
 * @param Layer a class of layers that takes `device`
 */
export function skipInit<Args extends readonly unknown[], M extends Module>(
  Layer: new (...args: Args) => M,
  ...args: Args
): M {
  if (typeof Layer !== 'function' || !((Layer.prototype as unknown) instanceof Module))
    throw expected('skipInit', 'a class of modules', Layer, '', InputError);
  const last = args.at(-1);
  const { device = 'cpu', ...options } = (isPlainObject(last) ? last : {}) as { readonly device?: Device };
  const before: readonly unknown[] = isPlainObject(last) ? args.slice(0, -1) : args;
  const layer = Reflect.construct(Layer, [...before, { ...options, device: 'meta' }]) as M;
  return layer.toEmpty({ device });
}
