import { InputError } from '../../errors';
import type { Tensor } from '../../tensor';
import { afterwards } from '../../tensor/core/afterwards';
import { Module, type Slot, type StateDict } from '../module';
import { requireModule } from '../require-module';
import { expected, requireFunction, requireTensor } from '../options';

/**
 * Runs `body` while `module` holds the tensors of `state` in place of its own, by the keys of its state dict; those that
 * `state` leaves out stay. Autograd goes to the given tensors. A tensor that the module has under two keys is replaced
 * under both. `body` may be async; nothing else may use the module until it is over.
 */
export function withState<T>(module: Module, state: Readonly<StateDict>, body: () => T): T {
  requireModule('withState', 'module', module);
  requireFunction('withState', 'body', body);
  const slots = module.slots();
  const given = replacements(module, slots, state);
  const restore = (): void => {
    for (const slot of slots) if (given.has(slot.tensor)) Module.fill(slot, slot.tensor);
  };
  for (const slot of slots) {
    const tensor = given.get(slot.tensor);
    if (tensor) Module.fill(slot, tensor);
  }
  return afterwards(body, restore);
}

/** The tensors of `state` by those of the module that they stand in for. */
function replacements(module: Module, slots: readonly Slot[], state: Readonly<StateDict>): Map<Tensor, Tensor> {
  if (typeof state !== 'object' || state === null) throw expected(module.constructor.name, 'a state dict', state);
  const own = new Map(slots.map(({ key, tensor }) => [key, tensor]));
  const found = new Map<Tensor, Tensor>();
  for (const [key, tensor] of Object.entries(state)) {
    requireTensor(module.constructor.name, `"${key}"`, tensor);
    const replaced = own.get(key);
    if (replaced === undefined)
      throw new InputError(`${module.constructor.name} has no tensor "${key}" to put another in place of.`);
    if (tensor.shape.join() !== replaced.shape.join()) {
      const [given, expected] = [tensor.shape.join(', '), replaced.shape.join(', ')];
      throw new InputError(
        `${module.constructor.name}: "${key}" has shape [${expected}], got a tensor of [${given}] for it.`,
      );
    }
    found.set(replaced, tensor);
  }
  return found;
}

/** What `module` computes of `inputs` with the tensors of `state` in place of its own: torch.func.functional_call. */
export function functionalCall<M extends Module>(
  module: M,
  state: Readonly<StateDict>,
  ...inputs: Parameters<M['forward']>
): ReturnType<M['forward']> {
  requireModule('functionalCall', 'module', module);
  return withState(module, state, () => module.forward(...(inputs as never[]))) as ReturnType<M['forward']>;
}
