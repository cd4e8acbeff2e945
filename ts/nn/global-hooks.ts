/**
 * Hooks of every module, for what watches a whole program: `torch.nn.modules.module.register_module_*_hook` of PyTorch. They run
 * before those of the module itself, also around modules that are made later.
 */
import type { Tensor } from '../tensor';
import type { RemovableHandle } from '../tensor/autograd/hooks';
import { everyModule, type BackwardHook, type BackwardPreHook } from './hooks';
import type { Module } from './module';

/** May return other arguments: all of them in an array, or a single one as it is. */
export type GlobalForwardPreHook = (
  module: Module,
  inputs: readonly unknown[],
) => readonly unknown[] | Tensor | null | undefined | void;
/** May return another output. */
export type GlobalForwardHook = (module: Module, inputs: readonly unknown[], output: unknown) => unknown;

/** Calls `hook` before each forward of each module, with the arguments; see {@link Module.registerForwardPreHook}. */
export function registerModuleForwardPreHook(hook: GlobalForwardPreHook): RemovableHandle {
  return everyModule.forwardPre.add(hook);
}

/** Calls `hook` after each forward of each module, with the arguments and the output; see {@link Module.registerForwardHook}. */
export function registerModuleForwardHook(hook: GlobalForwardHook): RemovableHandle {
  return everyModule.forward.add(hook);
}

/** Calls `hook` with the gradients of the outputs of each module; see {@link Module.registerFullBackwardPreHook}. */
export function registerModuleFullBackwardPreHook(hook: BackwardPreHook<Module>): RemovableHandle {
  return everyModule.backwardPre.add(hook);
}

/**
 * Calls `hook` with the gradients of the arguments and outputs of each module; see {@link Module.registerFullBackwardHook}.
 * A module whose forward returns no tensor, but an object of tensors, say, is passed over.
 */
export function registerModuleFullBackwardHook(hook: BackwardHook<Module>): RemovableHandle {
  return everyModule.backward.add(hook);
}
