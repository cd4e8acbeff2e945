import { join } from 'node:path';
import { InputError } from '../errors';
import type { Module } from '../nn';
import { Optimizer } from '../optim';
import { checkOptions, expected, resolveOptions } from '../options';
import { Tensor, safetensors } from '../tensor';
import { tensorsIn } from '../tensor/memory/lifetime';
import { CALLBACKS, type TrainCallbacks } from './callbacks';
import { type ConfigTree, isGroup } from './config/keys';
import { TrainControls } from './controls';
import { Dashboard, type DashboardOptions } from './dashboard/dashboard';
import { WeightAverages } from './ema';
import { makeOptimizer, type OptimizerRules, type ParameterRules } from './optimizer-rules';
import type { SchedulerOf, SpanOf } from './longer';
import { recorded } from './recorded-rules';
import type { RunFolder } from './run';
import type { ScheduleRules, Span } from './schedule';
import { type NamedSchedule, scheduleOf } from './schedule-rules';
import { SEED_LIMIT } from './state';
import type { EvaluationLog } from './tracking/tracker';
import type { TrackingOptions } from './tracking/tracking';
import { Triggers } from './triggers';
import type { BatchSource, LossAndTerms, LossTotals, Metrics, TrainEvent, TrainPlan, TrainScheduler } from './types';
import { GradualUnfreezing, type UnfreezeRule } from './unfreeze';

/** What `fit` takes: `model`, `data`, `loss`, `epochs` and `run` are required, all others have defaults. */
export interface FitOptions<Batch> extends Partial<Omit<TrainPlan, 'epochs'>>, ParameterRules, TrainCallbacks {
  /** The model that trains; in training mode while `loss` runs, in evaluation mode while `evaluate` does. */
  readonly model: Module;
  /** Batches of each epoch: a `DataLoader` is one. */
  readonly data: BatchSource<Batch>;
  /**
   * The loss of one batch. What else it makes is freed. Where several processes train together it is that of a part of the batch, and
   * `totals`, where that option is given, are the means of all parts.
   */
  readonly loss: (batch: Batch, totals?: LossTotals) => Tensor | LossAndTerms;
  /**
   * For several processes: what a loss that is no mean over the samples is divided by, of a part of a batch, at most eight numbers. The
   * loss then divides by the means that it is given. @default the loss of each part counts as its samples do
   */
  readonly totals?: (batch: Batch) => LossTotals;
  /** Whether the processes of `torch.distributed`, or of the launcher that started this one, train together. @default true */
  readonly distributed?: boolean;
  /** Passes over the data. */
  readonly epochs: number;
  /** The run folder: a path that is absent or empty, or with `resume` that of the run to go on with; or one that is open. */
  readonly run: string | RunFolder;
  /** Goes on from the run's last checkpoint. @default false */
  readonly resume?: boolean;
  /**
   * An optimizer, or one of `optim` by its name and options over all parameters that require gradients; `groups` and `layerDecay`
   * are for the latter. @default `{ kind: 'AdamW' }`, with PyTorch's defaults
   */
  readonly optimizer?: Optimizer | OptimizerRules;
  /** Parameters that are frozen until an epoch begins. @default none */
  readonly unfreeze?: readonly UnfreezeRule[];
  /**
   * How the learning rate changes over the run: by rules, by a schedule of `optim` with its options, or by a function that makes
   * one. @default constant
   */
  readonly schedule?:
    | Partial<ScheduleRules>
    | NamedSchedule
    | ((optimizer: Optimizer, span: { steps: number; epochs: number }) => TrainScheduler);
  /**
   * Metrics on held-out data; throws `signal.reason` soon after an abort. Images and texts that it gives to `log` are shown by the
   * trackers. @default no evaluation, and no best checkpoint
   */
  readonly evaluate?: (signal: AbortSignal, log: EvaluationLog) => Metrics | Promise<Metrics>;
  /** Samples that an evaluation takes; only the time left depends on it. @default 0 */
  readonly evaluationSamples?: number;
  /** Samples in a batch. @default the length of the first dimension of its first tensor */
  readonly count?: (batch: Batch) => number;
  /** Ends the use of a batch. @default frees the tensors in it */
  readonly release?: (batch: Batch) => void;
  /** Writes the model into the folder of a checkpoint. @default its state dict, as model.safetensors */
  readonly save?: (folder: string) => void | Promise<void>;
  /** Reads what `save` wrote; goes with it. @default the state dict, from model.safetensors */
  readonly load?: (folder: string) => void | Promise<void>;
  /** All that decides the outcome, for config.yaml; a run with another one is not resumed. @default the numbers of these options */
  readonly config?: ConfigTree;
  /** Keys of `config` that do not decide the outcome, so that a resumed run may change them. @default what only saves and logs */
  readonly freeKeys?: readonly string[];
  /** Identifies the data, by a digest for example: a run with other data is not resumed. @default nothing */
  readonly dataset?: ConfigTree;
  /** Who is told of the training, such as TensorBoard. @default event files of TensorBoard in the run folder */
  readonly tracking?: Partial<TrackingOptions>;
  /** Steers the training while it runs: pause, checkpoint, end of the epoch, learning rate. @default nobody but the dashboard does */
  readonly controls?: TrainControls;
  /**
   * Shows the training in a browser while it runs: one that is open, or true or options for one that is opened now and closed in the
   * end; an event of type `dashboard` then says where it is. @default false
   */
  readonly dashboard?: Dashboard | Partial<DashboardOptions> | boolean;
  /** Its abort saves a checkpoint and ends the training after the running step. */
  readonly signal?: AbortSignal;
  /** Is called with every step, evaluation and checkpoint. */
  readonly onEvent?: (event: TrainEvent) => void;
}

const planDefaults = {
  seed: 0,
  accumulate: 1,
  clipNorm: 0,
  clipValue: 0,
  precision: 'float32',
  ema: 0,
  maxSteps: 0,
  maxMinutes: 0,
  keep: 1,
  logSteps: 10,
  evaluateStart: false,
  evaluateEpochs: 1,
  evaluateSteps: 0,
  checkpointMinutes: 10,
  checkpointSteps: 0,
  asyncCheckpoint: true,
  patience: 0,
  score: 'loss',
} satisfies Partial<TrainPlan>;

/** Options that are whole numbers, with the least that each may be. */
const WHOLE_NUMBERS = {
  seed: 0,
  epochs: 1,
  accumulate: 1,
  logSteps: 1,
  evaluateEpochs: 0,
  evaluateSteps: 0,
  checkpointSteps: 0,
  patience: 0,
  maxSteps: 0,
  keep: 1,
} as const satisfies Partial<Record<keyof TrainPlan, number>>;

/** Options that are numbers from 0 on. */
const NUMBERS = ['clipNorm', 'clipValue', 'maxMinutes', 'checkpointMinutes'] as const satisfies (keyof TrainPlan)[];

/** Options that are functions, where they are given. */
const FUNCTIONS = ['totals', 'evaluate', 'count', 'release', 'save', 'load', 'onEvent'] as const;

/** `FitOptions` with every default in it. */
export interface FitSettings<Batch> extends Required<
  Pick<FitOptions<Batch>, 'model' | 'data' | 'evaluationSamples' | 'config' | 'freeKeys' | 'signal'> &
    Pick<FitOptions<Batch>, Exclude<(typeof FUNCTIONS)[number], 'totals'>>
> {
  readonly plan: TrainPlan;
  readonly loss: (batch: Batch, totals?: LossTotals) => LossAndTerms;
  readonly totals: FitOptions<Batch>['totals'];
  readonly optimizer: Optimizer;
  readonly scheduler: TrainScheduler;
  /** What the schedule spans. */
  readonly span: Span;
  readonly spanOf: SpanOf;
  readonly makeScheduler: SchedulerOf;
  readonly averages: WeightAverages | undefined;
  readonly unfreezing: GradualUnfreezing;
  readonly callbacks: TrainCallbacks;
  readonly tracking: Partial<TrackingOptions> | undefined;
  readonly controls: TrainControls;
  readonly dashboard: Dashboard | Partial<DashboardOptions> | undefined;
  readonly dataset: ConfigTree | undefined;
}

/** Those of the settings that a checkpoint needs. */
export type CheckpointSettings = Pick<
  FitSettings<never>,
  | 'plan'
  | 'span'
  | 'spanOf'
  | 'makeScheduler'
  | 'optimizer'
  | 'scheduler'
  | 'averages'
  | 'save'
  | 'load'
  | 'config'
  | 'freeKeys'
  | 'dataset'
>;

/** Options that are neither in `planDefaults` nor callbacks. A record, so that the compiler sees when one is missing here. */
const OTHER_OPTIONS: Readonly<
  Record<Exclude<keyof FitOptions<never>, keyof typeof planDefaults | keyof TrainCallbacks>, true>
> = {
  model: true,
  data: true,
  loss: true,
  epochs: true,
  run: true,
  mode: true,
  resume: true,
  optimizer: true,
  groups: true,
  layerDecay: true,
  unfreeze: true,
  schedule: true,
  evaluate: true,
  totals: true,
  distributed: true,
  evaluationSamples: true,
  count: true,
  release: true,
  save: true,
  load: true,
  config: true,
  freeKeys: true,
  dataset: true,
  tracking: true,
  controls: true,
  dashboard: true,
  signal: true,
  onEvent: true,
};

/** @throws InputError for an option that does not exist, is missing, or is out of its range; of `run` the caller sees to that */
export function fitSettings<Batch>(options: FitOptions<Batch>): FitSettings<Batch> {
  checkOptions('fit', options, [...Object.keys(OTHER_OPTIONS), ...CALLBACKS, ...Object.keys(planDefaults)]);
  checkValues(options);
  const plan = planOf(options);
  const { model, data, save, load } = options;
  const unfreezing = new GradualUnfreezing(model, options.unfreeze ?? []);
  const optimizer = optimizerOf(options, unfreezing);
  const spanOf: SpanOf = ({ epochs, maxSteps }) => {
    const { steps } = new Triggers({ ...plan, epochs, maxSteps }, data.batches);
    return { steps, epochs };
  };
  const span = spanOf(plan);
  const makeScheduler: SchedulerOf = (length) => schedulerOf(optimizer, options.schedule ?? {}, plan, length);
  return {
    plan,
    span,
    spanOf,
    makeScheduler,
    model,
    data,
    loss: checkedLoss(options.loss),
    totals: options.totals,
    optimizer,
    scheduler: makeScheduler(span),
    averages: plan.ema > 0 ? new WeightAverages(model, plan.ema) : undefined,
    unfreezing,
    callbacks: options,
    evaluate: checkedEvaluation(options.evaluate ?? (() => ({}))),
    evaluationSamples: options.evaluationSamples ?? 0,
    count: options.count ?? countSamples,
    release: options.release ?? releaseTensors,
    save: save ?? ((folder) => safetensors.save(model.stateDict(), join(folder, 'model.safetensors'))),
    load: load ?? ((folder) => void model.loadStateDict(safetensors.load(join(folder, 'model.safetensors')))),
    config: options.config ?? { ...plan, ...recorded(options) },
    freeKeys: options.freeKeys ?? [
      'logSteps',
      'checkpointMinutes',
      'checkpointSteps',
      'asyncCheckpoint',
      'maxMinutes',
      'keep',
    ],
    dataset: options.dataset,
    tracking: options.tracking,
    controls: options.controls ?? new TrainControls(),
    dashboard: dashboardOf(options.dashboard),
    signal: options.signal ?? new AbortController().signal,
    onEvent: options.onEvent ?? (() => {}),
  };
}

/** Looks at the options that are no part of the plan, before anything is made of them. */
function checkValues<Batch>(options: FitOptions<Batch>): void {
  const { model, data, loss, save, load, distributed = true } = options;
  requireThat(typeof distributed === 'boolean', 'true or false for distributed', distributed);
  requireThat(typeof model?.parameters === 'function', 'a module for model', model);
  requireThat(typeof data?.epoch === 'function', 'a DataLoader, or { batches, epoch }, for data', data);
  requireThat(
    Number.isInteger(data.batches) && data.batches >= 1,
    'at least one batch in data',
    data.batches,
    'give more samples, or smaller batches where incomplete ones are dropped',
  );
  requireThat(typeof loss === 'function', 'a function for loss', loss);
  for (const name of [...FUNCTIONS, ...CALLBACKS]) {
    const value = options[name] ?? undefined;
    requireThat(value === undefined || typeof value === 'function', `a function for ${name}`, value);
  }
  const { controls } = options;
  requireThat(controls === undefined || controls instanceof TrainControls, 'TrainControls for controls', controls);
  if ((save === undefined) !== (load === undefined))
    throw new InputError(`fit: expected save and load together, found ${save ? 'save' : 'load'} alone`);
}

function requireThat(isRight: boolean, what: string, found: unknown, advice?: string): void {
  if (!isRight) throw expected('fit', what, found, advice, InputError);
}

/** How long to train and what to do on the way. @throws InputError for a value out of its range */
function planOf<Batch>(options: FitOptions<Batch>): TrainPlan {
  const { epochs, evaluate } = options;
  const given = Object.fromEntries(Object.keys(planDefaults).map((key) => [key, options[key as keyof TrainPlan]]));
  const resolved = resolveOptions<Omit<TrainPlan, 'epochs' | 'mode'>>('fit', planDefaults, given);
  const plan: TrainPlan = { ...resolved, epochs, mode: options.mode ?? (resolved.score === 'loss' ? 'min' : 'max') };
  checkRanges(plan);
  return evaluate ? plan : { ...plan, evaluateStart: false, evaluateEpochs: 0, evaluateSteps: 0 };
}

const PRECISIONS: readonly string[] = ['float32', 'bfloat16', 'float16'];

function checkRanges(plan: TrainPlan): void {
  for (const [name, least] of Object.entries(WHOLE_NUMBERS)) {
    const value = plan[name as keyof typeof WHOLE_NUMBERS];
    requireThat(Number.isInteger(value) && value >= least, `a whole number from ${least} on for ${name}`, value);
  }
  requireThat(typeof plan.asyncCheckpoint === 'boolean', 'true or false for asyncCheckpoint', plan.asyncCheckpoint);
  requireThat(plan.seed < SEED_LIMIT, 'a number below 2^50 for seed', plan.seed);
  for (const name of NUMBERS) requireThat(plan[name] >= 0, `a number from 0 on for ${name}`, plan[name]);
  if (plan.clipNorm > 0 && plan.clipValue > 0)
    throw new InputError('fit: expected clipNorm or clipValue, found both; leave one out');
  requireThat(plan.ema >= 0 && plan.ema < 1, 'a number from 0 to below 1 for ema', plan.ema);
  requireThat(PRECISIONS.includes(plan.precision), `one of ${PRECISIONS.join(', ')} for precision`, plan.precision);
  requireThat(['min', 'max'].includes(plan.mode), "'min' or 'max' for mode", plan.mode);
}

/** The loss with its terms, whichever of the two forms it is given in. */
function checkedLoss<Batch>(loss: FitOptions<Batch>['loss']): FitSettings<Batch>['loss'] {
  return (batch, totals) => {
    const result = loss(batch, totals);
    if (result instanceof Tensor) return { loss: result };
    requireThat(
      result?.loss instanceof Tensor,
      'a tensor, or { loss, terms }, from loss',
      result,
      'return the loss itself, not a promise of it',
    );
    return result;
  };
}

function checkedEvaluation(
  evaluate: NonNullable<FitOptions<never>['evaluate']>,
): (signal: AbortSignal, log: EvaluationLog) => Promise<Metrics> {
  return async (signal, log) => {
    const metrics = await evaluate(signal, log);
    requireThat(isGroup(metrics), 'metrics by name from evaluate', metrics, 'return an object such as { loss: 0.5 }');
    return metrics;
  };
}

function optimizerOf<Batch>(options: FitOptions<Batch>, unfreezing: GradualUnfreezing): Optimizer {
  const { model, optimizer: given = { kind: 'AdamW' }, groups, layerDecay } = options;
  if (given instanceof Optimizer && (groups !== undefined || layerDecay !== undefined))
    throw new InputError(
      `fit: expected an optimizer by its name for ${groups ? 'groups' : 'layerDecay'}, found an instance of ` +
        `${given.constructor.name}, which has its groups; write { kind: '${given.constructor.name}', … }`,
    );
  const optimizer =
    given instanceof Optimizer ? given : makeOptimizer(model, given, { groups, layerDecay }, unfreezing.parameters);
  unfreezing.requireIn(optimizer);
  return optimizer;
}

function schedulerOf(
  optimizer: Optimizer,
  schedule: NonNullable<FitOptions<never>['schedule']>,
  plan: TrainPlan,
  span: Span,
): TrainScheduler {
  if (typeof schedule === 'function') return schedule(optimizer, span);
  return scheduleOf(optimizer, schedule, span, plan);
}

function countSamples(batch: unknown): number {
  const [first] = tensorsIn(batch);
  return first?.shape[0] ?? 1;
}

function releaseTensors(batch: unknown): void {
  for (const tensor of tensorsIn(batch)) tensor.dispose();
}

function dashboardOf(given: FitOptions<never>['dashboard']): FitSettings<never>['dashboard'] {
  if (given === undefined || given === false) return undefined;
  if (given === true) return {};
  requireThat(
    isGroup(given) || given instanceof Dashboard,
    'a dashboard, its options or a boolean for dashboard',
    given,
  );
  return given;
}
