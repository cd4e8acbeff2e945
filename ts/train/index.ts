/** The training engine that the tasks share; it knows no task and no model by name. */
export { type ControlState, TrainControls } from './controls';
export { Dashboard, type DashboardOptions } from './dashboard/dashboard';
export { type RunsServer, serveRuns } from './dashboard/serve-runs';
export { fit, type FitResult, Trainer } from './fit';
export type { FitOptions } from './fit-options';
export type { Histogram } from './tracking/histogram';
export type {
  EvaluationLog,
  TrackedCheckpoint,
  TrackedHistogram,
  TrackedImage,
  TrackedRun,
  TrackedText,
  Tracker,
} from './tracking/tracker';
export type { TrackingOptions } from './tracking/tracking';
export type {
  BatchSource,
  LossAndTerms,
  Metrics,
  Outcome,
  StepEvent,
  TrainEvent,
  TrainPlan,
  TrainScheduler,
} from './types';
export type { EpochEvent, TrainCallbacks } from './callbacks';
export { findBatchSize, type BatchSizeRange, type BatchSizeTrial, type FindBatchSizeOptions } from './find-batch-size';
export {
  findLearningRate,
  type FindLearningRateOptions,
  type LearningRateRange,
  type RangePoint,
} from './find-learning-rate';
export { cutmix, mixup, type LabelledImages, type Mix, type MixOptions } from './mix';
export type { LayerDecayRules } from './layer-decay';
export type { GroupRule, OptimizerRules, ParameterRules } from './optimizer-rules';
export type { Pattern } from './patterns';
export type { NamedSchedule } from './schedule-rules';
export type { UnfreezeRule } from './unfreeze';
export { type GroupRules, type LayerMap, type OptionGroup, parameterGroups } from './groups';
export { type MetricsEntry, readMetricsLog } from './metrics-logger';
export { type CheckpointName, RunFolder, isRun, readFinalMetrics, weightsOf } from './run';
export type { Comparison, LogDifference } from './reproduce/compare';
export type { Conditions, GitState } from './reproduce/conditions';
export type { ConditionDifference, Replay, ReplayOptions } from './reproduce/replay';
export { readRunFile, type RunFile, type Session } from './reproduce/run-file';
export { bestRun, configDifferences, type KeyDifference } from './runs/compare';
export { removeRuns } from './runs/remove';
export { findRuns, type RunSummary, type Score, type ScoredStep, summarizeRun } from './runs/summary';
export type { LearningRateChange } from './learning-rate-changes';
export { readSystemLog, type SystemEntry } from './system-log';
export { type ScheduleRules, makeSchedule } from './schedule';
export type { Best } from './state';
export type { ConfigTree, ConfigValue } from './config/keys';
export type { Halving } from './sweep/halving';
export type { TrialEntry } from './sweep/journal';
export type { Choices, Parameters, ParameterValues, Range } from './sweep/space';
export { sweep, type SweepEvent, type SweepOptions, type SweepResult, type TrialContext } from './sweep/sweep';
export { renderLearningRates } from './report/learning-rates';
