/** torch.nn: modules, layers, losses, initialisation. */
export * as functional from './functional';
export * as init from './init';
export * as utils from './utils';
export { Module, type Layer, type StateDict } from './module';
import './module-shorthands';
export * from './global-hooks';
export { deepcopy } from './deep-copy';
export type {
  LoadStateDictPostHook,
  LoadStateDictPreHook,
  StateDictPostHook,
  StateDictPreHook,
} from './module-shorthands';
export type { WalkOptions } from './registered';
export type {
  BackwardHook,
  BackwardPreHook,
  ForwardHook,
  ForwardHookOptions,
  ForwardPreHook,
  HookOptions,
} from './hooks';
export type { GradientReplacement, Gradients } from './backward-hooks';
export type { IncompatibleKeys, LoadOptions } from './load-state';
export { Parameter } from './parameter';
export * from './recurrent';
export * from './attention';
export * from './containers';
export * from './layers';
export * from './losses';
export * from './norm';
export * from './pooling';
export type {
  BinaryCrossEntropyOptions,
  BinaryCrossEntropyWithLogitsOptions,
  CrossEntropyOptions,
  HuberOptions,
  NLLOptions,
  SmoothL1Options,
  WeightedLossOptions,
} from './functional/losses';
export type * from './functional/distribution-losses';
export type * from './functional/margin-losses';
export type {
  FoldOptions,
  LocalResponseNormOptions,
  LossOptions,
  LPPoolOptions,
  OutputSize,
  Reduction,
} from './functional';
export * as parallel from './parallel';
