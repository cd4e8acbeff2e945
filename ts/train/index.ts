/** The training engine that the tasks share; it knows no task and no model by name. */
export { changedKeys, fingerprint } from './config/fingerprint';
export type { ConfigTree, ConfigValue } from './config/keys';
export { type ConfigSources, readConfigFile, resolveConfig } from './config/resolve';
export { type TrainConfig, freeKeys, trainPlan, trainShape } from './config/schema';
export { type Precision, autocastType, chooseDevice } from './device';
export type { Metrics, Outcome, StepEvent, TrainEvent } from './events';
export { type GroupRules, type LayerMap, parameterGroups } from './groups';
export { type MetricsEntry, readMetricsLog } from './metrics-log';
export type { BatchSource, TrainOptimizer, TrainParts, TrainPlan, TrainScheduler } from './types';
export { type CheckpointName, RunFolder, isRun, readFinalMetrics, weightsOf } from './run';
export { type ScheduleRules, makeSchedule } from './schedule';
export { Trainer, type TrainerOptions } from './trainer';
