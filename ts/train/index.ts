/** The training engine that the tasks share; it knows no task and no model by name. */
export { fit, type FitResult, Trainer } from './fit';
export type { FitOptions, LossAndTerms } from './fit-options';
export type { BatchSource, Metrics, Outcome, StepEvent, TrainEvent, TrainPlan, TrainScheduler } from './types';
export { type GroupRules, type LayerMap, type OptionGroup, parameterGroups } from './groups';
export { type MetricsEntry, readMetricsLog } from './metrics-logger';
export { type CheckpointName, RunFolder, isRun, readFinalMetrics, weightsOf } from './run';
export { type ScheduleRules, makeSchedule } from './schedule';
export type { Best } from './state';
export type { ConfigTree, ConfigValue } from './config/keys';
