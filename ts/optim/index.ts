/** torch.optim: optimizers and learning rate schedules. */
export { Adam, AdamW, type AdamGroup, type AdamOptions } from './adam';
export { Optimizer } from './optimizer';
export type { GroupInput, ParamGroup, ParamsInput } from './param-group';
export { SGD, type SGDGroup, type SGDOptions } from './sgd';
export type { OptimizerStateDict, PackedGroup, ParamState } from './state-dict';
export * as lrScheduler from './schedulers';
export * from './schedulers';
