/** torch.optim: optimizers, learning rate schedules, averages of weights. */
export { Adadelta, type AdadeltaGroup, type AdadeltaOptions } from './adadelta';
export { Adagrad, type AdagradGroup, type AdagradOptions } from './adagrad';
export { Adafactor, type AdafactorGroup, type AdafactorOptions } from './adafactor';
export { Adam, AdamW, type AdamGroup, type AdamOptions, type AdamWOptions } from './adam';
export { Adamax, type AdamaxGroup, type AdamaxOptions } from './adamax';
export { ASGD, type ASGDGroup, type ASGDOptions } from './asgd';
export { LBFGS, type LBFGSGroup, type LBFGSOptions } from './lbfgs';
export { Lion, type LionGroup, type LionOptions } from './lion';
export { Muon, type AdjustLr, type MuonGroup, type MuonOptions } from './muon';
export { NAdam, type NAdamGroup, type NAdamOptions } from './nadam';
export { Optimizer, type Loss } from './optimizer';
export type { GroupInput, ParamGroup, ParamsInput } from './param-group';
export { RAdam, type RAdamGroup, type RAdamOptions } from './radam';
export { RMSprop, type RMSpropGroup, type RMSpropOptions } from './rmsprop';
export { Rprop, type RpropGroup, type RpropOptions } from './rprop';
export { SGD, type SGDGroup, type SGDOptions } from './sgd';
export { SparseAdam, type SparseAdamGroup, type SparseAdamOptions } from './sparse-adam';
export type { OptimizerStateDict, PackedGroup, ParamState, StateValue } from './state-dict';
export {
  ZeroRedundancyOptimizer,
  type ConsolidateOptions,
  type OptimizerClass,
  type ZeroRedundancyOptions,
} from './zero-redundancy-optimizer';
export * as lrScheduler from './schedulers';
export * from './schedulers';
export * as swaUtils from './swa-utils';
