import { accelerator, scoped, Tensor } from '../tensor';
import { isPlainObject } from '../tensor/plain-object';

/**
 * What `make` gives, with its tensors in memory that an accelerator reads without waiting, those in lists and plain objects too;
 * as it is where no accelerator is.
 */
export function pinned<Batch>(make: () => Batch | Promise<Batch>): Batch | Promise<Batch> {
  return accelerator.isAvailable() ? scoped(async () => pin(await make()) as Batch) : make();
}

/** The tensors of a value in such memory, those in lists and plain objects too; as they are without an accelerator. */
export function pin(value: unknown): unknown {
  if (!accelerator.isAvailable()) return value;
  if (value instanceof Tensor) return value.device === 'cpu' ? value.pinMemory() : value;
  if (Array.isArray(value)) return value.map(pin);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pin(item)]));
}
